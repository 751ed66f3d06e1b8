#include "tollweir/core/calendar.hpp"

#include <gtest/gtest.h>

#include "tollweir/core/time_text.hpp"

namespace tollweir {
namespace {

using Unit = BudgetDuration::Unit;

BudgetDuration duration(std::string_view text) {
    const auto parsed = parse_budget_duration(text);
    EXPECT_TRUE(parsed) << text;
    return parsed.value_or(BudgetDuration{"1d", 1, Unit::day});
}

TimeZone zone_of(std::string_view name) {
    const auto zone = TimeZone::find(name);
    EXPECT_TRUE(zone) << name;
    return zone.value_or(TimeZone());
}

/// Without a fraction of zeros, and with Z.
std::string shown(WallTime time) {
    auto text = rfc3339(time);
    if (const auto zeros = text.find(".000000+00:00"); zeros != std::string::npos)
        text.replace(zeros, std::string::npos, "Z");
    return text;
}

std::string reset_after(std::string_view period, std::string_view now,
                        std::string_view zone = "UTC") {
    const auto start = parse_rfc3339(now);
    EXPECT_TRUE(start) << now;
    return shown(next_reset(duration(period), *start, zone_of(zone)));
}

std::string exactly_after(std::string_view span, std::string_view from) {
    return shown(add_exactly(*parse_rfc3339(from), duration(span)));
}

TEST(BudgetDuration, ReadsEveryUnit) {
    EXPECT_EQ(duration("30s"), (BudgetDuration{"30s", 30, Unit::second}));
    EXPECT_EQ(duration("5m"), (BudgetDuration{"5m", 5, Unit::minute}));
    EXPECT_EQ(duration("12h"), (BudgetDuration{"12h", 12, Unit::hour}));
    EXPECT_EQ(duration("30d"), (BudgetDuration{"30d", 30, Unit::day}));
    EXPECT_EQ(duration("2w"), (BudgetDuration{"2w", 2, Unit::week}));
    EXPECT_EQ(duration("1mo"), (BudgetDuration{"1mo", 1, Unit::month}));
    EXPECT_EQ(duration("36500d").count, 36'500);
}

TEST(BudgetDuration, ReadsTheWordsAsTheirLetters) {
    for (const char* text : {"1sec", "1secs", "1second", "2seconds"})
        EXPECT_EQ(duration(text).unit, Unit::second) << text;
    for (const char* text : {"30min", "30mins", "1minute", "2minutes"})
        EXPECT_EQ(duration(text).unit, Unit::minute) << text;
    for (const char* text : {"1hr", "1hrs", "1hour", "2hours"})
        EXPECT_EQ(duration(text).unit, Unit::hour) << text;
    for (const char* text : {"1day", "7days"}) EXPECT_EQ(duration(text).unit, Unit::day) << text;
    for (const char* text : {"1week", "2weeks"}) EXPECT_EQ(duration(text).unit, Unit::week) << text;
    for (const char* text : {"1month", "6months"})
        EXPECT_EQ(duration(text).unit, Unit::month) << text;
}

TEST(BudgetDuration, RefusesOtherTexts) {
    for (const char* text :
         {"", "30", "d", "0d", "-1d", "+1d", "1.5d", "1y", "1 d", "1d ", "1D", "30dd", "3mon",
          "1months2", "99999999999999999999d", "73051d", "2401mo", "none", "forever"})
        EXPECT_FALSE(parse_budget_duration(text)) << text;
}

TEST(BudgetDuration, KnowsTheTextsThatMeanNone) {
    for (const char* text : {"", "none", "null"}) EXPECT_TRUE(means_no_reset(text)) << text;
    EXPECT_FALSE(means_no_reset("0d"));
}

TEST(NextReset, OfDaysIsAMidnight) {
    EXPECT_EQ(reset_after("1d", "2026-11-26T10:20:00Z"), "2026-11-27T00:00:00Z");
    EXPECT_EQ(reset_after("1d", "2026-11-26T00:00:00Z"), "2026-11-27T00:00:00Z");
    EXPECT_EQ(reset_after("1day", "2026-12-31T23:59:59.999Z"), "2027-01-01T00:00:00Z");
    EXPECT_EQ(reset_after("3d", "2026-11-26T10:20:00Z"), "2026-11-29T00:00:00Z");
    EXPECT_EQ(reset_after("14d", "2026-11-26T10:20:00Z"), "2026-12-10T00:00:00Z");
}

TEST(NextReset, OfAWeekIsAMonday) {
    // 2026-11-26 is a Thursday.
    for (const char* period : {"7d", "1w", "1week", "7days"})
        EXPECT_EQ(reset_after(period, "2026-11-26T10:20:00Z"), "2026-11-30T00:00:00Z");
    EXPECT_EQ(reset_after("7d", "2026-11-29T23:59:59Z"), "2026-11-30T00:00:00Z");
    EXPECT_EQ(reset_after("7d", "2026-11-30T00:00:00Z"), "2026-12-07T00:00:00Z");
    EXPECT_EQ(reset_after("2w", "2026-11-26T10:20:00Z"), "2026-12-10T00:00:00Z");
}

TEST(NextReset, OfAMonthIsItsFirst) {
    for (const char* period : {"30d", "1mo", "1month", "30days"})
        EXPECT_EQ(reset_after(period, "2026-11-26T10:20:00Z"), "2026-12-01T00:00:00Z");
    EXPECT_EQ(reset_after("30d", "2026-12-01T00:00:00Z"), "2027-01-01T00:00:00Z");
    EXPECT_EQ(reset_after("1mo", "2027-01-31T12:00:00Z"), "2027-02-01T00:00:00Z");
    EXPECT_EQ(reset_after("3mo", "2026-11-26T10:20:00Z"), "2027-02-01T00:00:00Z");
    EXPECT_EQ(reset_after("12mo", "2026-11-01T00:00:00Z"), "2027-11-01T00:00:00Z");
}

TEST(NextReset, UpToADayIsTheNextMultiple) {
    const std::string_view now = "2026-11-26T10:20:30Z";
    EXPECT_EQ(reset_after("4h", now), "2026-11-26T12:00:00Z");
    EXPECT_EQ(reset_after("1h", now), "2026-11-26T11:00:00Z");
    EXPECT_EQ(reset_after("24h", now), "2026-11-27T00:00:00Z");
    EXPECT_EQ(reset_after("48h", now), "2026-11-27T00:00:00Z");
    EXPECT_EQ(reset_after("5h", "2026-11-26T22:00:00Z"), "2026-11-27T00:00:00Z");
    EXPECT_EQ(reset_after("15m", now), "2026-11-26T10:30:00Z");
    EXPECT_EQ(reset_after("15m", "2026-11-26T10:30:00Z"), "2026-11-26T10:45:00Z");
    EXPECT_EQ(reset_after("60m", now), "2026-11-26T11:00:00Z");
    EXPECT_EQ(reset_after("40m", "2026-11-26T10:45:00Z"), "2026-11-26T11:00:00Z");
    EXPECT_EQ(reset_after("90m", now), "2026-11-26T10:30:00Z");
    EXPECT_EQ(reset_after("10s", "2026-11-26T10:20:30.5Z"), "2026-11-26T10:20:40Z");
    EXPECT_EQ(reset_after("45s", "2026-11-26T10:20:50Z"), "2026-11-26T10:21:00Z");
    EXPECT_EQ(reset_after("1s", "2026-11-26T23:59:59.5Z"), "2026-11-27T00:00:00Z");
    EXPECT_EQ(reset_after("300s", now), "2026-11-26T10:25:00Z");
    EXPECT_EQ(reset_after("3600s", now), "2026-11-26T11:00:00Z");
}

TEST(NextReset, IsOnTheWallOfTheZone) {
    EXPECT_EQ(reset_after("1d", "2026-11-26T20:00:00Z", "Asia/Tokyo"), "2026-11-27T15:00:00Z");
    EXPECT_EQ(reset_after("1d", "2026-11-26T10:00:00Z", "Asia/Kolkata"), "2026-11-26T18:30:00Z");
    EXPECT_EQ(reset_after("1h", "2026-11-26T10:10:00Z", "Asia/Kolkata"), "2026-11-26T10:30:00Z");
    // Sunday evening in UTC is Monday in Auckland, so the week has just begun there.
    EXPECT_EQ(reset_after("7d", "2026-11-29T12:00:00Z", "Pacific/Auckland"),
              "2026-12-06T11:00:00Z");
    EXPECT_EQ(reset_after("1mo", "2026-12-01T03:00:00Z", "America/Los_Angeles"),
              "2026-12-01T08:00:00Z");
}

TEST(NextReset, KeepsToTheWallWhenClocksChange) {
    // New York: 23 hours long on 2026-03-08, 25 on 2026-11-01.
    EXPECT_EQ(reset_after("1d", "2026-03-08T05:00:00Z", "America/New_York"),
              "2026-03-09T04:00:00Z");
    EXPECT_EQ(reset_after("1d", "2026-11-01T04:00:00Z", "America/New_York"),
              "2026-11-02T05:00:00Z");
    EXPECT_EQ(reset_after("30d", "2026-10-15T12:00:00Z", "America/New_York"),
              "2026-11-01T04:00:00Z");
    EXPECT_EQ(reset_after("7d", "2026-03-25T12:00:00Z", "Europe/Berlin"), "2026-03-29T22:00:00Z");
    // 02:00 does not exist on that day: the instant of the jump stands for it.
    EXPECT_EQ(reset_after("2h", "2026-03-08T06:30:00Z", "America/New_York"),
              "2026-03-08T07:00:00Z");
    EXPECT_EQ(reset_after("2h", "2026-03-08T07:00:00Z", "America/New_York"),
              "2026-03-08T08:00:00Z");
}

TEST(NextReset, CountsTheHourThatComesTwiceAsTwo) {
    EXPECT_EQ(reset_after("1h", "2026-11-01T05:30:00Z", "America/New_York"),
              "2026-11-01T06:00:00Z");
    EXPECT_EQ(reset_after("1h", "2026-11-01T06:30:00Z", "America/New_York"),
              "2026-11-01T07:00:00Z");
    EXPECT_EQ(reset_after("15m", "2026-11-01T05:50:00Z", "America/New_York"),
              "2026-11-01T06:00:00Z");
    // 01:10, a multiple of 70 minutes, shows again at 06:10 UTC, but counted when it showed first.
    EXPECT_EQ(reset_after("70m", "2026-11-01T06:05:00Z", "America/New_York"),
              "2026-11-01T07:20:00Z");
}

TEST(NextReset, FindsMidnightWhereItIsSkippedOrComesTwice) {
    // Santiago jumped from 2025-09-06 24:00 to 01:00: the day begins at 01:00.
    EXPECT_EQ(reset_after("1d", "2025-09-06T20:00:00Z", "America/Santiago"),
              "2025-09-07T04:00:00Z");
    EXPECT_EQ(reset_after("1d", "2025-09-07T04:00:00Z", "America/Santiago"),
              "2025-09-08T03:00:00Z");
    // Havana went from 2025-11-02 01:00 back to 00:00: midnight came at 04:00 and at 05:00 UTC.
    EXPECT_EQ(reset_after("1d", "2025-11-02T03:00:00Z", "America/Havana"), "2025-11-02T04:00:00Z");
    EXPECT_EQ(reset_after("1d", "2025-11-02T04:30:00Z", "America/Havana"), "2025-11-03T05:00:00Z");
    EXPECT_EQ(reset_after("12h", "2025-11-02T05:30:00Z", "America/Havana"), "2025-11-02T17:00:00Z");
}

TEST(NextReset, IsAlwaysLaterAndNeverFurtherThanThePeriodAllows) {
    for (const char* zone : {"UTC", "America/New_York", "America/Havana", "Australia/Lord_Howe",
                             "Asia/Kolkata", "Pacific/Apia"}) {
        const auto rules = zone_of(zone);
        for (const char* period : {"7s", "15m", "40m", "1h", "5h", "90m", "1d", "7d", "1mo"}) {
            const auto parsed = duration(period);
            auto now = *parse_rfc3339("2025-10-25T00:00:00Z");
            for (int i = 0; i < 1000; ++i, now += std::chrono::minutes(37)) {
                const auto next = next_reset(parsed, now, rules);
                ASSERT_GT(next, now) << zone << ' ' << period << ' ' << rfc3339(now);
                // A wall that is set back adds at most an hour.
                const auto latest =
                    add_exactly(now, parsed) + std::chrono::hours(1) +
                    (parsed.unit == Unit::month ? std::chrono::days(3) : std::chrono::days(0));
                ASSERT_LE(next, latest) << zone << ' ' << period << ' ' << rfc3339(now);
            }
        }
    }
}

TEST(AddExactly, CountsToTheSecond) {
    EXPECT_EQ(exactly_after("30d", "2026-11-21T03:07:45.12Z"), "2026-12-21T03:07:45.120000+00:00");
    EXPECT_EQ(exactly_after("90s", "2026-11-26T23:59:00Z"), "2026-11-27T00:00:30Z");
    EXPECT_EQ(exactly_after("2w", "2026-11-26T01:00:00Z"), "2026-12-10T01:00:00Z");
}

TEST(AddExactly, EndsAMonthOnTheSameDayOrTheLast) {
    EXPECT_EQ(exactly_after("1mo", "2026-11-26T10:00:00Z"), "2026-12-26T10:00:00Z");
    EXPECT_EQ(exactly_after("1mo", "2027-01-31T10:00:00Z"), "2027-02-28T10:00:00Z");
    EXPECT_EQ(exactly_after("1mo", "2028-01-31T10:00:00Z"), "2028-02-29T10:00:00Z");
    EXPECT_EQ(exactly_after("14mo", "2026-12-31T23:59:59Z"), "2028-02-29T23:59:59Z");
    EXPECT_EQ(exactly_after("2400mo", "2026-01-01T00:00:00Z"), "2226-01-01T00:00:00Z");
}

}  // namespace
}  // namespace tollweir
