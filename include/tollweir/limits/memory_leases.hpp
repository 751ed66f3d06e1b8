#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "tollweir/core/clock.hpp"
#include "tollweir/core/lease_account.hpp"
#include "tollweir/limits/lease_source.hpp"

namespace tollweir {

/// The books of budgets, kept in memory: by the same rules as the store's (storage/budgets.hpp).
/// Any thread; a mutex, since it is asked as seldom as a store is.
class LeaseBook {
public:
    explicit LeaseBook(std::function<WallTime()> clock = [] { return WallClock::now(); })
        : clock_(std::move(clock)) {}

    LeaseGrant exchange(std::string_view process, const LeaseRequest& request);

    /// What was spent moves from the lease of its process to the scope, if it was reserved in the
    /// period that still runs.
    void book(std::string_view process, std::string_view scope, Period period, Picodollars cost);
    /// The leases of a process that is gone, all of whose spend is booked.
    void drop_leases(std::string_view process);

    /// What the book has of a scope; zeros if it does not know it.
    struct Balance {
        PicodollarSum spent = 0;
        PicodollarSum leased = 0;
        Period period = 0;
    };
    Balance balance(std::string_view scope) const;

private:
    StoreTime now() const;

    const std::function<WallTime()> clock_;
    mutable std::mutex mutex_;
    std::map<std::string, LeaseAccount, std::less<>> accounts_;
};

/// A process's view of a book: of the one it keeps itself where there is no store.
class MemoryLeases final : public LeaseSource {
public:
    MemoryLeases(LeaseBook& book, std::string process)
        : book_(book), process_(std::move(process)) {}

    void exchange(std::vector<LeaseRequest> requests, std::function<void(Grants)> done) override;

private:
    LeaseBook& book_;
    const std::string process_;
};

}  // namespace tollweir
