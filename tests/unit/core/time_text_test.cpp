#include "tollweir/core/time_text.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

WallTime at(std::int64_t microseconds_since_epoch) {
    return WallTime(std::chrono::microseconds(microseconds_since_epoch));
}

// `date -u -d 2026-11-20T03:07:45Z +%s` is 1795144065.
constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kTime = 1'795'144'065 * kSecond;

TEST(Rfc3339, ShowsMicrosecondsInUtc) {
    EXPECT_EQ(rfc3339(at(kTime + 120'000)), "2026-11-20T03:07:45.120000+00:00");
    EXPECT_EQ(rfc3339(at(0)), "1970-01-01T00:00:00.000000+00:00");
    EXPECT_EQ(rfc3339(at(-1)), "1969-12-31T23:59:59.999999+00:00");
}

struct Written {
    const char* text;
    std::int64_t expected;
};

class Times : public testing::TestWithParam<Written> {};

TEST_P(Times, AreReadAsManyWriteThem) {
    const auto time = parse_rfc3339(GetParam().text);
    ASSERT_TRUE(time) << GetParam().text;
    EXPECT_EQ(*time, at(GetParam().expected)) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    All, Times,
    testing::Values(Written{"2026-11-20T03:07:45Z", kTime},
                    Written{"2026-11-20T03:07:45.120000+00:00", kTime + 120'000},
                    Written{"2026-11-20 03:07:45", kTime},
                    Written{"2026-11-20T03:07:45.1234567Z", kTime + 123'456},
                    Written{"2026-11-20T05:07:45+02:00", kTime},
                    Written{"2026-11-20T05:07:45+02", kTime},
                    Written{"2026-11-19T21:37:45-0530", kTime},
                    Written{"2026-11-20T03:07Z", kTime - 45 * kSecond},
                    Written{"2026-11-20", kTime - (3 * 3600 + 7 * 60 + 45) * kSecond},
                    Written{"2024-02-29", 1'709'164'800 * kSecond}));

class NoTimes : public testing::TestWithParam<const char*> {};

TEST_P(NoTimes, AreRefused) {
    EXPECT_FALSE(parse_rfc3339(GetParam())) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(All, NoTimes,
                         testing::Values("", "tomorrow", "2026", "2026-13-01", "2026-02-29",
                                         "2026-11-20T", "2026-11-20T24:00:00", "2026-11-20T03",
                                         "2026-11-20T03:07:45.", "2026-11-20T03:07:45+25:00",
                                         "2026-11-20T03:07:45Zulu", "2026-11-20x", "0000-01-01",
                                         "-026-11-20"));

TEST(Rfc3339, ReadsWhatTheClockCannotHoldAsItsEnd) {
    EXPECT_EQ(parse_rfc3339("9999-12-31T23:59:59Z"), WallTime::max());
    EXPECT_EQ(parse_rfc3339("1066-10-14"), WallTime::min());
}

TEST(Rfc3339, ReadsWhatItShows) {
    const auto time = at(kTime + 987'654);
    EXPECT_EQ(parse_rfc3339(rfc3339(time)), time);
}

}  // namespace
}  // namespace tollweir
