#include "tollweir/routing/call_queues.hpp"

namespace tollweir {

CallQueues::Queue* CallQueues::find(std::string_view group) {
    const auto found = queues_.find(std::string(group));
    return found == queues_.end() ? nullptr : &found->second;
}

const CallQueues::Queue* CallQueues::find(std::string_view group) const {
    const auto found = queues_.find(std::string(group));
    return found == queues_.end() ? nullptr : &found->second;
}

std::shared_ptr<CallQueues::Waiter> CallQueues::join(std::string_view group,
                                                     std::string_view caller, std::int64_t priority,
                                                     net::Worker& worker) {
    const std::lock_guard lock(mutex_);
    auto& queue = queues_[std::string(group)];
    if (queue.order.size() >= kMaxWaiting) return nullptr;
    auto waiter = std::make_shared<Waiter>(worker);
    waiter->ticket = queue.order.join(caller, priority);
    queue.waiters.emplace(waiter->ticket, waiter);
    return waiter;
}

void CallQueues::leave(std::string_view group, const Waiter& waiter) {
    {
        const std::lock_guard lock(mutex_);
        auto* queue = find(group);
        if (queue == nullptr) return;
        queue->order.leave(waiter.ticket);
        queue->waiters.erase(waiter.ticket);
        if (queue->order.empty()) queues_.erase(std::string(group));
    }
    wake_first(group);
}

bool CallQueues::is_first(std::string_view group, const Waiter& waiter) const {
    const std::lock_guard lock(mutex_);
    const auto* queue = find(group);
    return queue != nullptr && queue->order.first() == waiter.ticket;
}

bool CallQueues::has_waiters(std::string_view group) const {
    const std::lock_guard lock(mutex_);
    return find(group) != nullptr;
}

void CallQueues::wake_first(std::string_view group) {
    std::shared_ptr<Waiter> first;
    {
        const std::lock_guard lock(mutex_);
        const auto* queue = find(group);
        if (queue == nullptr) return;
        first = queue->waiters.at(queue->order.first());
    }
    auto& worker = first->worker;
    worker.post([first = std::move(first)] { first->wake.wake(); });
}

}  // namespace tollweir
