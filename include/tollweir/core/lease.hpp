#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "tollweir/core/money.hpp"

namespace tollweir {

/// A time by the store's clock, in milliseconds since 1970.
using StoreTime = std::int64_t;
inline constexpr StoreTime kNoEnd = std::numeric_limits<StoreTime>::max();

/// The number of a budget's period, counted up at each reset. What was reserved in one period never
/// counts in another.
using Period = std::int64_t;
inline constexpr Period kUnknownPeriod = -1;  // that which runs when the store is asked

/// What a process asks of the store for one budget: a part of what is left of it, to spend without
/// asking again. All amounts are 0 or more.
struct LeaseRequest {
    std::string scope;       // scope_key
    Picodollars cap = 0;     // kNoCap: whatever is asked for fits
    Picodollars need = 0;    // what requests wait for: given if it is left, and what is left if not
    Picodollars want = 0;    // to have some ahead: given only while plenty is left
    Picodollars owed = 0;    // was spent beyond the lease: booked whether it fits or not
    Picodollars unused = 0;  // of the lease, given back
    bool ends = false;       // the scope is idle: the lease is given up altogether
    Period period = kUnknownPeriod;  // that `owed` and `unused` are of
    StoreTime next_end = kNoEnd;     // of the period that begins if the current one is over

    // For a scope that the store does not know yet.
    PicodollarSum spent = 0;
    StoreTime first_end = kNoEnd;
};

/// What the store answers.
struct LeaseGrant {
    Picodollars granted = 0;
    PicodollarSum spent = 0;   // in the period, by all; without what is still in journals
    PicodollarSum leased = 0;  // to all processes, `own` included
    PicodollarSum own = 0;     // this process's lease as the store has it: less by what was booked
    Period period = 0;
    StoreTime ends = kNoEnd;  // the period; not after `now`: ask again with a later `next_end`
    StoreTime now = 0;
};

}  // namespace tollweir
