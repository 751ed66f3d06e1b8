#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>

#include "tollweir/core/calendar.hpp"
#include "tollweir/core/clock.hpp"
#include "tollweir/core/money.hpp"
#include "tollweir/core/scope.hpp"
#include "tollweir/core/time_zone.hpp"

namespace tollweir {

/// What a limit counts.
enum class LimitKind : std::uint8_t {
    requests,  // in any minute (LITELLM_RATE_LIMIT_WINDOW_SIZE)
    tokens,    // the same
    slots,     // requests at the same time
    budget,    // money in a period
};

/// When a limit refuses; it counts always.
enum class Enforcement : std::uint8_t {
    always,
    // Only while a deployment of the model fails (spec/data-plane.md, section 7.4, `dynamic`).
    when_failing,
    never,
};

struct RateLimit {
    LimitKind kind = LimitKind::requests;  // not a budget
    Scope scope;
    std::int64_t limit = 0;
    Enforcement enforcement = Enforcement::always;
};

/// A cap above what is counted: only alerts.
inline constexpr Picodollars kNoCap = std::numeric_limits<Picodollars>::max();

/// A cap on spend, in a period or for good.
struct BudgetLimit {
    Scope scope;
    Picodollars cap = kNoCap;  // 0 admits nothing
    std::optional<Picodollars> soft_cap;
    std::optional<BudgetDuration> period;  // nothing: never reset
    TimeZone zone;
    bool rolls = false;  // the period begins with its first use instead of by the calendar

    // A temporary increase, and until when it holds.
    Picodollars extra = 0;
    WallTime extra_until{};

    // Where the store does not know the scope yet: what was spent before, and until when that
    // counts.
    PicodollarSum spent = 0;
    std::optional<WallTime> reset_at;

    friend bool operator==(const BudgetLimit&, const BudgetLimit&) = default;
};

}  // namespace tollweir
