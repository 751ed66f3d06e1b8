#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "tollweir/net/wake.hpp"
#include "tollweir/net/worker.hpp"
#include "tollweir/routing/fair_order.hpp"

namespace tollweir {

/// Calls that wait until a deployment of their group has a slot free (`max_parallel_requests`), one
/// queue a model group, in FairOrder's order. Any thread; a mutex, taken only by groups whose
/// deployments have such a limit.
class CallQueues {
public:
    /// A call that waits, on the worker it lives on.
    struct Waiter {
        explicit Waiter(net::Worker& its_worker) : worker(its_worker), wake(its_worker.context()) {}

        net::Worker& worker;
        net::Wake wake;
        FairOrder::Ticket ticket = 0;
    };

    /// Null: too many wait already.
    std::shared_ptr<Waiter> join(std::string_view group, std::string_view caller,
                                 std::int64_t priority, net::Worker& worker);
    /// Done waiting; the next one is woken, since more slots may be free.
    void leave(std::string_view group, const Waiter& waiter);
    /// Whether it is this one's turn.
    bool is_first(std::string_view group, const Waiter& waiter) const;
    bool has_waiters(std::string_view group) const;
    /// A slot came free: wakes whose turn it is, on its worker.
    void wake_first(std::string_view group);

    /// In one group.
    static constexpr std::size_t kMaxWaiting = 1'000;
    /// A slot that came free without a word (in another group that shares the deployment) is found
    /// after so long.
    static constexpr std::chrono::milliseconds kLookAgain{250};

private:
    struct Queue {
        FairOrder order;
        std::unordered_map<FairOrder::Ticket, std::shared_ptr<Waiter>> waiters;
    };

    Queue* find(std::string_view group);
    const Queue* find(std::string_view group) const;

    mutable std::mutex mutex_;
    std::unordered_map<std::string, Queue> queues_;
};

}  // namespace tollweir
