#include "limits/lease_exchange.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tollweir {
namespace {

using std::chrono::milliseconds;

// Cells looked at by one `tidy`: with two of them a second, 100,000 leased budgets take 25 s.
constexpr std::size_t kTidiedAtOnce = 2000;
// Statements sent as one job, so that give-backs do not hold a store's thread for long.
constexpr std::size_t kBatch = 64;

StoreTime to_store_time(WallTime time) {
    return std::chrono::floor<milliseconds>(time).time_since_epoch().count();
}

}  // namespace

StoreTime LeaseExchange::next_end(const BudgetLimit& limit) const {
    if (!limit.period) return kNoEnd;
    const auto now = clock_.wall() + milliseconds(store_ahead_.load(std::memory_order_relaxed));
    return to_store_time(limit.rolls ? add_exactly(now, *limit.period)
                                     : next_reset(*limit.period, now, limit.zone));
}

void LeaseExchange::add(Asked& asked, BudgetCell& cell, std::optional<LeaseRequest> request) {
    if (!request) return;
    const auto terms = cell.terms();
    request->scope = cell.key();
    request->next_end = next_end(*terms);
    request->spent = terms->spent;
    request->first_end =
        terms->reset_at && terms->period ? to_store_time(*terms->reset_at) : request->next_end;
    asked.cells.push_back(&cell);
    asked.requests.push_back(std::move(*request));
}

void LeaseExchange::ask(std::span<const Shortfall> shortfalls, TimePoint now) {
    Asked asked;
    for (const auto& shortfall : shortfalls) {
        if (!shortfall.asks || shortfall.cell->is_store_away(now)) continue;
        add(asked, *shortfall.cell, shortfall.cell->begin_exchange(shortfall.need, now));
    }
    send(std::move(asked));
}

void LeaseExchange::ask_ahead(BudgetCell& cell, TimePoint now) {
    Asked asked;
    add(asked, cell, cell.begin_exchange(0, now));
    send(std::move(asked));
}

void LeaseExchange::tidy(TimePoint now) {
    Asked asked;
    for (auto* cell : next_to_tidy(kTidiedAtOnce)) {
        add(asked, *cell, cell->begin_return(now));
        if (asked.cells.size() >= kBatch) send(std::exchange(asked, {}));
    }
    send(std::move(asked));
}

void LeaseExchange::leave(TimePoint now) {
    std::vector<BudgetCell*> cells;
    {
        const std::lock_guard lock(mutex_);
        cells = leased_;
    }
    Asked asked;
    for (auto* cell : cells) {
        add(asked, *cell, cell->begin_leaving(now));
        if (asked.cells.size() >= kBatch) send(std::exchange(asked, {}));
    }
    send(std::move(asked));
}

void LeaseExchange::send(Asked asked) {
    if (asked.cells.empty()) return;
    for (auto* cell : asked.cells) remember(*cell);
    auto requests = asked.requests;
    source_.exchange(std::move(requests),
                     [this, asked = std::move(asked)](const LeaseSource::Grants& grants) {
                         take_in(asked, grants);
                     });
}

void LeaseExchange::take_in(const Asked& asked, const LeaseSource::Grants& grants) {
    const auto now = clock_.steady();
    const bool answered = grants && grants->size() == asked.cells.size();
    if (answered)
        store_ahead_.store(grants->back().now - to_store_time(clock_.wall()),
                           std::memory_order_relaxed);
    for (std::size_t i = 0; i < asked.cells.size(); ++i) {
        auto& cell = *asked.cells[i];
        const auto signals =
            cell.end_exchange(asked.requests[i], answered ? &(*grants)[i] : nullptr, now);
        if (signals.any()) listener_.on_signals(cell, signals);
    }
}

void LeaseExchange::remember(BudgetCell& cell) {
    const std::lock_guard lock(mutex_);
    if (!cell.set_listed(true)) leased_.push_back(&cell);
}

/// The next cells in turn; those that hold no lease any more leave the list. An exchange that is
/// about to list such a cell waits for the mutex and lists it anew.
std::vector<BudgetCell*> LeaseExchange::next_to_tidy(std::size_t most) {
    std::vector<BudgetCell*> cells;
    const std::lock_guard lock(mutex_);
    for (auto count = std::min(most, leased_.size()); count > 0; --count) {
        if (next_ >= leased_.size()) next_ = 0;
        auto* cell = leased_[next_];
        if (cell->may_hold_lease()) {
            cells.push_back(cell);
            ++next_;
        } else {
            leased_[next_] = leased_.back();
            leased_.pop_back();
            cell->set_listed(false);  // last: from here on the cell may be dropped
        }
    }
    return cells;
}

}  // namespace tollweir
