#include "tollweir/core/retry_budget.hpp"

#include <algorithm>
#include <chrono>

namespace tollweir {

void RetryBudget::balance(std::int64_t requests) {
    constexpr auto kMostParts = kMost * kRequestsPerRetry;
    const auto parts = parts_.fetch_add(requests, std::memory_order_relaxed) + requests;
    if (parts > kMostParts) parts_.fetch_sub(parts - kMostParts, std::memory_order_relaxed);
}

bool RetryBudget::spend(TimePoint now) {
    // What time has added since the last retry; one thread adds it.
    auto filled = filled_.load(std::memory_order_relaxed);
    const auto passed = filled == 0 ? std::chrono::seconds(0)
                                    : std::chrono::duration_cast<std::chrono::seconds>(
                                          now.time_since_epoch() - TimePoint::duration(filled));
    if ((filled == 0 || passed.count() > 0) &&
        filled_.compare_exchange_strong(filled, now.time_since_epoch().count(),
                                        std::memory_order_relaxed)) {
        const auto seconds = std::min<std::int64_t>(passed.count(), kMost / kPerSecond);
        balance(seconds * kPerSecond * kRequestsPerRetry);
    }
    if (parts_.fetch_sub(kRequestsPerRetry, std::memory_order_relaxed) >= kRequestsPerRetry)
        return true;
    parts_.fetch_add(kRequestsPerRetry, std::memory_order_relaxed);
    return false;
}

}  // namespace tollweir
