#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tollweir/core/error_counts.hpp"

namespace tollweir {

enum class RoutingStrategy : std::uint8_t {
    simple_shuffle,
    least_busy,
    latency_based,
    usage_based,
    usage_based_v2,
    cost_based
};

/// An item of `router_settings.optional_pre_call_checks`.
enum class PreCallCheck : std::uint8_t {
    prompt_caching,
    router_budget_limiting,
    responses_api_deployment_check,
    enforce_model_rate_limits,
    forward_client_headers_by_model_group,
    deployment_affinity,
    session_affinity,
    encrypted_content_affinity
};

/// Where requests go after a group has failed.
struct Fallback {
    std::string group;
    std::vector<std::string> targets;  // groups or deployment ids, in order

    friend bool operator==(const Fallback&, const Fallback&) = default;
};

struct FallbackConfig {
    std::vector<Fallback> general;
    std::vector<Fallback> context_window;
    std::vector<Fallback> content_policy;
    std::vector<std::string> defaults;  // of groups without one of their own
    std::int64_t max_fallbacks = 5;     // groups a request may pass

    friend bool operator==(const FallbackConfig&, const FallbackConfig&) = default;
};

struct RetryConfig {
    using Milliseconds = std::chrono::milliseconds;

    std::int64_t num_retries = 2;                               // attempts beyond the first
    ErrorCounts by_error;                                       // retry_policy
    std::vector<std::pair<std::string, ErrorCounts>> by_group;  // model_group_retry_policy
    Milliseconds retry_after{0};                                // the least wait
    Milliseconds initial_delay{500};
    Milliseconds max_delay{8'000};
    Milliseconds jitter{750};   // on top, at random
    double backoff_factor = 2;  // each wait is so many times the one before

    friend bool operator==(const RetryConfig&, const RetryConfig&) = default;
};

struct CooldownConfig {
    using Milliseconds = std::chrono::milliseconds;

    bool is_disabled = false;
    Milliseconds cooldown_time{5'000};
    /// Failures a minute; nothing, and no policy: by the share of failures.
    std::optional<std::int64_t> allowed_fails;
    ErrorCounts allowed_fails_by_error;
    double failure_share = 0.5;
    std::int64_t failure_share_minimum = 5;            // requests a minute
    std::int64_t single_deployment_threshold = 1'000;  // failures of a group's only deployment

    friend bool operator==(const CooldownConfig&, const CooldownConfig&) = default;
};

/// A group whose members are other groups; `router_settings.load_balancing`.
struct WeightedGroup {
    std::string name;
    std::vector<std::pair<std::string, double>> members;  // group, weight

    friend bool operator==(const WeightedGroup&, const WeightedGroup&) = default;
};

/// How a deployment is chosen, and what happens when it fails; of `router_settings`, and of
/// `litellm_settings` where the router says nothing.
struct RouterConfig {
    using Milliseconds = std::chrono::milliseconds;

    RoutingStrategy strategy = RoutingStrategy::simple_shuffle;
    std::optional<Milliseconds> strategy_ttl;
    double lowest_latency_buffer = 0;
    std::int64_t max_latency_list_size = 10;
    std::vector<WeightedGroup> weighted_groups;

    RetryConfig retries;
    FallbackConfig fallbacks;
    CooldownConfig cooldowns;

    bool pre_call_checks = false;
    std::vector<PreCallCheck> optional_checks;
    Milliseconds affinity_ttl{3'600'000};
    bool tag_filtering = false;
    bool tags_match_any = true;
    std::optional<std::int64_t> max_parallel_requests;  // of a deployment that says nothing
    std::optional<std::int64_t> default_priority;       // in the queue; lower is earlier

    friend bool operator==(const RouterConfig&, const RouterConfig&) = default;
};

}  // namespace tollweir
