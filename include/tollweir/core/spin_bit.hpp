#pragma once

#include <atomic>

namespace tollweir {

/// Held for a few instructions, never across a wait, an allocation or a call to others: the one
/// lock that requests take (docs/architecture.md, Money). For std::lock_guard.
class SpinBit {
public:
    void lock() {
        while (held_.exchange(true, std::memory_order_acquire)) wait();
    }
    void unlock() { held_.store(false, std::memory_order_release); }

private:
    // Waits for the bit to look free; gives the processor away if its holder was put to sleep.
    void wait() const;

    std::atomic<bool> held_{false};
};

}  // namespace tollweir
