#include "tollweir/telemetry/journal.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <map>

#include "telemetry/journal_file.hpp"
#include "telemetry/journal_folder.hpp"
#include "telemetry/journal_frame.hpp"
#include "telemetry/journal_record.hpp"
#include "telemetry/journal_recovery.hpp"
#include "telemetry/journal_tail.hpp"
#include "unit/telemetry/spend_samples.hpp"
#include "unit/telemetry/temp_folder.hpp"

namespace tollweir {
namespace {

struct ReadRecord {
    JournalRecordKind kind;
    std::string call_id;
    RecordId id;
    bool interrupted;
    std::string file;
};

/// The disk takes no more than this a file.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes) {
        ::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit limit = before_;
        limit.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

private:
    rlimit before_{};
};

class JournalTest : public testing::Test {
protected:
    std::unique_ptr<Journal> open(JournalOptions options = {}) {
        options.process = "process";
        if (options.directory.empty()) options.directory = folder_.path() / "journal";
        options.sync_interval = std::chrono::milliseconds(1);
        auto journal = Journal::open(options);
        EXPECT_TRUE(journal) << journal.error().message;
        return std::move(*journal);
    }
    static SpendRow row(std::string_view call_id) {
        SpendRow made;
        made.call_id = call_id;
        made.cost = 7;
        return made;
    }
    static std::vector<ReadRecord> records(Journal& journal) {
        std::vector<ReadRecord> found;
        read_rows(journal,
                  [&](JournalRecordKind kind, const SpendRow& read, const JournalFile& file) {
                      found.push_back({kind, std::string(read.call_id), read.record_id,
                                       read.interrupted, file.name().text()});
                  });
        return found;
    }

    /// What each record has in it, as one that a reader of the whole journal would see.
    template <class Check>
    static std::size_t read_rows(Journal& journal, Check&& check) {
        std::size_t count = 0;
        for (std::size_t i = 0; i < journal.options().workers; ++i) journal.writer(i).drain();
        for (const auto& file : journal.files()) {
            JournalTail tail(file->fd(), kJournalMagic.size(), file->seal());
            for (;; ++count) {
                auto item = tail.next(file->written, false);
                EXPECT_TRUE(item);
                if (!item || !*item) break;
                SpendRow read;
                auto kind = JournalRecordKind::open;
                EXPECT_TRUE(read_journal_record((*item)->payload, kind, read, &tail));
                check(kind, read, *file);
            }
        }
        return count;
    }

    TempFolder folder_;
};

TEST_F(JournalTest, WritesTheOpenRecord) {
    const auto journal = open();
    JournalCall call;
    auto estimate = row("a");
    ASSERT_TRUE(journal->writer(0).open(call, estimate));
    const auto found = records(*journal);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].kind, JournalRecordKind::open);
    EXPECT_EQ(found[0].call_id, "a");
    EXPECT_EQ(found[0].id, call.id());
    EXPECT_FALSE(call.id().is_null());
    journal->writer(0).close(call, estimate);
}

/// Nobody but the kernel has to do with it any more.
TEST_F(JournalTest, HasTheOpenRecordOutsideOfTheProcessWhenOpenReturns) {
    const auto journal = open();
    JournalCall call;
    auto estimate = row("a");
    ASSERT_TRUE(journal->writer(0).open(call, estimate));
    const auto copy = folder_.path() / "copy";
    std::filesystem::create_directory(copy);
    std::filesystem::copy(folder_.path() / "journal" / "process", copy / "dead");
    const auto folder = JournalFolder::adopt(copy, "dead");
    ASSERT_TRUE(folder && *folder);
    const auto closed = close_interrupted_calls(**folder);
    ASSERT_TRUE(closed);
    EXPECT_EQ(*closed, 1U);
    journal->writer(0).close(call, estimate);
}

TEST_F(JournalTest, WritesClosesWhenTheTurnEndsAndAsksForThatOnce) {
    const auto journal = open();
    auto& writer = journal->writer(0);
    int asked = 0;
    writer.set_flush_scheduler([&] { ++asked; });
    JournalCall first;
    JournalCall second;
    auto a = row("a");
    auto b = row("b");
    ASSERT_TRUE(writer.open(first, a));
    ASSERT_TRUE(writer.open(second, b));
    writer.close(first, a);
    writer.close(second, b);
    EXPECT_EQ(asked, 1);
    EXPECT_EQ(records(*journal).size(), 2U);
    writer.flush();
    const auto found = records(*journal);
    ASSERT_EQ(found.size(), 4U);
    EXPECT_EQ(found[2].kind, JournalRecordKind::close);
    EXPECT_EQ(found[2].id, found[0].id);
    EXPECT_EQ(found[3].id, found[1].id);
    EXPECT_NE(found[0].id, found[1].id);
    writer.append(a);
    EXPECT_EQ(asked, 2);
}

TEST_F(JournalTest, BooksTheEstimateOfACallThatNobodyClosed) {
    const auto journal = open();
    RecordId id;
    {
        JournalCall call;
        auto estimate = row("lost");
        ASSERT_TRUE(journal->writer(0).open(call, estimate));
        id = call.id();
    }
    journal->writer(0).flush();
    const auto found = records(*journal);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[1].kind, JournalRecordKind::close);
    EXPECT_EQ(found[1].id, id);
    EXPECT_EQ(found[1].call_id, "lost");
    EXPECT_TRUE(found[1].interrupted);
    EXPECT_EQ(journal->writer(0).numbers().abandoned, 1U);
}

TEST_F(JournalTest, ReusesACallForTheNextOne) {
    const auto journal = open();
    auto& writer = journal->writer(0);
    JournalCall call;
    std::vector<RecordId> ids;
    for (int i = 0; i < 3; ++i) {
        auto made = row("x");
        ASSERT_TRUE(writer.open(call, made));
        EXPECT_TRUE(call.is_open());
        ids.push_back(call.id());
        writer.close(call, made);
        EXPECT_FALSE(call.is_open());
    }
    writer.flush();
    EXPECT_EQ(records(*journal).size(), 6U);
    EXPECT_NE(ids[0], ids[1]);
    EXPECT_NE(ids[1], ids[2]);
}

TEST_F(JournalTest, GoesOnInTheNextFileAndTakesOpenCallsAlong) {
    JournalOptions options;
    options.file_bytes = 400;
    const auto journal = open(options);
    auto& writer = journal->writer(0);
    JournalCall runs_long;
    auto estimate = row("runs long");
    ASSERT_TRUE(writer.open(runs_long, estimate));
    const auto first = journal->files()[0];
    while (!first->sealed) {
        JournalCall call;
        auto made = row("short");
        ASSERT_TRUE(writer.open(call, made));
        writer.close(call, made);
        writer.flush();
    }
    EXPECT_GE(first->written, 400U);
    while (!first->retired) std::this_thread::yield();  // its successor is on the disk
    EXPECT_EQ(journal->files()[1]->synced, journal->files()[1]->written);
    writer.close(runs_long, estimate);
    writer.flush();
    std::vector<ReadRecord> of_long;
    for (const auto& record : records(*journal))
        if (record.call_id == "runs long") of_long.push_back(record);
    ASSERT_EQ(of_long.size(), 3U);
    EXPECT_EQ(of_long[0].file, "worker-0.000001");
    EXPECT_EQ(of_long[1].file, "worker-0.000002");
    EXPECT_EQ(of_long[1].kind, JournalRecordKind::open);
    EXPECT_EQ(of_long[2].kind, JournalRecordKind::close);
    EXPECT_EQ(of_long[0].id, of_long[2].id);
}

TEST_F(JournalTest, ChangesFilesByAge) {
    JournalOptions options;
    options.file_age = std::chrono::hours(1);
    const auto journal = open(options);
    auto& writer = journal->writer(0);
    const auto first = journal->files()[0];
    writer.on_tick(Clock::now() + std::chrono::hours(2));
    EXPECT_FALSE(first->sealed) << "nothing is in it";
    auto made = row("a");
    writer.append(made);
    writer.on_tick(Clock::now());
    EXPECT_FALSE(first->sealed);
    // The thread may still be making the next one.
    while (!first->sealed) writer.on_tick(Clock::now() + std::chrono::hours(2));
}

TEST_F(JournalTest, IsWholeOnTheDiskWhenFinished) {
    JournalOptions options;
    options.workers = 2;
    const auto journal = open(options);
    JournalCall call;
    auto made = row("a");
    ASSERT_TRUE(journal->writer(1).open(call, made));
    journal->writer(1).close(call, made);
    auto other = row("b");
    journal->writer(0).append(other);
    journal->finish();
    EXPECT_EQ(records(*journal).size(), 3U);
    for (const auto& file : journal->files()) {
        EXPECT_TRUE(file->retired);
        EXPECT_EQ(file->synced, file->written);
    }
}

TEST_F(JournalTest, KeepsItsFolderLockedWhileItLives) {
    const auto directory = folder_.path() / "journal";
    auto journal = open();
    EXPECT_EQ(journal_processes(directory), std::vector<std::string>{"process"});
    auto taken = JournalFolder::adopt(directory, "process");
    ASSERT_TRUE(taken);
    EXPECT_EQ(*taken, nullptr);
    journal.reset();
    taken = JournalFolder::adopt(directory, "process");
    ASSERT_TRUE(taken);
    ASSERT_NE(*taken, nullptr);
    auto second = JournalFolder::adopt(directory, "process");
    ASSERT_TRUE(second);
    EXPECT_EQ(*second, nullptr) << "another adopts it";
}

TEST_F(JournalTest, SaysWhatIsWrongWithADirectoryThatCannotBeWritten) {
    JournalOptions options;
    options.process = "process";
    options.directory = "/proc/tollweir";
    const auto journal = Journal::open(options);
    ASSERT_FALSE(journal);
    EXPECT_TRUE(journal.error().message.contains("/proc/tollweir")) << journal.error().message;
}

TEST_F(JournalTest, CanDoWithoutADirectoryAndSaysThatItMayLoseSpend) {
    JournalOptions options;
    options.process = "process";
    auto journal = Journal::open(options);
    ASSERT_TRUE(journal);
    EXPECT_FALSE((*journal)->volatile_reason().empty());
    JournalCall call;
    auto made = row("a");
    ASSERT_TRUE((*journal)->writer(0).open(call, made));
    (*journal)->writer(0).close(call, made);
    (*journal)->writer(0).flush();
    EXPECT_EQ(records(**journal).size(), 2U);
}

TEST_F(JournalTest, InMemoryRefusesNewCallsWhenTheStoreIsTooFarBehind) {
    JournalOptions options;
    options.process = "process";
    options.sync_interval = std::chrono::milliseconds(1);
    options.max_memory_bytes = 1000;
    auto opened = Journal::open(options);
    ASSERT_TRUE(opened);
    auto& journal = **opened;
    JournalCall call;
    auto made = row("a");
    for (;;) {
        const auto accepted = journal.writer(0).open(call, made);
        if (!accepted) {
            EXPECT_EQ(accepted.error().kind, ErrorKind::unavailable);
            EXPECT_FALSE(accepted.error().retry_after.empty());
            break;
        }
        journal.writer(0).close(call, made);
        std::this_thread::yield();
    }
    // The spend writer has caught up.
    journal.writer(0).flush();
    journal.writer(0).drain();
    for (const auto& file : journal.files()) file->applied = file->written.load();
    journal.note_applied();
    while (!journal.writer(0).open(call, made)) std::this_thread::yield();
    journal.writer(0).close(call, made);
}

TEST_F(JournalTest, WritesWhatCallsHaveInCommonOnce) {
    const auto journal = open();
    auto& writer = journal->writer(0);
    const auto file = journal->files()[0];
    std::vector<std::uint64_t> sizes;
    std::vector<SpendRow> made;
    for (int i = 0; i < 3; ++i) {
        JournalCall call;
        auto row = full_row();
        row.scopes[0].cost = i;
        if (i == 2) row.tags.pop_back();
        for (const bool is_open : {true, false}) {
            const auto before = file->written.load();
            if (is_open) {
                ASSERT_TRUE(writer.open(call, row));
            } else {
                writer.close(call, row);
                writer.flush();
            }
            writer.drain();
            sizes.push_back(file->written - before);
            made.push_back(row);
        }
    }
    std::string whole;
    const auto part = whole.size() - append_journal_record(JournalRecordKind::open, made[0], whole);
    const auto shared = whole.size() + part;
    EXPECT_EQ(sizes[0], kFrameHead + whole.size());
    for (const int i : {1, 2, 3, 5})
        EXPECT_LT(sizes[static_cast<std::size_t>(i)] + shared, sizes[0] + 12);
    EXPECT_GT(sizes[4], sizes[0] - 20) << "another tag is another part";
    std::size_t i = 0;
    read_rows(*journal, [&](JournalRecordKind kind, const SpendRow& row, const JournalFile&) {
        EXPECT_EQ(kind, i % 2 == 0 ? JournalRecordKind::open : JournalRecordKind::close);
        EXPECT_EQ(row, made[i++]);
    });
    EXPECT_EQ(i, 6U);
}

TEST_F(JournalTest, WritesACommonPartAgainInEachFile) {
    JournalOptions options;
    options.file_bytes = 3000;
    const auto journal = open(options);
    auto& writer = journal->writer(0);
    JournalCall running[3];
    SpendRow row;
    for (auto& call : running) {
        row = full_row();
        ASSERT_TRUE(writer.open(call, row));
    }
    const auto first = journal->files()[0];
    while (!first->sealed) {
        JournalCall call;
        row = full_row();
        ASSERT_TRUE(writer.open(call, row));
        writer.close(call, row);
        writer.flush();
    }
    for (auto& call : running) {
        row = full_row();
        writer.close(call, row);
    }
    writer.flush();
    std::size_t in_second = 0;
    read_rows(*journal, [&](JournalRecordKind, const SpendRow& found, const JournalFile& file) {
        auto expected = full_row();
        expected.record_id = found.record_id;
        EXPECT_EQ(found, expected);
        if (file.name().sequence == 2) ++in_second;
    });
    EXPECT_GE(in_second, 6U);
}

TEST_F(JournalTest, ReopensAndAbandonsACallWhoseRecordRefers) {
    const auto journal = open();
    auto& writer = journal->writer(0);
    auto row = full_row();
    writer.append(row);
    {
        JournalCall call;
        ASSERT_TRUE(writer.open(call, row));
        row.model_id = "another deployment";
        ASSERT_TRUE(writer.reopen(call, row));
    }
    writer.flush();
    std::vector<std::string> deployments;
    read_rows(*journal, [&](JournalRecordKind, const SpendRow& found, const JournalFile&) {
        deployments.emplace_back(found.model_id);
        EXPECT_EQ(found.key_hash, row.key_hash);
        EXPECT_EQ(found.scopes, row.scopes);
    });
    EXPECT_EQ(deployments, (std::vector<std::string>{"deployment-1", "deployment-1",
                                                     "another deployment", "another deployment"}));
}

TEST_F(JournalTest, RefersRightlyToWhatTheDiskRefusedAtFirst) {
    const auto journal = open();
    auto& writer = journal->writer(0);
    std::size_t count = 0;
    {
        const FileSizeLimit full(700);  // in the middle of a record
        for (; count < 40; ++count) {
            auto row = full_row();
            const auto alias = std::to_string(count / 4);
            row.key_alias = alias;
            writer.append(row);
            writer.flush();
        }
    }
    writer.on_tick(Clock::now());
    std::size_t i = 0;
    read_rows(*journal, [&](JournalRecordKind, const SpendRow& found, const JournalFile&) {
        EXPECT_EQ(found.key_alias, std::to_string(i++ / 4));
    });
    EXPECT_EQ(i, count);
}

TEST_F(JournalTest, HoldsPartsThatAreTooLongToShareInEachRecord) {
    const auto journal = open();
    auto& writer = journal->writer(0);
    const std::string tag(10'000, 't');
    for (int i = 0; i < 2; ++i) {
        JournalCall call;
        auto row = full_row();
        row.tags = {tag};
        ASSERT_TRUE(writer.open(call, row));
        writer.close(call, row);
    }
    writer.flush();
    writer.drain();
    EXPECT_GT(journal->files()[0]->written, 40'000U);
    EXPECT_EQ(read_rows(*journal, [&](JournalRecordKind, const SpendRow& found,
                                      const JournalFile&) { EXPECT_EQ(found.tags[0], tag); }),
              4U);
}
TEST_F(JournalTest, HoldsRecordsInMemoryWhileTheDiskRefusesThemAndThenRefusesNewCalls) {
    JournalOptions options;
    options.max_unwritten_bytes = 2000;
    const auto journal = open(options);
    auto& writer = journal->writer(0);
    std::map<std::string, int> expected;
    int accepted = 0;
    {
        const FileSizeLimit full(300);
        JournalCall running;
        auto estimate = row("running");
        ASSERT_TRUE(writer.open(running, estimate));
        for (;; ++accepted) {
            JournalCall call;
            const auto name = "call " + std::to_string(accepted);
            auto made = row(name);
            const auto opened = writer.open(call, made);
            if (!opened) {
                EXPECT_EQ(opened.error().kind, ErrorKind::unavailable);
                EXPECT_EQ(opened.error().http_status(), 503);
                break;
            }
            expected[name] = 2;
            writer.close(call, made);
            writer.flush();
        }
        EXPECT_GT(accepted, 10) << "what fits in memory is taken";
        EXPECT_TRUE(journal->is_failing());
        writer.close(running, estimate);  // what was admitted is booked all the same
        expected["running"] = 2;
        EXPECT_GT(writer.numbers().write_errors, 0U);
        EXPECT_EQ(writer.numbers().refused, 1U);
    }
    writer.on_tick(Clock::now());  // the disk has room again
    EXPECT_EQ(writer.numbers().unwritten_bytes, 0U);
    EXPECT_FALSE(journal->is_failing());
    std::map<std::string, int> found;
    for (const auto& record : records(*journal)) ++found[record.call_id];
    EXPECT_EQ(found, expected);
    JournalCall call;
    auto made = row("again");
    EXPECT_TRUE(writer.open(call, made));
}

TEST_F(JournalTest, KeepsTheMoneyOfARowWhoseTextsAreTooLong) {
    const auto journal = open();
    auto& writer = journal->writer(0);
    const std::string prompt(kMaxFramePayload + 1, 'x');
    auto made = row("a");
    made.request_json = prompt;
    writer.append(made);
    writer.flush();
    ASSERT_EQ(records(*journal).size(), 1U);
    EXPECT_EQ(writer.numbers().shortened, 1U);
}

}  // namespace
}  // namespace tollweir
