#pragma once

#include <atomic>
#include <cstdint>

#include "tollweir/core/clock.hpp"

namespace tollweir {

/// Retries that a model group may cause, as a share of its requests: so that an outage does not
/// multiply the load on what is left. A retry at a deployment that was not tried before is free,
/// since it spreads load instead of adding to it. Shared by all workers; no lock.
class RetryBudget {
public:
    /// Called once a request.
    void earn() { balance(1); }
    /// False: none left for now.
    bool spend(TimePoint now);

    /// A retry for so many requests.
    static constexpr std::int64_t kRequestsPerRetry = 5;
    /// Beside those, retries a second that are always there, gathered for ten seconds.
    static constexpr std::int64_t kPerSecond = 10;
    static constexpr std::int64_t kMost = 100;

private:
    void balance(std::int64_t requests);

    // In parts of a retry: one earns each request, so that small shares add up.
    std::atomic<std::int64_t> parts_{kMost * kRequestsPerRetry};
    std::atomic<TimePoint::rep> filled_{0};
};

}  // namespace tollweir
