#include "tollweir/core/time_zone.hpp"

#include <gtest/gtest.h>

#include "tollweir/core/time_text.hpp"

namespace tollweir {
namespace {

using namespace std::chrono;

WallTime first_instant(const TimeZone& zone, local_seconds local) {
    return zone.first_instant(local);
}

TEST(TimeZone, IsUtcUnlessFound) {
    const TimeZone zone;
    EXPECT_EQ(zone.name(), "UTC");
    EXPECT_EQ(first_instant(zone, local_days(2026y / 11 / 26) + 10h),
              *parse_rfc3339("2026-11-26T10:00:00Z"));
    EXPECT_EQ(TimeZone::find("UTC"), zone);
    EXPECT_EQ(TimeZone::find("Etc/UTC"), zone);
}

TEST(TimeZone, KnowsTheNamesOfTheSystem) {
    const auto zone = TimeZone::find("Asia/Kolkata");
    ASSERT_TRUE(zone);
    EXPECT_EQ(zone->name(), "Asia/Kolkata");
    EXPECT_EQ(zone->to_local(*parse_rfc3339("2026-11-26T20:00:00Z")),
              local_days(2026y / 11 / 27) + 1h + 30min);
}

TEST(TimeZone, RefusesWhatIsNoZone) {
    for (const char* name : {"Mars/Base", "../../etc/passwd", "Europe/Berlin ", "+0200", "berlin",
                             "Europe/Berlin\n", "Europe", "/"})
        EXPECT_FALSE(TimeZone::find(name)) << name;
}

TEST(TimeZone, TakesTheJumpForATimeThatDoesNotExistAndTheFirstOfTwo) {
    const auto zone = TimeZone::find("America/New_York");
    ASSERT_TRUE(zone);
    // 2026-03-08 02:00 EST became 03:00 EDT.
    EXPECT_EQ(first_instant(*zone, local_days(2026y / 3 / 8) + 2h + 30min),
              *parse_rfc3339("2026-03-08T07:00:00Z"));
    // 2026-11-01 02:00 EDT became 01:00 EST, so 01:30 came twice.
    EXPECT_EQ(first_instant(*zone, local_days(2026y / 11 / 1) + 1h + 30min),
              *parse_rfc3339("2026-11-01T05:30:00Z"));
}

TEST(TimeZone, CountsTimesBeforeTheEpoch) {
    EXPECT_EQ(TimeZone().to_local(WallTime(-1ms)), local_days(1970y / 1 / 1) - 1s);
}

}  // namespace
}  // namespace tollweir
