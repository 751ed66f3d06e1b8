#include "tollweir/core/health.hpp"

#include <algorithm>

namespace tollweir {
namespace {

constexpr int kCountBits = 40;
constexpr std::uint64_t kMostCount = (std::uint64_t{1} << kCountBits) - 1;
constexpr std::uint64_t kMostWindow = (std::uint64_t{1} << (64 - kCountBits)) - 1;

TimePoint::rep ticks(TimePoint time) {
    // 0 stands for "never".
    return std::max<TimePoint::rep>(1, time.time_since_epoch().count());
}

TimePoint time_of(TimePoint::rep ticks) {
    return TimePoint(TimePoint::duration(ticks));
}

}  // namespace

void WindowCount::add(std::uint64_t count, std::uint64_t window) {
    const auto number = window & kMostWindow;
    auto word = word_.load(std::memory_order_relaxed);
    for (;;) {
        const auto before = word >> kCountBits == number ? word & kMostCount : 0;
        const auto sum = std::min(kMostCount, before + std::min(count, kMostCount));
        if (word_.compare_exchange_weak(word, number << kCountBits | sum,
                                        std::memory_order_relaxed))
            return;
    }
}

std::uint64_t WindowCount::in(std::uint64_t window) const {
    const auto word = word_.load(std::memory_order_relaxed);
    return word >> kCountBits == (window & kMostWindow) ? word & kMostCount : 0;
}

void RecentAverage::add(double sample, std::int64_t samples, TimePoint now) {
    const auto weight = 2.0 / (static_cast<double>(samples) + 1.0);
    const bool is_first = taken_.exchange(ticks(now), std::memory_order_relaxed) == 0;
    const auto before = value_.load(std::memory_order_relaxed);
    value_.store(is_first ? sample : before + weight * (sample - before),
                 std::memory_order_relaxed);
}

std::optional<double> RecentAverage::value(TimePoint now, std::chrono::milliseconds ttl) const {
    const auto taken = taken_.load(std::memory_order_relaxed);
    if (taken == 0 || now > after(time_of(taken), ttl)) return std::nullopt;
    return value_.load(std::memory_order_relaxed);
}

Cooldown::State Cooldown::state(TimePoint now) const {
    const auto until = until_.load(std::memory_order_acquire);
    if (until == 0) return State::serving;
    if (now < time_of(until)) return State::cooling;
    const auto probe = probe_until_.load(std::memory_order_acquire);
    return probe != 0 && now < time_of(probe) ? State::probing : State::may_probe;
}

std::optional<TimePoint> Cooldown::ends(TimePoint now) const {
    const auto until = until_.load(std::memory_order_acquire);
    if (until == 0 || now >= time_of(until)) return std::nullopt;
    return time_of(until);
}

bool Cooldown::begin(TimePoint now, std::chrono::milliseconds time) {
    const auto before = until_.load(std::memory_order_acquire);
    // Failures of calls that ran when it was left out already say nothing new.
    const bool was_out = before != 0 && now < time_of(before);
    const auto strikes = was_out
                             ? std::max<std::int64_t>(1, strikes_.load(std::memory_order_relaxed))
                             : strikes_.fetch_add(1, std::memory_order_relaxed) + 1;
    const auto times =
        std::min(kMostTimes, std::int64_t{1} << std::min<std::int64_t>(strikes - 1, 10));
    const auto until = ticks(after(now, time * times));
    auto held = before;
    while (held < until && !until_.compare_exchange_weak(held, until, std::memory_order_acq_rel)) {
    }
    probe_until_.store(0, std::memory_order_release);
    return before == 0;
}

bool Cooldown::claim_probe(TimePoint now) {
    auto probe = probe_until_.load(std::memory_order_acquire);
    if (probe != 0 && now < time_of(probe)) return false;
    return probe_until_.compare_exchange_strong(probe, ticks(now + kProbePatience),
                                                std::memory_order_acq_rel);
}

bool Cooldown::end() {
    if (until_.load(std::memory_order_relaxed) == 0) return false;
    strikes_.store(0, std::memory_order_relaxed);
    probe_until_.store(0, std::memory_order_release);
    return until_.exchange(0, std::memory_order_acq_rel) != 0;
}

void Cooldown::release_probe() {
    probe_until_.store(0, std::memory_order_release);
}

std::uint64_t minute_of(WallTime time) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::minutes>(time.time_since_epoch()).count());
}

std::int64_t second_of_minute(WallTime time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count() % 60;
}

}  // namespace tollweir
