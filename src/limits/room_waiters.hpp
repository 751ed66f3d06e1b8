#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>

#include "tollweir/core/charge.hpp"
#include "tollweir/net/wake.hpp"
#include "tollweir/net/worker.hpp"

namespace tollweir {

/// A request that waits for room in budgets, on the worker it lives on.
struct RoomWaiter {
    explicit RoomWaiter(net::Worker& its_worker) : worker(its_worker), wake(its_worker.context()) {}

    net::Worker& worker;
    net::Wake wake;
};

/// Who waits for which cell. A mutex, held for a look-up: only requests that found no room come
/// here, and settlements only when somebody waits.
class RoomWaiters {
public:
    void add(std::span<const Shortfall> cells, const std::shared_ptr<RoomWaiter>& waiter);
    void remove(std::span<const Shortfall> cells, const RoomWaiter& waiter);
    /// Wakes all who wait for the cell, each on its worker. Any thread.
    void wake(const BudgetCell& cell);

private:
    std::mutex mutex_;
    std::unordered_multimap<const BudgetCell*, std::shared_ptr<RoomWaiter>> waiters_;
};

}  // namespace tollweir
