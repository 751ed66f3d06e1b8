#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tollweir/core/error_counts.hpp"
#include "tollweir/core/fallback.hpp"
#include "tollweir/core/routing_strategy.hpp"

namespace tollweir {

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
    std::int64_t failure_share_minimum = 5;  // requests a minute

    friend bool operator==(const CooldownConfig&, const CooldownConfig&) = default;
};

/// A group whose members are other groups; `router_settings.load_balancing`.
struct WeightedGroup {
    std::string name;
    std::vector<std::pair<std::string, double>> members;  // group, weight

    friend bool operator==(const WeightedGroup&, const WeightedGroup&) = default;
};

/// Model groups with a strategy of their own; `router_settings.routing_groups`.
struct RoutingGroup {
    std::string name;
    std::vector<std::string> models;
    StrategyTerms terms;

    friend bool operator==(const RoutingGroup&, const RoutingGroup&) = default;
};

/// Streams that are asked for a second time when their first word is late;
/// `tollweir_settings.hedging`.
struct HedgingConfig {
    std::vector<std::string> groups;  // `*`: all
    double max_share = 0.05;          // second calls a request, on average at most

    friend bool operator==(const HedgingConfig&, const HedgingConfig&) = default;
};

/// How a deployment is chosen, and what happens when it fails; of `router_settings`, and of
/// `litellm_settings` where the router says nothing.
struct RouterConfig {
    using Milliseconds = std::chrono::milliseconds;

    StrategyTerms strategy;
    std::vector<RoutingGroup> routing_groups;
    std::vector<WeightedGroup> weighted_groups;

    RetryConfig retries;
    FallbackConfig fallbacks;
    CooldownConfig cooldowns;
    HedgingConfig hedging;
    std::vector<std::string> continued_groups;  // whose broken streams go on elsewhere; `*`: all

    bool pre_call_checks = false;
    std::vector<PreCallCheck> optional_checks;
    Milliseconds affinity_ttl{3'600'000};
    bool has_check(PreCallCheck check) const {
        return std::ranges::find(optional_checks, check) != optional_checks.end();
    }
    bool tag_filtering = false;
    bool tags_match_any = true;
    std::optional<std::int64_t> max_parallel_requests;  // of a deployment that says nothing
    std::optional<std::int64_t> default_priority;       // in the queue; lower is earlier
    bool routes_by_health = false;                      // enable_health_check_routing
    Milliseconds health_staleness{600'000};             // older checks say nothing

    friend bool operator==(const RouterConfig&, const RouterConfig&) = default;
};

}  // namespace tollweir
