#include "limits/room_waiters.hpp"

#include <vector>

namespace tollweir {

void RoomWaiters::add(std::span<const Shortfall> cells, const std::shared_ptr<RoomWaiter>& waiter) {
    const std::lock_guard lock(mutex_);
    for (const auto& shortfall : cells) waiters_.emplace(shortfall.cell, waiter);
}

void RoomWaiters::remove(std::span<const Shortfall> cells, const RoomWaiter& waiter) {
    const std::lock_guard lock(mutex_);
    for (const auto& shortfall : cells) {
        const auto [first, last] = waiters_.equal_range(shortfall.cell);
        for (auto entry = first; entry != last; ++entry) {
            if (entry->second.get() != &waiter) continue;
            waiters_.erase(entry);
            break;
        }
    }
}

void RoomWaiters::wake(const BudgetCell& cell) {
    std::vector<std::shared_ptr<RoomWaiter>> found;
    {
        const std::lock_guard lock(mutex_);
        const auto [first, last] = waiters_.equal_range(&cell);
        for (auto entry = first; entry != last; ++entry) found.push_back(entry->second);
    }
    for (auto& waiter : found) {
        auto& worker = waiter->worker;
        worker.post([waiter = std::move(waiter)] { waiter->wake.wake(); });
    }
}

}  // namespace tollweir
