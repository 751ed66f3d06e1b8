#pragma once

#include <chrono>

#include "tollweir/limits/limit_clock.hpp"

namespace tollweir {

/// Both clocks, which go on when told.
class FakeClock {
public:
    using Span = std::chrono::nanoseconds;
    // A Thursday.
    static constexpr WallTime kUsual =
        std::chrono::sys_days(std::chrono::year(2026) / 11 / 26) + std::chrono::hours(10);

    explicit FakeClock(WallTime begin = kUsual) : begin_(begin) {}

    TimePoint now() const { return TimePoint(std::chrono::hours(1)) + passed_; }
    WallTime wall() const { return begin_ + passed_; }
    void pass(Span span) { passed_ += span; }

    LimitClock clock() {
        return {[this] { return now(); }, [this] { return wall(); }};
    }

private:
    WallTime begin_;
    Span passed_{0};
};

}  // namespace tollweir
