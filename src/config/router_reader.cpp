#include <algorithm>
#include <array>

#include "config/fallback_reader.hpp"
#include "config/setting_readers.hpp"
#include "tollweir/core/strategy_names.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

constexpr std::array<std::string_view, 8> kChecks = {"prompt_caching",
                                                     "router_budget_limiting",
                                                     "responses_api_deployment_check",
                                                     "enforce_model_rate_limits",
                                                     "forward_client_headers_by_model_group",
                                                     "deployment_affinity",
                                                     "session_affinity",
                                                     "encrypted_content_affinity"};

// Those whose subject comes with later parts.
constexpr std::array<std::string_view, 3> kLaterChecks = {"responses_api_deployment_check",
                                                          "forward_client_headers_by_model_group",
                                                          "encrypted_content_affinity"};

/// A value of the router, else LiteLLM's; both are looked at, so that both are checked.
template <class T>
void set_from_first(const std::optional<T>& first, const std::optional<T>& second, T& field) {
    if (first) {
        field = *first;
    } else if (second) {
        field = *second;
    }
}

RoutingStrategy read_strategy(const Section& section) {
    struct Spelling {
        std::string_view seen, litellm;
    };
    static constexpr std::array<Spelling, 3> kSpellings = {{
        {"simple", "simple-shuffle"},
        {"usage", "usage-based-routing-v2"},
        {"least_latency", "latency-based-routing"},
    }};
    const auto written = section.text("routing_strategy");
    if (!written) return RoutingStrategy::simple_shuffle;
    std::string_view strategy = *written;
    for (const auto& spelling : kSpellings) {
        if (spelling.seen != *written) continue;
        section.warn("routing_strategy", "`" + *written + "` is read as `" +
                                             std::string(spelling.litellm) +
                                             "`, LiteLLM's spelling");
        strategy = spelling.litellm;
    }
    const auto* found = std::ranges::find(kStrategyNames, strategy);
    if (found == kStrategyNames.end()) {
        const std::vector<std::string_view> names(kStrategyNames.begin(), kStrategyNames.end());
        section.error("routing_strategy", "no strategy is called `" + written->substr(0, 60) + "`" +
                                              did_you_mean(*written, names));
        return RoutingStrategy::simple_shuffle;
    }
    return static_cast<RoutingStrategy>(found - kStrategyNames.begin());
}

StrategyTerms read_strategy_terms(const Section& section) {
    StrategyTerms terms;
    terms.strategy = read_strategy(section);
    const Section args = section.section("routing_strategy_args");
    set_from(args.duration("ttl", milliseconds(1)), terms.latency_ttl);
    set_from(args.number("lowest_latency_buffer", 0, 1e6), terms.lowest_latency_buffer);
    set_from(args.integer("max_latency_list_size", 1, 100'000), terms.latency_samples);
    terms.latency_threshold = args.duration("latency_threshold", milliseconds(1));
    return terms;
}

/// Strategies of single groups.
std::vector<RoutingGroup> read_routing_groups(const Section& router) {
    std::vector<RoutingGroup> groups;
    for (const Section& item : router.items("routing_groups")) {
        RoutingGroup group;
        group.name = item.text("group_name").value_or("");
        group.models = item.texts("models");
        group.terms = read_strategy_terms(item);
        if (group.models.empty() && item.find("models") == nullptr)
            item.warn("models", "is missing: the strategy is for no model group");
        for (const auto& model : group.models)
            for (const auto& other : groups)
                if (std::ranges::find(other.models, model) != other.models.end())
                    item.error("models", "`" + model.substr(0, 60) + "` is in `" + other.name +
                                             "` too: a model has one strategy");
        if (!group.models.empty()) groups.push_back(std::move(group));
    }
    return groups;
}

ErrorCounts read_retry_policy(const Section& policy) {
    ErrorCounts counts;
    counts.authentication = policy.limit("AuthenticationErrorRetries");
    counts.bad_request = policy.limit("BadRequestErrorRetries");
    counts.timeout = policy.limit("TimeoutErrorRetries");
    counts.rate_limit = policy.limit("RateLimitErrorRetries");
    counts.content_policy = policy.limit("ContentPolicyViolationErrorRetries");
    counts.internal = policy.limit("InternalServerErrorRetries");
    return counts;
}

/// `max_retries` and `backoff_factor` beside LiteLLM's keys (decision 22).
void read_foreign_retries(const Section& policy, RetryConfig& retries) {
    if (const auto count = policy.limit("max_retries")) {
        policy.warn("max_retries", "is read as `router_settings.num_retries`, LiteLLM's spelling");
        retries.num_retries = *count;
    }
    if (const auto factor = policy.number("backoff_factor", 1, 100)) {
        policy.warn("backoff_factor",
                    "each wait is so many times the one before; LiteLLM has no key for it");
        retries.backoff_factor = *factor;
    }
}

RetryConfig read_retries(const Section& router, const Section& litellm, const Section& variables) {
    RetryConfig retries;
    const Section policy = router.section("retry_policy");
    retries.by_error = read_retry_policy(policy);
    const auto of_litellm = litellm.limit("num_retries");
    const auto a_request = litellm.limit("num_retries_per_request");
    set_from_first(of_litellm, a_request, retries.num_retries);
    read_foreign_retries(policy, retries);
    set_from_first(router.limit("num_retries"), router.limit("max_retries"), retries.num_retries);
    const Section groups = router.section("model_group_retry_policy");
    for (const auto& entry : groups.entries())
        retries.by_group.emplace_back(entry.key, read_retry_policy(groups.entry(entry.key)));
    set_from(router.duration("retry_after", milliseconds(0)), retries.retry_after);
    set_from(variables.duration("INITIAL_RETRY_DELAY", milliseconds(0)), retries.initial_delay);
    set_from(variables.duration("MAX_RETRY_DELAY", milliseconds(0)), retries.max_delay);
    set_from(variables.duration("JITTER", milliseconds(0)), retries.jitter);
    return retries;
}

CooldownConfig read_cooldowns(const Section& router, const Section& litellm,
                              const Section& variables) {
    CooldownConfig cooldowns;
    set_from(router.boolean("disable_cooldowns"), cooldowns.is_disabled);
    set_from_first(router.duration("cooldown_time", milliseconds(0)),
                   litellm.duration("cooldown_time", milliseconds(0)), cooldowns.cooldown_time);
    cooldowns.allowed_fails = router.limit("allowed_fails");
    const auto of_litellm = litellm.limit("allowed_fails");
    if (!cooldowns.allowed_fails) cooldowns.allowed_fails = of_litellm;
    cooldowns.allowed_fails_by_error = read_allowed_fails(router.section("allowed_fails_policy"));
    set_from(variables.number("DEFAULT_FAILURE_THRESHOLD_PERCENT", 0, 1), cooldowns.failure_share);
    set_from(variables.limit("DEFAULT_FAILURE_THRESHOLD_MINIMUM_REQUESTS"),
             cooldowns.failure_share_minimum);
    return cooldowns;
}

std::vector<PreCallCheck> read_checks(const Section& router) {
    std::vector<PreCallCheck> checks;
    for (const auto& name : router.texts("optional_pre_call_checks")) {
        const auto* found = std::ranges::find(kChecks, name);
        if (found == kChecks.end()) {
            const std::vector<std::string_view> names(kChecks.begin(), kChecks.end());
            router.error("optional_pre_call_checks", "no check is called `" + name.substr(0, 60) +
                                                         "`" + did_you_mean(name, names));
        } else {
            checks.push_back(static_cast<PreCallCheck>(found - kChecks.begin()));
            if (std::ranges::find(kLaterChecks, name) != kLaterChecks.end())
                router.warn("optional_pre_call_checks", "`" + name + "` is not active yet");
        }
    }
    return checks;
}

std::vector<double> read_weights(const Section& item, std::size_t count) {
    std::vector<double> weights;
    const Node* list = item.list("weights");
    if (list == nullptr) return std::vector<double>(count, 1.0);
    for (const auto& node : list->items) {
        const auto weight = as_number(node);
        if (weight && *weight >= 0 && *weight <= 1e9) {
            weights.push_back(*weight);
        } else {
            item.error("weights", "expected numbers from 0 on, found " + describe(node));
            return {};
        }
    }
    if (weights.size() == count) return weights;
    item.error("weights", "expected a weight for each of the " + std::to_string(count) +
                              " `models`, found " + std::to_string(weights.size()));
    return {};
}

/// Groups of groups (decision 22).
std::vector<WeightedGroup> read_weighted_groups(const Section& router) {
    std::vector<WeightedGroup> groups;
    for (const Section& item : router.items("load_balancing")) {
        WeightedGroup group;
        group.name = item.text("model_name").value_or("");
        if (group.name.empty() && item.find("model_name") == nullptr)
            item.error("model_name", "is missing: the name that clients ask for");
        const auto models = item.texts("models");
        if (models.empty() && item.find("models") == nullptr)
            item.error("models", "is missing: the groups behind the name");
        const auto weights = read_weights(item, models.size());
        if (group.name.empty() || models.empty() || weights.empty()) continue;
        for (std::size_t i = 0; i < models.size(); ++i)
            group.members.emplace_back(models[i], weights[i]);
        groups.push_back(std::move(group));
    }
    if (!groups.empty())
        router.warn("load_balancing",
                    "each becomes a group of its members' deployments; in LiteLLM it is several "
                    "entries of one `model_name` with `weight`");
    return groups;
}

HedgingConfig read_hedging(const Section& section) {
    HedgingConfig hedging;
    hedging.groups = section.texts("groups");
    set_from(section.number("max_share", 0, 1), hedging.max_share);
    if (section.present() && hedging.groups.empty() && section.find("groups") == nullptr)
        section.warn("groups", "is missing: no model group is asked twice");
    return hedging;
}

}  // namespace

ErrorCounts read_allowed_fails(const Section& policy) {
    ErrorCounts counts;
    counts.authentication = policy.limit("AuthenticationErrorAllowedFails");
    counts.bad_request = policy.limit("BadRequestErrorAllowedFails");
    counts.timeout = policy.limit("TimeoutErrorAllowedFails");
    counts.rate_limit = policy.limit("RateLimitErrorAllowedFails");
    counts.content_policy = policy.limit("ContentPolicyViolationErrorAllowedFails");
    counts.internal = policy.limit("InternalServerErrorAllowedFails");
    return counts;
}

RouterConfig read_router(const LoadContext& context) {
    const Section section = section_of(context, "router_settings");
    const Section litellm = section_of(context, "litellm_settings");
    const Section variables = variables_of(context);
    RouterConfig router;
    router.strategy = read_strategy_terms(section);
    router.routing_groups = read_routing_groups(section);
    router.weighted_groups = read_weighted_groups(section);
    router.retries = read_retries(section, litellm, variables);
    router.fallbacks = read_fallbacks(section, litellm);
    router.cooldowns = read_cooldowns(section, litellm, variables);
    set_from(section.boolean("enable_pre_call_checks"), router.pre_call_checks);
    router.optional_checks = read_checks(section);
    set_from(section.duration("deployment_affinity_ttl_seconds", milliseconds(0)),
             router.affinity_ttl);
    set_from(section.boolean("enable_tag_filtering"), router.tag_filtering);
    set_from(section.boolean("tag_filtering_match_any"), router.tags_match_any);
    router.max_parallel_requests = section.limit("default_max_parallel_requests");
    const Section ours = section_of(context, "tollweir_settings");
    router.hedging = read_hedging(ours.section("hedging"));
    router.continued_groups = ours.texts("continue_streams");
    router.default_priority = section.integer("default_priority", 0, 255);
    return router;
}

}  // namespace tollweir
