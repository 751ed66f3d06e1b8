#include "telemetry/journal_tail.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "telemetry/journal_frame.hpp"
#include "unit/telemetry/temp_folder.hpp"

namespace tollweir {
namespace {

class JournalTailTest : public testing::Test {
protected:
    JournalTailTest() : fd_(::open(path().c_str(), O_RDWR | O_CREAT, 0600)) {
        write(std::string(kJournalMagic));
    }
    ~JournalTailTest() override { ::close(fd_); }

    std::filesystem::path path() const { return folder_.path() / "file"; }
    void write(std::string_view bytes) {
        ASSERT_EQ(::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(size_)),
                  static_cast<ssize_t>(bytes.size()));
        size_ += bytes.size();
    }
    /// One that stands where the file ends.
    std::string frame(std::string_view payload) const {
        std::string out;
        const auto begin = begin_frame(out);
        out += payload;
        end_frame(out, begin, seal_.at(size_));
        return out;
    }
    static std::vector<std::string> read_all(JournalTail& tail, std::uint64_t limit, bool final) {
        std::vector<std::string> payloads;
        for (;;) {
            auto item = tail.next(limit, final);
            EXPECT_TRUE(item) << item.error().message;
            if (!item || !*item) return payloads;
            payloads.emplace_back((*item)->payload);
            EXPECT_EQ((*item)->end, tail.position());
        }
    }

    TempFolder folder_;
    const FrameSeal seal_{1, 3};
    int fd_;
    std::uint64_t size_ = 0;
};

TEST_F(JournalTailTest, ReadsWhatIsThereAndGoesOnWhenMoreCame) {
    JournalTail tail(fd_, size_, seal_);
    EXPECT_EQ(read_all(tail, size_, false), std::vector<std::string>{});
    write(frame("one"));
    write(frame("two"));
    EXPECT_EQ(read_all(tail, size_, false), (std::vector<std::string>{"one", "two"}));
    write(frame("three"));
    EXPECT_EQ(read_all(tail, size_, false), (std::vector<std::string>{"three"}));
    EXPECT_EQ(tail.damaged_bytes() + tail.torn_bytes(), 0U);
}

TEST_F(JournalTailTest, ReadsNothingBehindItsLimit) {
    JournalTail tail(fd_, size_, seal_);
    write(frame("one"));
    const auto limit = size_;
    write(frame("two"));
    EXPECT_EQ(read_all(tail, limit, false), (std::vector<std::string>{"one"}));
    EXPECT_EQ(tail.position(), limit);
}

TEST_F(JournalTailTest, WaitsForTheRestOfARecordWhoseBeginningIsThere) {
    JournalTail tail(fd_, size_, seal_);
    const auto bytes = frame("a record that comes in pieces");
    for (const char c : bytes.substr(0, bytes.size() - 1)) {
        write({&c, 1});
        EXPECT_EQ(read_all(tail, size_, false), std::vector<std::string>{});
    }
    write(bytes.substr(bytes.size() - 1));
    EXPECT_EQ(read_all(tail, size_, false).size(), 1U);
}

TEST_F(JournalTailTest, CutAtAnyByteGivesTheWholeRecordsBeforeTheCut) {
    std::vector<std::uint64_t> ends{size_};
    for (int i = 0; i < 6; ++i) {
        write(frame("record " + std::to_string(i)));
        ends.push_back(size_);
    }
    for (std::uint64_t cut = kJournalMagic.size(); cut <= size_; ++cut) {
        JournalTail tail(fd_, kJournalMagic.size(), seal_);
        const auto whole = static_cast<std::size_t>(
            std::ranges::count_if(ends, [&](auto end) { return end <= cut; }) - 1);
        EXPECT_EQ(read_all(tail, cut, true).size(), whole) << cut;
        EXPECT_EQ(tail.position(), cut);
        EXPECT_EQ(tail.torn_bytes(), cut - ends[whole]);
        EXPECT_EQ(tail.damaged_bytes(), 0U);
    }
}

TEST_F(JournalTailTest, PassesOverADamagedRecordAndCountsIt) {
    write(frame("one"));
    const auto at = size_;
    write(frame("two"));
    const auto damaged = size_ - at;
    write(frame("three"));
    const char zero[12] = {};
    ASSERT_EQ(::pwrite(fd_, zero, damaged, static_cast<off_t>(at)), 11);
    JournalTail tail(fd_, kJournalMagic.size(), seal_);
    EXPECT_EQ(read_all(tail, size_, true), (std::vector<std::string>{"one", "three"}));
    EXPECT_EQ(tail.damaged_bytes(), damaged);
    EXPECT_EQ(tail.torn_bytes(), 0U);
}

TEST_F(JournalTailTest, ReadsRecordsLargerThanAChunk) {
    const std::string large(1'000'000, 'x');
    write(frame("small"));
    write(frame(large));
    write(frame("small again"));
    JournalTail tail(fd_, kJournalMagic.size(), seal_);
    const auto payloads = read_all(tail, size_, true);
    ASSERT_EQ(payloads.size(), 3U);
    EXPECT_EQ(payloads[1], large);
}

TEST_F(JournalTailTest, KeepsPayloadsUntilTheyAreReleased) {
    for (int i = 0; i < 20'000; ++i) write(frame("a record with number " + std::to_string(i)));
    JournalTail tail(fd_, kJournalMagic.size(), seal_);
    std::vector<std::string_view> views;
    for (;;) {
        auto item = tail.next(size_, true);
        ASSERT_TRUE(item);
        if (!*item) break;
        views.push_back((*item)->payload);
    }
    ASSERT_EQ(views.size(), 20'000U);
    for (std::size_t i = 0; i < views.size(); ++i)
        ASSERT_EQ(views[i], "a record with number " + std::to_string(i));
}

TEST_F(JournalTailTest, SaysSoWhenTheFileIsShorterThanItWas) {
    write(frame("one"));
    JournalTail tail(fd_, kJournalMagic.size(), seal_);
    ASSERT_EQ(::ftruncate(fd_, static_cast<off_t>(kJournalMagic.size())), 0);
    EXPECT_FALSE(tail.next(size_, true));
}

}  // namespace
}  // namespace tollweir
