#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "tollweir/core/clock.hpp"
#include "tollweir/core/error_counts.hpp"

namespace tollweir {

/// A count within one window of time: a minute of the clock, say. Windows are numbered by whoever
/// counts; a count in a later window begins anew. Any thread, no lock.
class WindowCount {
public:
    void add(std::uint64_t count, std::uint64_t window);
    std::uint64_t in(std::uint64_t window) const;

private:
    // Number and count in one word, so that both change at once.
    std::atomic<std::uint64_t> word_{0};
};

/// What a measure was lately: each sample weighs 2/(n+1), so the last n make up most of it. Any
/// thread, no lock; of two samples at once one may be lost.
class RecentAverage {
public:
    void add(double sample, std::int64_t samples, TimePoint now);
    /// Nothing: no sample came within `ttl`.
    std::optional<double> value(TimePoint now, std::chrono::milliseconds ttl) const;

private:
    std::atomic<double> value_{0};
    std::atomic<TimePoint::rep> taken_{0};  // 0: never
};

/// When a deployment is left out after failures. Any thread, no lock.
class Cooldown {
public:
    enum class State : std::uint8_t {
        serving,
        cooling,   // left out
        probing,   // it may be back: one request tries, the others keep away
        may_probe  // it may be back, and nobody tries yet
    };
    State state(TimePoint now) const;
    /// When it ends, while it is `cooling`.
    std::optional<TimePoint> ends(TimePoint now) const;

    /// Leaves it out for `time`, longer each time it fails again right after. A longer one is never
    /// shortened. True: it served until now.
    bool begin(TimePoint now, std::chrono::milliseconds time);
    /// Claims the one request that tries after a cooldown. False: another has it.
    bool claim_probe(TimePoint now);
    /// A request succeeded: all is well again. True: it was left out before.
    bool end();
    /// The request that had claimed the probe ended without telling anything.
    void release_probe();

    /// A probe that has told nothing for so long is taken for lost.
    static constexpr std::chrono::seconds kProbePatience{60};
    /// What repeated failures make of a cooldown at most.
    static constexpr std::int64_t kMostTimes = 12;

private:
    std::atomic<TimePoint::rep> until_{0};        // 0: serving
    std::atomic<TimePoint::rep> probe_until_{0};  // 0: nobody tries
    std::atomic<std::int64_t> strikes_{0};
};

/// What lives on when a reload replaces a deployment by one with the same id: what its calls were
/// like, for the router. Shared by all workers; no lock.
struct Health {
    std::atomic<std::uint64_t> in_flight{0};
    std::atomic<std::uint64_t> successes{0};
    std::atomic<std::uint64_t> failures{0};

    // Of this minute of the clock, for routing by use and for rates.
    WindowCount requests;
    WindowCount tokens;

    // Of this minute, for cooldowns.
    WindowCount recent_successes;
    WindowCount recent_failures;
    std::array<WindowCount, kFailureClasses> failures_by_class;
    std::atomic<std::uint32_t> failures_in_a_row{0};

    RecentAverage latency;      // of whole answers: seconds a completion token, else seconds
    RecentAverage first_token;  // of streams: seconds
    RecentAverage duration;     // of any answer: seconds

    Cooldown cooldown;
    std::atomic<bool> check_failed{false};        // the last health check
    std::atomic<TimePoint::rep> checked_at{0};    // 0: never
    std::atomic<std::uint32_t> failed_checks{0};  // in a row
};

/// The minute of the UTC clock, as limits of a minute count; and how far it has gone.
std::uint64_t minute_of(WallTime time);
std::int64_t second_of_minute(WallTime time);

}  // namespace tollweir
