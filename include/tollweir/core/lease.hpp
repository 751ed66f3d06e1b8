#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "tollweir/core/money.hpp"

namespace tollweir {

/// When a budget's period ends, in milliseconds since 1970 by the store's clock. It names the
/// period: what was reserved in one never counts in another.
using WindowEnd = std::int64_t;
inline constexpr WindowEnd kNoWindow = std::numeric_limits<WindowEnd>::max();

/// What a process asks of the store for one budget: a part of what is left of it, to spend without
/// asking again. All amounts are 0 or more.
struct LeaseRequest {
    std::string scope;       // scope_key
    Picodollars cap = 0;     // kNoCap: whatever is asked for fits
    Picodollars need = 0;    // what requests wait for: given if it is left, and what is left if not
    Picodollars want = 0;    // to have some ahead: given only while plenty is left
    Picodollars owed = 0;    // was spent beyond the lease: booked whether it fits or not
    Picodollars unused = 0;  // of the lease, given back
    WindowEnd window = kNoWindow;       // the one that `owed` and `unused` are of
    WindowEnd next_window = kNoWindow;  // the one that follows if the current one is over

    // For a scope that the store does not know yet.
    PicodollarSum spent = 0;
    WindowEnd first_window = kNoWindow;
};

/// What the store answers.
struct LeaseGrant {
    Picodollars granted = 0;
    PicodollarSum spent = 0;   // in the window, by all; without what is still in journals
    PicodollarSum leased = 0;  // to all processes, `own` included
    PicodollarSum own = 0;     // this process's lease as the store has it: less by what was booked
    WindowEnd window = kNoWindow;
    std::int64_t now = 0;  // the store's clock, milliseconds since 1970
};

}  // namespace tollweir
