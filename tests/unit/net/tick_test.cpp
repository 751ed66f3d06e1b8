#include "tollweir/net/tick.hpp"

#include <gtest/gtest.h>

namespace tollweir::net {
namespace {

TEST(Tick, TellsWhatTimePeopleHad) {
    boost::asio::io_context context;
    Tick tick(context);
    tick.start();
    const auto hour = std::chrono::hours(1);
    const auto wall = WallClock::now();
    const auto steady = Clock::now();
    const auto difference = tick.wall_time_of(steady) - wall;
    EXPECT_LT(std::chrono::abs(difference), std::chrono::seconds(1));
    EXPECT_EQ(tick.wall_time_of(steady - hour), tick.wall_time_of(steady) - hour);
    tick.stop();
}

}  // namespace
}  // namespace tollweir::net
