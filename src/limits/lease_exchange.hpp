#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "tollweir/core/charge.hpp"
#include "tollweir/limits/lease_source.hpp"
#include "tollweir/limits/limit_clock.hpp"

namespace tollweir {

/// Asks the source for leases and gives cells the answers. No more than one exchange of a cell is
/// under way at a time. Any thread; nothing here waits. Must outlive its source's answers.
class LeaseExchange {
public:
    LeaseExchange(LeaseSource& source, LimitClock clock, CellListener& listener)
        : source_(source), clock_(std::move(clock)), listener_(listener) {}

    /// For budgets that calls need now; those under way or refused by an absent store are left out.
    void ask(std::span<const Shortfall> shortfalls, TimePoint now);
    /// Ahead of need, and to book a debt.
    void ask_ahead(BudgetCell& cell, TimePoint now);
    /// Gives back what is not needed. Looks at a part of the cells each time.
    void tidy(TimePoint now);
    /// Gives everything back, at the end of the process.
    void leave(TimePoint now);

    /// When the period that follows would end, if it began now by the store's clock.
    StoreTime next_end(const BudgetLimit& limit) const;

private:
    struct Asked {
        std::vector<BudgetCell*> cells;
        std::vector<LeaseRequest> requests;
    };

    void add(Asked& asked, BudgetCell& cell, std::optional<LeaseRequest> request);
    void send(Asked asked);
    void take_in(const Asked& asked, const LeaseSource::Grants& grants);
    void remember(BudgetCell& cell);
    std::vector<BudgetCell*> next_to_tidy(std::size_t most);

    LeaseSource& source_;
    const LimitClock clock_;
    CellListener& listener_;
    std::atomic<std::int64_t> store_ahead_{0};  // of our clock, in milliseconds

    // Cells that may hold a lease. A mutex: touched once an exchange, which is seldom.
    std::mutex mutex_;
    std::vector<BudgetCell*> leased_;
    std::size_t next_ = 0;
};

}  // namespace tollweir
