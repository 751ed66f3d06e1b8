#include "tollweir/config/budget_duration.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

using Unit = BudgetDuration::Unit;

void expect_read(const char* text, std::int64_t count, Unit unit) {
    const auto read = parse_budget_duration(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->count, count) << text;
    EXPECT_EQ(read->unit, unit) << text;
}

TEST(BudgetDuration, TakesLiteLlmsLettersAndWords) {
    expect_read("30s", 30, Unit::second);
    expect_read("15m", 15, Unit::minute);
    expect_read("15min", 15, Unit::minute);
    expect_read("1hr", 1, Unit::hour);
    expect_read("24h", 24, Unit::hour);
    expect_read("30d", 30, Unit::day);
    expect_read("2w", 2, Unit::week);
    expect_read("1mo", 1, Unit::month);
    expect_read("3 months", 3, Unit::month);
    expect_read("2 Weeks", 2, Unit::week);
    expect_read(" 10 seconds ", 10, Unit::second);
}

TEST(BudgetDuration, KeepsTheTextAsWritten) {
    EXPECT_EQ(parse_budget_duration(" 30D ")->text, "30D");
}

TEST(BudgetDuration, RefusesWhatHasNoOneMeaning) {
    for (const char* text : {"", "30", "d", "0d", "-1d", "1.5d", "1y", "30dd", "1mon", "ss", "1ss",
                             "1000001s", "99999999999999999999d", "never"})
        EXPECT_FALSE(parse_budget_duration(text)) << text;
}

}  // namespace
}  // namespace tollweir
