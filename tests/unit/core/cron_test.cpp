#include "tollweir/core/cron.hpp"

#include <gtest/gtest.h>

#include "tollweir/core/time_text.hpp"

namespace tollweir {
namespace {

std::string next(std::string_view line, std::string_view now) {
    const auto schedule = parse_cron(line);
    if (!schedule) return "not a cron line";
    return rfc3339(next_time(*schedule, *parse_rfc3339(now))).substr(0, 16);
}

TEST(Cron, FindsTheNextTimeThatFits) {
    const auto now = "2026-11-26T19:34:30Z";  // a Thursday
    EXPECT_EQ(next("* * * * *", now), "2026-11-26T19:35");
    EXPECT_EQ(next("0 4 * * *", now), "2026-11-27T04:00");
    EXPECT_EQ(next("*/15 * * * *", now), "2026-11-26T19:45");
    EXPECT_EQ(next("10,40 19-21 * * *", now), "2026-11-26T19:40");
    EXPECT_EQ(next("5/20 * * * *", now), "2026-11-26T19:45");
    EXPECT_EQ(next("0 8-18/5 * * *", now), "2026-11-27T08:00");
    EXPECT_EQ(next("0 0 1 * *", now), "2026-12-01T00:00");
    EXPECT_EQ(next("0 0 * jan *", now), "2027-01-01T00:00");
    EXPECT_EQ(next("  0   0 * * MON ", now), "2026-11-30T00:00");
}

TEST(Cron, TheMinuteThatIsNowIsOver) {
    EXPECT_EQ(next("0 4 * * *", "2026-11-26T04:00:00Z"), "2026-11-27T04:00");
    EXPECT_EQ(next("0 4 * * *", "2026-11-26T03:59:59.9Z"), "2026-11-26T04:00");
}

TEST(Cron, SundayIsBothNoughtAndSeven) {
    for (const auto* line : {"0 0 * * 0", "0 0 * * 7", "0 0 * * sun", "0 0 * * 6-7/7,7"})
        EXPECT_TRUE(parse_cron(line)) << line;
    EXPECT_EQ(next("0 0 * * 7", "2026-11-26T00:00Z"), "2026-11-29T00:00");
    EXPECT_EQ(next("0 0 * * 0", "2026-11-26T00:00Z"), "2026-11-29T00:00");
    EXPECT_EQ(next("0 0 * * 5-7", "2026-11-28T00:00Z"), "2026-11-29T00:00");
}

TEST(Cron, ADayNeedBeOnlyOneOfTwoThatAreNamed) {
    EXPECT_EQ(next("0 0 15 * mon", "2026-11-26T00:00Z"), "2026-11-30T00:00");
    EXPECT_EQ(next("0 0 27 * mon", "2026-11-26T00:00Z"), "2026-11-27T00:00");
    // With a star, both must fit.
    EXPECT_EQ(next("0 0 */2 * mon", "2026-11-26T00:00Z"), "2026-12-07T00:00");
}

TEST(Cron, WaitsForLeapDays) {
    EXPECT_EQ(next("0 0 29 2 *", "2026-11-26T00:00Z"), "2028-02-29T00:00");
    EXPECT_EQ(next("0 0 29 2 *", "2096-03-01T00:00Z"), "2104-02-29T00:00");
}

TEST(Cron, RefusesWhatIsNoLine) {
    for (const auto* line : {"",
                             "* * * *",
                             "* * * * * *",
                             "60 * * * *",
                             "* 24 * * *",
                             "* * 0 * *",
                             "* * 32 * *",
                             "* * * 13 *",
                             "* * * 0 *",
                             "* * * * 8",
                             "*/0 * * * *",
                             "5-1 * * * *",
                             "a * * * *",
                             "1, * * * *",
                             ",1 * * * *",
                             "1-2-3 * * * *",
                             "1/2/3 * * * *",
                             "-1 * * * *",
                             "*/99999999999 * * * *",
                             "0 0 31 2 *",
                             "0 0 30 feb *",
                             "@daily"})
        EXPECT_FALSE(parse_cron(line)) << line;
}

TEST(Cron, AStepLargerThanTheRangeTakesItsBegin) {
    EXPECT_EQ(next("*/4000000000 * * * *", "2026-11-26T00:00Z"), "2026-11-26T01:00");
}

}  // namespace
}  // namespace tollweir
