#include "telemetry/journal_frame.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

const FrameSeal kSeal(2, 17);
constexpr std::uint64_t kPlace = 4096;

/// `ahead`: bytes between kPlace and it.
std::string frame_of(std::string_view payload, std::size_t ahead = 0) {
    std::string out = "before";
    const auto begin = begin_frame(out);
    out += payload;
    end_frame(out, begin, kSeal.at(kPlace + ahead));
    return out.substr(6);
}

Frame read_here(std::string_view bytes) {
    return read_frame(bytes, kSeal, kPlace);
}

TEST(JournalFrame, GivesItsPayload) {
    const auto bytes = frame_of("hello") + "and more";
    const auto frame = read_here(bytes);
    EXPECT_EQ(frame.state, Frame::State::whole);
    EXPECT_EQ(frame.payload, "hello");
    EXPECT_EQ(frame.size, kFrameHead + 5);
}

TEST(JournalFrame, CutAnywhereIsNeverWhole) {
    const auto bytes = frame_of("some payload of a record");
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const auto frame = read_here(std::string_view(bytes).substr(0, size));
        EXPECT_EQ(frame.state, Frame::State::cut) << size;
        EXPECT_GT(frame.size, size);
    }
}

TEST(JournalFrame, WithAnyBitTurnedIsNeverWhole) {
    const auto bytes = frame_of("some payload of a record");
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        auto wrong = bytes;
        wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << bit % 8));
        EXPECT_NE(read_here(wrong).state, Frame::State::whole) << bit;
    }
}

TEST(JournalFrame, IsNotMadeOfZeros) {
    EXPECT_EQ(read_here(std::string(64, '\0')).state, Frame::State::broken);
}

TEST(JournalFrame, IsFoundBehindDamage) {
    const std::string damage = std::string(20, '\0') + "garbage" + frame_of("first").substr(0, 9);
    const auto second = frame_of("second", damage.size());
    const auto bytes = damage + second + frame_of("third", damage.size() + second.size());
    const auto find = [](std::string_view in, std::size_t from) {
        return find_frame(in, from, kSeal, kPlace);
    };
    EXPECT_EQ(find(bytes, 0), damage.size());
    EXPECT_EQ(find(bytes, damage.size() + 1), damage.size() + second.size());
    EXPECT_EQ(find(damage, 0), std::string_view::npos);
}

TEST(JournalFrame, IsNoneAnywhereElse) {
    const auto bytes = frame_of("hello");
    EXPECT_EQ(read_frame(bytes, FrameSeal(2, 17), kPlace).state, Frame::State::whole);
    EXPECT_EQ(read_frame(bytes, FrameSeal(2, 17), kPlace + 1).state, Frame::State::broken);
    EXPECT_EQ(read_frame(bytes, FrameSeal(2, 18), kPlace).state, Frame::State::broken);
    EXPECT_EQ(read_frame(bytes, FrameSeal(3, 17), kPlace).state, Frame::State::broken);
    EXPECT_EQ(read_frame(bytes, FrameSeal(), kPlace).state, Frame::State::broken);
}

TEST(JournalFrame, OfAnOldFilePassesAnywhereInSuchOnes) {
    std::string bytes;
    const auto begin = begin_frame(bytes);
    bytes += "old";
    end_frame(bytes, begin, FrameSeal().at(8));
    EXPECT_EQ(FrameSeal().at(8), 0U);
    EXPECT_EQ(read_frame(bytes, FrameSeal(), 8).state, Frame::State::whole);
    EXPECT_EQ(read_frame(bytes, FrameSeal(), 80).state, Frame::State::whole);
    EXPECT_EQ(read_frame(bytes, FrameSeal(0, 0), 8).state, Frame::State::broken);
}

}  // namespace
}  // namespace tollweir
