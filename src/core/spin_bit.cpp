#include "tollweir/core/spin_bit.hpp"

#include <sched.h>

namespace tollweir {
namespace {

void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

}  // namespace

void SpinBit::wait() const {
    constexpr int kPatience = 200;  // some microseconds: many times what a holder needs
    for (int turn = 0; held_.load(std::memory_order_relaxed); ++turn) {
        if (turn < kPatience) {
            pause();
        } else {
            sched_yield();
        }
    }
}

}  // namespace tollweir
