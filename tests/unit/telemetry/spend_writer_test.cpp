#include "tollweir/telemetry/spend_writer.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>

#include "telemetry/journal_file.hpp"
#include "telemetry/journal_folder.hpp"
#include "telemetry/journal_frame.hpp"
#include "telemetry/journal_record.hpp"
#include "telemetry/journal_tail.hpp"
#include "tollweir/telemetry/journal.hpp"
#include "unit/telemetry/fake_spend_store.hpp"
#include "unit/telemetry/old_journal.hpp"
#include "unit/telemetry/temp_folder.hpp"

namespace tollweir {
namespace {

namespace fs = std::filesystem;

constexpr auto kLong = std::chrono::minutes(5);

SpendWriterOptions quick_writer() {
    SpendWriterOptions options;
    options.interval = std::chrono::milliseconds(1);
    options.adopt_interval = std::chrono::milliseconds(1);
    options.first_retry = std::chrono::milliseconds(1);
    options.last_retry = std::chrono::milliseconds(4);
    return options;
}

class SpendWriterTest : public testing::Test {
protected:
    fs::path directory() const { return folder_.path() / "journal"; }

    std::unique_ptr<Journal> open_journal(std::string process, JournalOptions options = {}) {
        options.process = std::move(process);
        options.directory = directory();
        options.sync_interval = std::chrono::milliseconds(1);
        auto journal = Journal::open(options);
        EXPECT_TRUE(journal) << journal.error().message;
        return std::move(*journal);
    }
    static void make_call(JournalWriter& writer, std::string_view name, Picodollars cost) {
        JournalCall call;
        SpendRow row;
        row.call_id = name;
        row.cost = 1000;
        ASSERT_TRUE(writer.open(call, row));
        row.cost = cost;
        writer.close(call, row);
        writer.flush();
    }
    /// What a process leaves that dies now: its folder without its lock.
    void leave_copy(const std::string& process, const std::string& as) const {
        fs::copy(directory() / process, directory() / as);
    }
    /// The same once everything is in the file of its one worker.
    void leave_files(Journal& journal, const std::string& process, const std::string& as) const {
        journal.writer(0).drain();
        leave_copy(process, as);
        fs::remove(directory() / as / "window-0");
    }
    /// A journal of one file, of a process that is gone.
    fs::path leave_file(const std::string& process, std::string_view bytes) const {
        fs::create_directories(directory() / process);
        const auto file = directory() / process / "worker-0.000001";
        std::ofstream(file) << bytes;
        return file;
    }
    std::vector<std::string> left_over() const { return journal_processes(directory()); }

    TempFolder folder_;
    FakeSpendStore store_;
};

TEST_F(SpendWriterTest, MovesWhatIsAppendedIntoTheStore) {
    const auto journal = open_journal("p");
    SpendWriter writer(*journal, store_.calls(), quick_writer());
    writer.start();
    for (int i = 0; i < 100; ++i) make_call(journal->writer(0), "call " + std::to_string(i), i);
    store_.await_rows(100);
    EXPECT_EQ(store_.total(), 99 * 100 / 2);
    for (const auto& [id, row] : store_.rows()) EXPECT_FALSE(row.interrupted);
}

TEST_F(SpendWriterTest, LeavesNothingBehindWhenItFinishes) {
    auto journal = open_journal("p");
    SpendWriter writer(*journal, store_.calls(), quick_writer());
    writer.start();
    for (int i = 0; i < 10; ++i) make_call(journal->writer(0), "x", 5);
    journal->finish();
    EXPECT_TRUE(writer.finish(Clock::now() + kLong));
    EXPECT_EQ(store_.rows().size(), 10U);
    EXPECT_EQ(store_.finished(), std::vector<std::string>{"p"});
    EXPECT_TRUE(store_.positions().empty());
    EXPECT_TRUE(left_over().empty());
    EXPECT_EQ(journal->backlog_bytes(), 0U);
}

TEST_F(SpendWriterTest, RemovesFilesThatAreAppliedWhileCallsFromThemStillRun) {
    JournalOptions options;
    options.file_bytes = 500;
    const auto journal = open_journal("p", options);
    SpendWriter writer(*journal, store_.calls(), quick_writer());
    writer.start();
    JournalCall running;
    SpendRow estimate;
    estimate.cost = 77;
    ASSERT_TRUE(journal->writer(0).open(running, estimate));
    const auto first = directory() / "p" / "worker-0.000001";
    int calls = 0;
    while (fs::exists(first)) make_call(journal->writer(0), "x" + std::to_string(calls++), 1);
    journal->writer(0).close(running, estimate);
    journal->writer(0).flush();
    store_.await_rows(static_cast<std::size_t>(calls) + 1);
    EXPECT_EQ(store_.total(), calls + 77);
}

TEST_F(SpendWriterTest, WaitsForAStoreThatIsAwayAndCatchesUp) {
    store_.set_away(true);
    const auto journal = open_journal("p");
    SpendWriter writer(*journal, store_.calls(), quick_writer());
    writer.start();
    for (int i = 0; i < 50; ++i) make_call(journal->writer(0), "x" + std::to_string(i), 1);
    while (writer.numbers().failures < 5) std::this_thread::yield();
    EXPECT_TRUE(writer.numbers().store_is_away);
    EXPECT_GT(journal->backlog_bytes(), 0U);
    store_.set_away(false);
    store_.await_rows(50);
    EXPECT_EQ(store_.total(), 50);
    while (writer.numbers().store_is_away) std::this_thread::yield();
}

TEST_F(SpendWriterTest, DoesNotFinishWhileTheStoreIsAwayAndKeepsTheJournal) {
    store_.set_away(true);
    {
        const auto journal = open_journal("p");
        SpendWriter writer(*journal, store_.calls(), quick_writer());
        writer.start();
        make_call(journal->writer(0), "x", 3);
        journal->finish();
        EXPECT_FALSE(writer.finish(Clock::now() + std::chrono::milliseconds(20)));
    }
    EXPECT_EQ(left_over(), std::vector<std::string>{"p"});
    store_.set_away(false);
    const auto journal = open_journal("q");
    SpendWriter writer(*journal, store_.calls(), quick_writer());
    writer.start();
    store_.await_finished(1);
    EXPECT_EQ(store_.total(), 3);
}

TEST_F(SpendWriterTest, CountsACommitWhoseAnswerWasLostOnce) {
    int calls = 0;
    store_.loses_answer = [&] { return ++calls % 2 == 1; };
    const auto journal = open_journal("p");
    SpendWriter writer(*journal, store_.calls(), quick_writer());
    writer.start();
    for (int i = 0; i < 200; ++i) {
        make_call(journal->writer(0), "x" + std::to_string(i), 1);
        if (i % 20 == 0) store_.await_rows(static_cast<std::size_t>(i));
    }
    journal->finish();
    EXPECT_TRUE(writer.finish(Clock::now() + kLong));
    EXPECT_EQ(store_.rows().size(), 200U);
    EXPECT_EQ(store_.total(), 200);
}

TEST_F(SpendWriterTest, TakesARowThatTheStoreCannotHoldWithoutItsTexts) {
    store_.refuses = [](const SpendRow& row) { return row.end_user == "poison"; };
    const auto journal = open_journal("p");
    auto& append_to = journal->writer(0);
    for (int i = 0; i < 20; ++i) {
        SpendRow row;
        row.end_user = i == 7 ? "poison" : "good";
        row.cost = 1;
        append_to.append(row);
    }
    append_to.flush();
    SpendWriter writer(*journal, store_.calls(), quick_writer());
    writer.start();
    store_.await_rows(20);
    journal->finish();
    EXPECT_TRUE(writer.finish(Clock::now() + kLong));
    EXPECT_EQ(store_.total(), 20);
    EXPECT_EQ(writer.numbers().reduced, 1U);
    int without = 0;
    for (const auto& [id, row] : store_.rows()) without += row.end_user.empty() ? 1 : 0;
    EXPECT_EQ(without, 1);
}

TEST_F(SpendWriterTest, KeepsARowThatTheStoreRefusesForGoodAndGoesOnWithTheOthers) {
    std::atomic<bool> is_repaired = false;
    store_.refuses = [&](const SpendRow& row) { return row.cost == 13 && !is_repaired; };
    const auto journal = open_journal("p");
    auto& append_to = journal->writer(0);
    std::string refused;
    for (const Picodollars cost : {1, 13, 2}) {
        SpendRow row;
        row.cost = cost;
        append_to.append(row);
        if (cost == 13) refused = ".refused-" + to_text(row.record_id);
    }
    append_to.flush();
    SpendWriter writer(*journal, store_.calls(), quick_writer());
    writer.start();
    store_.await_rows(2);
    EXPECT_EQ(store_.total(), 3);
    EXPECT_EQ(writer.numbers().set_aside, 1U);
    EXPECT_TRUE(fs::exists(directory() / refused));

    is_repaired = true;
    fs::rename(directory() / refused, directory() / refused.substr(1));
    store_.await_rows(3);
    EXPECT_EQ(store_.total(), 16);
    journal->finish();
    EXPECT_TRUE(writer.finish(Clock::now() + kLong));
    EXPECT_EQ(left_over(), std::vector<std::string>());
}

TEST_F(SpendWriterTest, AdoptsWhatADeadProcessLeftAndBooksItsCallsInFlight) {
    {
        const auto dead = open_journal("dead");
        make_call(dead->writer(0), "done", 5);
        JournalCall in_flight;
        SpendRow estimate;
        estimate.call_id = "in flight";
        estimate.cost = 1000;
        ASSERT_TRUE(dead->writer(0).open(in_flight, estimate));
        leave_copy("dead", "corpse");
        dead->writer(0).close(in_flight, estimate);
    }
    fs::remove_all(directory() / "dead");
    const auto journal = open_journal("p");
    SpendWriter writer(*journal, store_.calls(), quick_writer());
    writer.start();
    store_.await_finished(1);
    EXPECT_EQ(store_.finished(), std::vector<std::string>{"corpse"});
    ASSERT_EQ(store_.rows().size(), 2U);
    for (const auto& [id, row] : store_.rows()) {
        EXPECT_EQ(row.interrupted, row.call_id == "in flight");
        EXPECT_EQ(row.cost, row.interrupted ? 1000 : 5);
    }
    EXPECT_EQ(writer.numbers().interrupted, 1U);
    while (left_over().size() > 1) std::this_thread::yield();
    EXPECT_EQ(left_over(), std::vector<std::string>{"p"});
}

TEST_F(SpendWriterTest, BooksInterruptedCallsWithWhatTheyShare) {
    const std::string key(64, 'k');
    {
        const auto dead = open_journal("dead");
        JournalCall calls[3];
        for (auto& call : calls) {
            SpendRow row;
            row.key_hash = key;
            row.cost = 7;
            row.scopes = {{"global", 1, 7}};
            ASSERT_TRUE(dead->writer(0).open(call, row));
        }
        leave_copy("dead", "corpse");
    }
    fs::remove_all(directory() / "dead");
    const auto journal = open_journal("p");
    SpendWriter writer(*journal, store_.calls(), quick_writer());
    writer.start();
    store_.await_finished(1);
    EXPECT_EQ(store_.rows().size(), 3U);
    EXPECT_EQ(store_.total(), 21);
    for (const auto& [id, row] : store_.rows()) {
        EXPECT_TRUE(row.interrupted);
        EXPECT_EQ(row.key_hash, key);
    }
}

/// What was written before there were shared parts: a call that ended, and one that did not.
TEST_F(SpendWriterTest, AdoptsAJournalOfTheFirstVersion) {
    auto unfinished = old_record(JournalRecordKind::open);
    unfinished[3] = 'x';  // another id
    std::string bytes(kOldJournalMagics[0]);
    for (const auto& record :
         {old_record(JournalRecordKind::open), unfinished, old_record(JournalRecordKind::close)}) {
        const auto begin = begin_frame(bytes);
        bytes += record;
        end_frame(bytes, begin, FrameSeal().at(begin));
    }
    leave_file("old", bytes);
    const auto journal = open_journal("p");
    SpendWriter writer(*journal, store_.calls(), quick_writer());
    writer.start();
    store_.await_finished(1);
    EXPECT_EQ(store_.rows().size(), 2U);
    EXPECT_EQ(store_.total(), 2 * old_row().cost);
    for (const auto& [id, row] : store_.rows()) EXPECT_EQ(row.key_hash, old_row().key_hash);
    EXPECT_EQ(writer.numbers().interrupted, 1U);
    EXPECT_EQ(writer.numbers().damaged_bytes, 0U);
}

/// Whose frames know no place.
TEST_F(SpendWriterTest, AdoptsAJournalOfTheSecondVersion) {
    std::string bytes(kOldJournalMagics[1]);
    auto row = full_row();
    row.record_id.bytes[0] = 1;
    const auto begin = begin_frame(bytes);
    append_journal_record(JournalRecordKind::close, row, bytes);
    end_frame(bytes, begin, FrameSeal().at(begin));
    leave_file("old", bytes);
    const auto journal = open_journal("p");
    SpendWriter writer(*journal, store_.calls(), quick_writer());
    writer.start();
    store_.await_finished(1);
    ASSERT_EQ(store_.rows().size(), 1U);
    EXPECT_EQ(store_.total(), row.cost);
    EXPECT_EQ(writer.numbers().damaged_bytes, 0U);
}

TEST_F(SpendWriterTest, CountsRecordsWhoseSharedPartIsDamagedAsDamage) {
    const std::string lost(64, 'l');
    const std::string kept(64, 'k');
    {
        const auto dead = open_journal("dead");
        for (int i = 0; i < 6; ++i) {
            SpendRow row;
            row.key_hash = i % 2 == 0 ? lost : kept;
            row.cost = 1;
            dead->writer(0).append(row);
        }
        dead->writer(0).flush();
        leave_files(*dead, "dead", "corpse");
    }
    fs::remove_all(directory() / "dead");
    const auto path = directory() / "corpse" / "worker-0.000001";
    std::stringstream bytes;
    bytes << std::ifstream(path).rdbuf();
    const auto at = bytes.str().find(lost);
    ASSERT_NE(at, std::string::npos);
    EXPECT_EQ(bytes.str().find(lost, at + 1), std::string::npos) << "shared";
    std::fstream(path, std::ios::in | std::ios::out | std::ios::binary)
            .seekp(static_cast<std::streamoff>(at))
        << "DAMAGE";
    const auto journal = open_journal("p");
    SpendWriter writer(*journal, store_.calls(), quick_writer());
    writer.start();
    store_.await_finished(1);
    while (left_over().size() > 1) std::this_thread::yield();
    EXPECT_EQ(store_.rows().size(), 3U);
    for (const auto& [id, row] : store_.rows()) EXPECT_EQ(row.key_hash, kept);
    EXPECT_GT(writer.numbers().damaged_bytes, 3U * 8);
    EXPECT_TRUE(fs::exists(directory() / "corpse-worker-0.000001.damaged"));
}

TEST_F(SpendWriterTest, LeavesLivingProcessesAlone) {
    const auto other = open_journal("other");
    make_call(other->writer(0), "theirs", 5);
    const auto journal = open_journal("p");
    SpendWriter writer(*journal, store_.calls(), quick_writer());
    writer.start();
    make_call(journal->writer(0), "ours", 3);
    store_.await_rows(1);
    journal->finish();
    EXPECT_TRUE(writer.finish(Clock::now() + kLong));
    EXPECT_EQ(store_.total(), 3);
    EXPECT_EQ(left_over(), std::vector<std::string>{"other"});
}

TEST_F(SpendWriterTest, KeepsADamagedJournalAsideAndBooksWhatItCanRead) {
    {
        const auto dead = open_journal("dead");
        for (int i = 0; i < 3; ++i) make_call(dead->writer(0), "x" + std::to_string(i), 1);
        leave_files(*dead, "dead", "corpse");
    }
    fs::remove_all(directory() / "dead");
    const auto file = directory() / "corpse" / "worker-0.000001";
    const auto middle = static_cast<std::streamoff>(fs::file_size(file) / 2);
    std::fstream(file, std::ios::in | std::ios::out | std::ios::binary).seekp(middle) << "DAMAGE";
    const auto journal = open_journal("p");
    SpendWriter writer(*journal, store_.calls(), quick_writer());
    writer.start();
    store_.await_finished(1);
    while (left_over().size() > 1) std::this_thread::yield();
    EXPECT_GT(writer.numbers().damaged_bytes, 0U);
    EXPECT_GE(store_.rows().size(), 2U);
    EXPECT_TRUE(fs::exists(directory() / "corpse-worker-0.000001.damaged"));
}

TEST_F(SpendWriterTest, LeavesAJournalOfAnotherVersionAlone) {
    const auto file = leave_file("future", "TWSPEND9 and what only it understands");
    const auto journal = open_journal("p");
    SpendWriter writer(*journal, store_.calls(), quick_writer());
    writer.start();
    make_call(journal->writer(0), "ours", 3);
    store_.await_rows(1);
    journal->finish();
    EXPECT_TRUE(writer.finish(Clock::now() + kLong));
    EXPECT_TRUE(fs::exists(file));
}

TEST_F(SpendWriterTest, WorksWithoutADirectory) {
    JournalOptions options;
    options.process = "p";
    options.sync_interval = std::chrono::milliseconds(1);
    options.file_bytes = 2000;
    auto journal = Journal::open(options);
    ASSERT_TRUE(journal);
    SpendWriter writer(**journal, store_.calls(), quick_writer());
    writer.start();
    for (int i = 0; i < 100; ++i) make_call((*journal)->writer(0), "x", 1);
    (*journal)->finish();
    EXPECT_TRUE(writer.finish(Clock::now() + kLong));
    EXPECT_EQ(store_.total(), 100);
    EXPECT_TRUE((*journal)->files().empty());
}

/// What is in a folder that a process left: the cost of each call, once.
std::map<std::string, std::pair<Picodollars, bool>> expected_rows(const fs::path& folder) {
    std::map<std::string, std::pair<Picodollars, bool>> rows;  // cost, interrupted
    std::vector<JournalFileName> names;
    for (const auto& entry : fs::directory_iterator(folder))
        if (auto name = parse_journal_file_name(entry.path().filename().string()))
            names.push_back(*name);
    std::ranges::sort(names);
    for (const auto name : names) {
        auto file = JournalFile::open(folder, "x", name);
        EXPECT_TRUE(file);
        JournalTail tail((*file)->fd(), kJournalMagic.size(), (*file)->seal());
        for (;;) {
            auto item = tail.next((*file)->written, true);
            EXPECT_TRUE(item);
            if (!item || !*item) break;
            SpendRow row;
            auto kind = JournalRecordKind::open;
            EXPECT_TRUE(read_journal_record((*item)->payload, kind, row, &tail));
            const auto id = to_text(row.record_id);
            if (kind == JournalRecordKind::close)
                rows[id] = {row.cost, false};
            else
                rows.try_emplace(id, row.cost, true);
        }
    }
    return rows;
}

std::string key_of(std::size_t number) {
    return "key " + std::to_string(number) + std::string(60, 'k');
}

/// Random calls on random workers, in files so small that they change all the time. The process
/// dies somewhere: then all that was flushed is there. Or the machine does: the windows are gone,
/// and the last file of each worker is torn at a random byte. Those who adopt die as well, before,
/// between and after their commits, until one is through.
class RandomCrashes : public SpendWriterTest, public testing::WithParamInterface<int> {
protected:
    using Rows = std::map<std::string, std::pair<Picodollars, bool>>;  // cost, interrupted

    /// What a machine that died would leave; and which rows come of it.
    Rows tear(const fs::path& corpse, const std::function<std::size_t(std::size_t)>& below) {
        std::map<std::size_t, fs::path> last;
        std::vector<fs::path> windows;
        for (const auto& entry : fs::directory_iterator(corpse)) {
            const auto name = parse_journal_file_name(entry.path().filename().string());
            if (!name) {
                if (entry.path().filename().string().starts_with("window"))
                    windows.push_back(entry.path());
            } else if (last[name->worker] < entry.path() &&
                       entry.file_size() > kJournalMagic.size()) {
                last[name->worker] = entry.path();
            }
        }
        for (const auto& path : windows) fs::remove(path);
        for (const auto& [worker, path] : last)
            if (!path.empty() && below(2) == 0)
                fs::resize_file(path, below(fs::file_size(path) + 1));
        return expected_rows(corpse);
    }
};

TEST_P(RandomCrashes, ApplyEveryRowOnce) {
    std::mt19937 random(static_cast<unsigned>(GetParam()));
    const auto below = [&](std::size_t most) { return random() % most; };
    JournalOptions options;
    options.workers = 1 + below(3);
    options.file_bytes = 200 + below(2000);
    options.sync_interval = std::chrono::milliseconds(below(2) * 1000);
    const bool machine_dies = below(2) == 0;
    Rows flushed;
    {
        const auto dead = open_journal("dead", options);
        std::vector<std::unique_ptr<JournalCall>> calls(options.workers * 4);
        // Closes that a worker has not flushed.
        std::vector<std::map<std::string, Picodollars>> gathered(options.workers);
        const auto note_flush = [&](std::size_t worker) {
            for (const auto& [id, cost] : gathered[worker]) flushed[id] = {cost, false};
            gathered[worker].clear();
        };
        const auto steps = below(300);
        for (std::size_t step = 0; step < steps; ++step) {
            const auto slot = below(calls.size());
            const auto worker = slot % options.workers;
            auto& writer = dead->writer(worker);
            SpendRow row;
            // Few keys, so that records share parts, and a call may end with another than its own.
            const auto key = key_of(below(4));
            const auto text = key + " call " + std::to_string(step) + std::string(below(80), 'x');
            row.call_id = text;
            row.key_hash = key;
            row.cost = static_cast<Picodollars>(below(1'000'000));
            if (!calls[slot]) calls[slot] = std::make_unique<JournalCall>();
            if (calls[slot]->is_open()) {
                writer.close(*calls[slot], row);
                gathered[worker][to_text(calls[slot]->id())] = row.cost;
            } else {
                ASSERT_TRUE(writer.open(*calls[slot], row));
                flushed[to_text(calls[slot]->id())] = {row.cost, true};
                note_flush(worker);
            }
            if (below(3) == 0) {
                writer.flush();
                note_flush(worker);
            }
        }
        leave_copy("dead", "corpse");
    }
    fs::remove_all(directory() / "dead");
    const auto corpse = directory() / "corpse";
    const auto expected = machine_dies ? tear(corpse, below) : flushed;

    int until_fault = 0;
    int fault = 0;  // 0: none; 1: away; 2: the answer is lost
    store_.is_away = [&] { return fault == 1 && --until_fault < 0; };
    store_.loses_answer = [&] { return fault == 2 && --until_fault < 0; };
    auto writer_options = quick_writer();
    for (int life = 0;; ++life) {
        fault = life > 20 ? 0 : static_cast<int>(below(3));
        until_fault = static_cast<int>(below(6));
        writer_options.batch_rows = 1 + below(40);
        const auto journal = open_journal("life " + std::to_string(life));
        SpendWriter writer(*journal, store_.calls(), writer_options);
        writer.start();
        const auto is_through = [&] { return !fs::exists(corpse); };
        while (!is_through() && writer.numbers().failures == 0) std::this_thread::yield();
        if (is_through()) break;
    }

    Rows found;
    Picodollars total = 0;
    for (const auto& [id, row] : store_.rows()) {
        found[id] = {row.cost, row.interrupted};
        total += row.cost;
        EXPECT_TRUE(row.call_id.starts_with(row.key_hash + " call")) << row.call_id;
    }
    EXPECT_EQ(found, expected);
    EXPECT_EQ(store_.total(), total) << "something was counted twice";
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomCrashes, testing::Range(0, 60));

/// A child makes calls until it is killed; what it told of through the pipe must be in the store.
TEST_F(SpendWriterTest, LosesNothingWhenTheProcessIsKilled) {
    int pipe[2];
    ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
    const auto child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        JournalOptions options;
        options.file_bytes = 20'000;
        const auto journal = open_journal("killed", options);
        auto& writer = journal->writer(0);
        for (std::uint32_t number = 0;; ++number) {
            JournalCall call;
            SpendRow row;
            const auto name = std::to_string(number);
            const auto key = key_of(number % 3);
            row.call_id = name;
            row.key_hash = key;
            row.cost = 1'000'000;
            if (!writer.open(call, row)) ::_exit(1);
            row.cost = number;
            writer.close(call, row);
            writer.flush();
            if (::write(pipe[1], &number, sizeof number) != sizeof number) ::_exit(1);
        }
    }
    ::close(pipe[1]);
    std::uint32_t last = 0;
    while (last < 5000) ASSERT_EQ(::read(pipe[0], &last, sizeof last), sizeof last);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    for (std::uint32_t number; ::read(pipe[0], &number, sizeof number) > 0;) last = number;
    ::close(pipe[0]);

    const auto journal = open_journal("p");
    SpendWriter writer(*journal, store_.calls(), quick_writer());
    writer.start();
    store_.await_finished(1);
    std::map<std::string, FakeSpendStore::Row> by_call;
    for (const auto& [id, row] : store_.rows()) {
        EXPECT_FALSE(by_call.contains(row.call_id)) << row.call_id;
        by_call[row.call_id] = row;
    }
    for (std::uint32_t number = 0; number <= last; ++number) {
        const auto found = by_call.find(std::to_string(number));
        ASSERT_NE(found, by_call.end()) << number;
        EXPECT_FALSE(found->second.interrupted);
        EXPECT_EQ(found->second.cost, number);
        EXPECT_EQ(found->second.key_hash, key_of(number % 3));
    }
    // One call may have been under way, and one more booked and not told of.
    EXPECT_LE(by_call.size(), last + 3U);
}

}  // namespace
}  // namespace tollweir
