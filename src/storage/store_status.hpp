#pragma once

#include <atomic>

#include "storage/waker.hpp"
#include "tollweir/core/clock.hpp"

namespace tollweir {

/// What the pool's threads know of the store. Any thread.
class StoreStatus {
public:
    bool is_ready() const { return ready_.load(std::memory_order_acquire); }
    void set_ready() {
        ready_.store(true, std::memory_order_release);
        end_first_look();
    }
    /// Work is refused until the keeper has found the store again; it looks at once.
    void set_away() {
        ready_.store(false, std::memory_order_release);
        keeper.wake();
    }

    /// The keeper has looked for the store once, whatever came of it.
    void end_first_look() {
        looked_.test_and_set();
        looked_.notify_all();
    }
    /// Work that comes before waits for it instead of failing: a start answers its first requests.
    void await_first_look() const { looked_.wait(false); }

    /// Once in a while: what hinders a connection hinders many.
    bool may_say_why(TimePoint now) {
        auto due = say_from_.load(std::memory_order_relaxed);
        return now >= due && say_from_.compare_exchange_strong(due, now + std::chrono::seconds(10));
    }

    Waker keeper;

private:
    std::atomic<TimePoint> say_from_{TimePoint::min()};
    std::atomic<bool> ready_{false};
    std::atomic_flag looked_;
};

}  // namespace tollweir
