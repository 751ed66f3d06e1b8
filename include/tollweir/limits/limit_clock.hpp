#pragma once

#include <functional>

#include "tollweir/core/clock.hpp"

namespace tollweir {

/// The two clocks that limits go by; tests set their own.
struct LimitClock {
    std::function<TimePoint()> steady = [] { return Clock::now(); };
    std::function<WallTime()> wall = [] { return WallClock::now(); };
};

}  // namespace tollweir
