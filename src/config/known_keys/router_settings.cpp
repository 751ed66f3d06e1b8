#include "config/known_keys/tables.hpp"

namespace tollweir {
namespace {

using enum KeyKind;
using enum KeyStatus;

// Source: spec/config.md, sections 7.1 and 7.5; spec/data-plane.md, section 5.
// clang-format off
constexpr KnownKey kSettings[] = {
    {"routing_strategy", choice, active, "simple-shuffle", "`simple-shuffle`, `least-busy`, `latency-based-routing`, `usage-based-routing`, `usage-based-routing-v2` or `cost-based-routing`."},
    {"routing_strategy_args", map, active, "", "Fine points of the strategy."},
    {"routing_groups", list, active, "", "Strategies of single model groups."},
    {"model_group_alias", map, active, "", "Other names of groups: `{name: group}` or `{name: {model: group, hidden: true}}`."},
    {"load_balancing", list, active, "", "Groups whose members are other groups, with weights.", "in LiteLLM it is several entries of one `model_name` with `weight`"},
    {"timeout", seconds, active, "", "Time for a whole answer; `litellm_settings.request_timeout` where absent."},
    {"stream_timeout", seconds, active, "", "Time to a stream's first byte and between two; `timeout` where absent."},
    {"num_retries", integer, active, "2", "Attempts beyond the first."},
    {"max_retries", integer, active, "", "The same, as the admin page calls it."},
    {"retry_after", seconds, active, "0", "Wait at least so long before a retry."},
    {"retry_policy", map, active, "", "Retries by kind of error."},
    {"model_group_retry_policy", map, active, "", "The same for single groups."},
    {"fallbacks", list, active, "", "Groups to try after a group has failed: `{group: [groups]}`, or `[from, to]`."},
    {"default_fallbacks", texts, active, "", "Groups to try after any other has failed."},
    {"context_window_fallbacks", list, active, "", "After a prompt that was too long."},
    {"content_policy_fallbacks", list, active, "", "After a content filter."},
    {"max_fallbacks", integer, active, "5", "Fallback groups a request may pass.", "", "ROUTER_MAX_FALLBACKS"},
    {"allowed_fails", integer, active, "", "Failures a minute before a cooldown; absent: by the share of failures.", "", "DEFAULT_ALLOWED_FAILS"},
    {"allowed_fails_policy", map, active, "", "The same by kind of error."},
    {"cooldown_time", seconds, active, "5", "How long a failing deployment is left out.", "", "DEFAULT_COOLDOWN_TIME_SECONDS"},
    {"disable_cooldowns", boolean, active, "false", "Never leave a deployment out."},
    {"enable_pre_call_checks", boolean, active, "false", "Leave out deployments whose context is too small or whose rpm is used up."},
    {"optional_pre_call_checks", texts, active, "[]", "`deployment_affinity`, `session_affinity`, `prompt_caching` (docs/routing.md); `router_budget_limiting`, `enforce_model_rate_limits`, which hold in any case; not active yet: `responses_api_deployment_check`, `forward_client_headers_by_model_group`, `encrypted_content_affinity`."},
    {"deployment_affinity_ttl_seconds", seconds, active, "3600", "How long a client stays with its deployment."},
    {"enable_tag_filtering", boolean, active, "false", "Choose among deployments that share a tag with the request."},
    {"tag_filtering_match_any", boolean, active, "true", "One common tag is enough."},
    {"provider_budget_config", map, active, "", "Budgets by provider."},
    {"budget_limit", dollars, active, "", "Budget of the whole gateway a calendar month, in USD.", "in LiteLLM it is `litellm_settings.max_budget` with `budget_duration`"},
    {"default_max_parallel_requests", integer, active, "", "Calls under way a deployment, where it says nothing itself."},
    {"default_litellm_params", map, active, "", "Parameters of every deployment that does not give them."},
    {"default_priority", integer, active, "", "Place in the queue of requests that name none; lower is earlier."},
    {"polling_interval", seconds, no_effect, "", "How often the queue is looked at.", "the queue is woken, not polled"},
    {"redis_host", text, later, "", "Redis for the router's state.", "`litellm_settings.cache_params` is the newer place"},
    {"redis_port", integer, later, "", "", "`litellm_settings.cache_params` is the newer place"},
    {"redis_password", secret, later, "", "", "`litellm_settings.cache_params` is the newer place"},
    {"redis_url", secret, later, "", "", "`litellm_settings.cache_params` is the newer place"},
    {"redis_db", integer, later, "", "", "`litellm_settings.cache_params` is the newer place"},
    {"cache_kwargs", map, later, "", "Other arguments of the Redis client.", "`litellm_settings.cache_params` is the newer place"},
    {"cache_responses", boolean, later, "false", "Answer equal requests from the cache."},
    {"caching_groups", list, later, "", "Lists of groups that share cache entries."},
    {"client_ttl", seconds, no_effect, "", "How long LiteLLM keeps a client object.", "see `tollweir_settings.upstream.idle_timeout`"},
    {"enable_health_check_routing", boolean, active, "false", "Leave out deployments whose last probe failed."},
    {"health_check_staleness_threshold", seconds, active, "", "Age from which on probes do not count."},
    {"health_check_ignore_transient_errors", boolean, active, "false", "Probes that fail with 429 or 408 do not count."},
    {"health_check_interval", any, refused, "", "", "it belongs in `general_settings`"},
    {"alerting_config", map, later, "", "Slack alerts of the router."},
    {"assistants_config", map, later, "", "As `assistant_settings`."},
    {"search_tools", list, later, "", "As the `search_tools` at the top."},
    {"guardrail_list", list, later, "", "As the `guardrails` at the top."},
    {"router_general_settings", map, no_effect, "", "", "nothing here depends on it"},
    {"ignore_invalid_deployments", boolean, active, "false", "Leave broken entries of `model_list` out instead of failing."},
    {"set_verbose", boolean, active, "false", "Log everything."},
    {"debug_level", text, no_effect, "", "", "use --debug or LITELLM_LOG"},
    {"master_key", secret, active, "", "Read here too.", "it belongs in `general_settings`"},
};

constexpr KnownKey kStrategyArgs[] = {
    {"ttl", seconds, active, "3600", "How long samples of latency count."},
    {"lowest_latency_buffer", number, active, "0", "Share above the lowest latency that counts as equal."},
    {"max_latency_list_size", integer, active, "10", "Samples that make up most of the average."},
    {"latency_threshold", seconds, active, "", "Deployments whose answers took longer on average come after the others, whatever their `order`.", "LiteLLM has no key for it"},
};

constexpr KnownKey kRoutingGroup[] = {
    {"group_name", text, active, "", "A name for it."},
    {"models", texts, active, "", "The model groups that the strategy is for; each in one of these lists."},
    {"routing_strategy", choice, active, "simple-shuffle", "As in `router_settings`."},
    {"routing_strategy_args", map, active, "", "Fine points of the strategy."},
};

constexpr KnownKey kAlias[] = {
    {"model", text, active, "", "The group it stands for."},
    {"hidden", boolean, active, "false", "Usable, but not listed."},
};

constexpr KnownKey kLoadBalancing[] = {
    {"model_name", text, active, "", "The name clients ask for."},
    {"models", texts, active, "", "The groups behind it."},
    {"weights", list, active, "", "A weight each; equal where absent."},
};

constexpr KnownKey kRetryPolicy[] = {
    {"AuthenticationErrorRetries", integer, active, "", ""},
    {"BadRequestErrorRetries", integer, active, "", ""},
    {"TimeoutErrorRetries", integer, active, "", ""},
    {"RateLimitErrorRetries", integer, active, "", ""},
    {"ContentPolicyViolationErrorRetries", integer, active, "", ""},
    {"InternalServerErrorRetries", integer, active, "", ""},
    {"max_retries", integer, active, "", "Retries of every kind.", "in LiteLLM it is `router_settings.num_retries`"},
    {"backoff_factor", number, active, "", "Base of the growing wait between retries.", "LiteLLM has no key for it"},
};

constexpr KnownKey kGroupRetryPolicy[] = {
    {"AuthenticationErrorRetries", integer, active, "", ""},
    {"BadRequestErrorRetries", integer, active, "", ""},
    {"TimeoutErrorRetries", integer, active, "", ""},
    {"RateLimitErrorRetries", integer, active, "", ""},
    {"ContentPolicyViolationErrorRetries", integer, active, "", ""},
    {"InternalServerErrorRetries", integer, active, "", ""},
};

constexpr KnownKey kAllowedFails[] = {
    {"AuthenticationErrorAllowedFails", integer, active, "", ""},
    {"BadRequestErrorAllowedFails", integer, active, "", ""},
    {"TimeoutErrorAllowedFails", integer, active, "", ""},
    {"RateLimitErrorAllowedFails", integer, active, "", ""},
    {"ContentPolicyViolationErrorAllowedFails", integer, active, "", ""},
    {"InternalServerErrorAllowedFails", integer, active, "", ""},
};

constexpr KnownKey kBudget[] = {
    {"budget_limit", dollars, active, "", "In USD; null: no limit."},
    {"max_budget", dollars, active, "", "The same in other words."},
    {"time_period", period, active, "", "When it begins anew."},
    {"budget_duration", period, active, "", "The same in other words."},
    {"rpm_limit", integer, later, "", ""},
    {"tpm_limit", integer, later, "", ""},
};

constexpr KnownKey kAlerting[] = {
    {"webhook_url", secret, later, "", "Slack's address."},
    {"alerting_threshold", seconds, later, "", "Time after which a call counts as slow."},
};

constexpr KeyTable kTables[] = {
    {"router_settings", kSettings},
    {"router_settings.routing_strategy_args", kStrategyArgs},
    {"router_settings.routing_groups[]", kRoutingGroup},
    {"router_settings.routing_groups[].routing_strategy_args", kStrategyArgs},
    {"router_settings.model_group_alias.*", kAlias},
    {"router_settings.load_balancing[]", kLoadBalancing},
    {"router_settings.retry_policy", kRetryPolicy},
    {"router_settings.model_group_retry_policy.*", kGroupRetryPolicy},
    {"router_settings.allowed_fails_policy", kAllowedFails},
    {"litellm_params.allowed_fails_policy", kAllowedFails},
    {"model_info.allowed_fails_policy", kAllowedFails},
    {"router_settings.provider_budget_config.*", kBudget},
    {"router_settings.alerting_config", kAlerting},
};
// clang-format on

}  // namespace

std::span<const KeyTable> router_settings_tables() {
    return kTables;
}

}  // namespace tollweir
