#pragma once

#include <map>
#include <string>
#include <string_view>

#include "tollweir/core/lease.hpp"

namespace tollweir {

/// What the books have of one budget, and the rules by which it changes: the same whether they are
/// kept in memory (limits/memory_leases) or in the store (storage/budgets).
struct LeaseAccount {
    struct Lease {
        PicodollarSum amount = 0;  // what the process may spend, and what it spent unbooked
        Period period = 0;
        StoreTime expires = 0;
        friend bool operator==(const Lease&, const Lease&) = default;
    };

    PicodollarSum spent = 0;
    PicodollarSum leased = 0;  // the sum of the leases of this period
    Period period = 0;
    StoreTime ends = kNoEnd;
    std::map<std::string, Lease, std::less<>> leases;  // by process

    friend bool operator==(const LeaseAccount&, const LeaseAccount&) = default;
};

/// The account of a scope that was not known before.
LeaseAccount new_account(const LeaseRequest& request);

/// Begins the next period if the last one is over, drops leases that have expired, and gives and
/// takes what is asked.
LeaseGrant exchange_lease(LeaseAccount& account, std::string_view process,
                          const LeaseRequest& request, StoreTime now);

/// What was spent moves from the lease of its process to the scope, if it was reserved in the
/// period that still runs. False: it was not, nothing changed.
bool book_spent(LeaseAccount& account, std::string_view process, Period period, PicodollarSum cost);

/// The lease of a process that is gone, all of whose spend is booked.
void drop_lease(LeaseAccount& account, std::string_view process);

}  // namespace tollweir
