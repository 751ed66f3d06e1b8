#pragma once

#include <chrono>

namespace tollweir {

/// Deadlines and durations. Never goes back.
using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
/// Times that people and rows see.
using WallClock = std::chrono::system_clock;
using WallTime = WallClock::time_point;

/// A deadline that never comes.
inline constexpr TimePoint kNever = TimePoint::max();

/// `now + span`, or `kNever` where that would overflow.
inline TimePoint after(TimePoint now, std::chrono::milliseconds span) {
    return span > std::chrono::hours(24 * 3650) ? kNever : now + span;
}

}  // namespace tollweir
