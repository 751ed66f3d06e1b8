#include "telemetry/journal_frame.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

std::string frame_of(std::string_view payload) {
    std::string out = "before";
    const auto begin = begin_frame(out);
    out += payload;
    end_frame(out, begin);
    return out.substr(6);
}

TEST(JournalFrame, GivesItsPayload) {
    const auto bytes = frame_of("hello") + "and more";
    const auto frame = read_frame(bytes);
    EXPECT_EQ(frame.state, Frame::State::whole);
    EXPECT_EQ(frame.payload, "hello");
    EXPECT_EQ(frame.size, kFrameHead + 5);
}

TEST(JournalFrame, CutAnywhereIsNeverWhole) {
    const auto bytes = frame_of("some payload of a record");
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const auto frame = read_frame(std::string_view(bytes).substr(0, size));
        EXPECT_EQ(frame.state, Frame::State::cut) << size;
        EXPECT_GT(frame.size, size);
    }
}

TEST(JournalFrame, WithAnyBitTurnedIsNeverWhole) {
    const auto bytes = frame_of("some payload of a record");
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        auto wrong = bytes;
        wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << bit % 8));
        EXPECT_NE(read_frame(wrong).state, Frame::State::whole) << bit;
    }
}

TEST(JournalFrame, IsNotMadeOfZeros) {
    EXPECT_EQ(read_frame(std::string(64, '\0')).state, Frame::State::broken);
}

TEST(JournalFrame, IsFoundBehindDamage) {
    const auto first = frame_of("first");
    const auto second = frame_of("second");
    const std::string damage = std::string(20, '\0') + "garbage" + first.substr(0, 9);
    const auto bytes = damage + second + first;
    EXPECT_EQ(find_frame(bytes, 0), damage.size());
    EXPECT_EQ(find_frame(bytes, damage.size() + 1), damage.size() + second.size());
    EXPECT_EQ(find_frame(damage, 0), std::string_view::npos);
}

}  // namespace
}  // namespace tollweir
