#include "tollweir/net/tick.hpp"

#include <gtest/gtest.h>

namespace tollweir::net {
namespace {

TEST(Tick, TellsWhatTimePeopleHad) {
    boost::asio::io_context context;
    Tick tick(context);
    const auto before = WallClock::now();
    tick.start();
    const auto started = tick.wall_time_of(tick.last());
    EXPECT_GE(started, before);
    EXPECT_LE(started, WallClock::now());
    const auto hour = std::chrono::hours(1);
    EXPECT_EQ(tick.wall_time_of(tick.last() + hour), started + hour);
    EXPECT_EQ(tick.wall_time_of(tick.last() - hour), started - hour);
    tick.stop();
}

}  // namespace
}  // namespace tollweir::net
