#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace tollweir {

enum class RoutingStrategy : std::uint8_t {
    simple_shuffle,
    least_busy,
    latency_based,
    usage_based,
    usage_based_v2,
    cost_based
};

/// How one deployment of a group is preferred to another; `routing_strategy` and its
/// `routing_strategy_args`.
struct StrategyTerms {
    using Milliseconds = std::chrono::milliseconds;

    RoutingStrategy strategy = RoutingStrategy::simple_shuffle;
    Milliseconds latency_ttl{3'600'000};  // older samples say nothing
    double lowest_latency_buffer = 0;     // as good as the lowest: up to so much more of it
    std::int64_t latency_samples = 10;    // that make up most of the average
    /// Deployments whose answers took longer lately come after all others, whatever their `order`.
    std::optional<Milliseconds> latency_threshold;

    friend bool operator==(const StrategyTerms&, const StrategyTerms&) = default;
};

}  // namespace tollweir
