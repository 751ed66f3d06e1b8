#include "tollweir/core/record_id.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <set>

namespace tollweir {
namespace {

constexpr WallTime kNow{std::chrono::milliseconds(0x0123456789ab)};

TEST(RecordId, IsAUuidOfVersionSevenThatBeginsWithItsTime) {
    const std::regex form("01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    for (int i = 0; i < 200; ++i) {
        const auto text = to_text(new_record_id(kNow));
        EXPECT_TRUE(std::regex_match(text, form)) << text;
    }
}

TEST(RecordId, DoesNotRepeatWithinAMillisecond) {
    std::set<RecordId> ids;
    for (int i = 0; i < 2000; ++i) ids.insert(new_record_id(kNow));
    EXPECT_EQ(ids.size(), 2000U);
}

TEST(RecordId, SortsByTime) {
    const auto before = new_record_id(kNow);
    const auto after = new_record_id(kNow + std::chrono::milliseconds(1));
    EXPECT_LT(before, after);
    EXPECT_LT(to_text(before), to_text(after));
}

TEST(RecordId, IsReadBackFromItsText) {
    const auto id = new_record_id(kNow);
    auto text = to_text(id);
    EXPECT_EQ(parse_record_id(text), id);
    for (auto& c : text)
        if (c >= 'a') c = static_cast<char>(c - 'a' + 'A');
    EXPECT_EQ(parse_record_id(text), id);
}

TEST(RecordId, IsNotReadFromAnythingElse) {
    const auto text = to_text(new_record_id(kNow));
    EXPECT_FALSE(parse_record_id(""));
    EXPECT_FALSE(parse_record_id(text + "0"));
    EXPECT_FALSE(parse_record_id(text.substr(1)));
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto wrong = text;
        wrong[i] = 'x';
        EXPECT_FALSE(parse_record_id(wrong)) << i;
    }
}

}  // namespace
}  // namespace tollweir
