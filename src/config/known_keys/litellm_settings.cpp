#include "config/known_keys/tables.hpp"

namespace tollweir {
namespace {

using enum KeyKind;
using enum KeyStatus;

// Source: spec/config.md, section 6; nested keys: spec/data-plane.md, sections 6, 7.5, 11 and 12.
// clang-format off
constexpr KnownKey kSettings[] = {
    {"drop_params", boolean, active, "false", "Leave out parameters that a provider does not know.", "", "LITELLM_DROP_PARAMS"},
    {"modify_params", boolean, later, "false", "Repair requests that a provider would refuse.", "", "LITELLM_MODIFY_PARAMS"},
    {"add_function_to_prompt", boolean, later, "false", "Write functions into the prompt for models without them."},
    {"enable_azure_ad_token_refresh", boolean, active, "", "Take Azure's managed identity where a deployment has neither key nor login."},
    {"request_timeout", seconds, active, "6000", "Time for a whole answer, where no router or deployment says one.", "", "REQUEST_TIMEOUT"},
    {"num_retries", integer, active, "2", "Attempts beyond the first; `router_settings` wins."},
    {"num_retries_per_request", integer, active, "", "The same in old files."},
    {"max_fallbacks", integer, active, "5", "Fallback groups a request may pass; `router_settings` wins."},
    {"allowed_fails", integer, active, "", "Failures a minute before a cooldown; `router_settings` wins."},
    {"cooldown_time", seconds, active, "", "How long a failing deployment is left out; `router_settings` wins."},
    {"fallbacks", list, active, "", "As in `router_settings`, which wins."},
    {"default_fallbacks", texts, active, "", "As in `router_settings`, which wins."},
    {"context_window_fallbacks", list, active, "", "As in `router_settings`, which wins."},
    {"content_policy_fallbacks", list, active, "", "As in `router_settings`, which wins."},
    {"model_alias_map", map, active, "", "Requested model: model meant, before all other aliases."},
    {"default_model", text, active, "", "The model of requests that name none.", "in LiteLLM it is `general_settings.completion_model`"},
    {"model_group_settings", map, later, "", "Settings of single groups."},
    {"master_key", secret, active, "", "Read here too.", "it belongs in `general_settings`"},
    {"custom_provider_map", any, refused, "", "Providers in Python.", "it names Python code, which cannot run here; an OpenAI-shaped server needs only `api_base`"},

    {"callbacks", texts, later, "[]", "Loggers of every call, by name."},
    {"success_callback", texts, later, "[]", "Loggers of answered calls."},
    {"failure_callback", texts, later, "[]", "Loggers of failed calls."},
    {"service_callback", texts, later, "[]", "Loggers of the gateway's own Redis and database calls."},
    {"service_callbacks", texts, later, "[]", "Another spelling of `service_callback`."},
    {"s3_callback_params", map, later, "", "Where the S3 logger writes."},
    {"aws_sqs_callback_params", map, later, "", "Which queue the SQS logger writes to."},
    {"datadog_params", map, later, "", "Options of the Datadog logger."},
    {"datadog_llm_observability_params", map, later, "", "Options of Datadog's LLM logger."},
    {"gcs_callback_params", map, later, "", "Options of the Google storage logger."},
    {"generic_logger_headers", map, later, "", "Headers of the generic logger's posts."},
    {"langfuse_default_tags", texts, later, "", "Facts that Langfuse gets as tags."},
    {"langsmith_batch_size", integer, later, "", "Events a post to LangSmith."},
    {"turn_off_message_logging", boolean, active, "false", "Keep prompts and answers out of spend rows and callbacks."},
    {"redact_user_api_key_info", boolean, later, "false", "Keep key, user and team out of callbacks."},
    {"redact_messages_in_exceptions", boolean, later, "false", "Keep prompts out of error texts."},
    {"log_raw_request_response", boolean, later, "false", "Give callbacks the upstream's bytes."},
    {"global_disable_no_log_param", boolean, active, "false", "Ignore a request's `no-log`."},
    {"disable_streaming_logging", boolean, later, "false", "Keep streams out of callbacks."},
    {"json_logs", boolean, active, "false", "Log lines as JSON objects.", "", "JSON_LOGS"},
    {"set_verbose", boolean, active, "false", "Log everything; deprecated in LiteLLM."},
    {"store_audit_logs", boolean, active, "false", "Keep who changed what."},

    {"cache", boolean, later, "false", "Answer equal requests from a cache."},
    {"cache_params", map, later, "", "Which cache, and its rules."},
    {"enable_caching_on_provider_specific_optional_params", boolean, later, "false", "Let parameters of single providers be part of the cache's key."},
    {"default_in_memory_ttl", seconds, later, "600", "Life of entries of the cache in memory."},
    {"default_redis_ttl", seconds, later, "60", "Life of entries of the cache in Redis."},
    {"default_redis_batch_cache_expiry", seconds, later, "10", "How long a miss in Redis is remembered."},
    {"enable_redis_auth_cache", boolean, later, "false", "Share known keys through Redis."},

    {"force_ipv4", boolean, later, "false", "Call upstreams over IPv4 only."},
    {"ssl_verify", any, active, "true", "Whether upstream certificates are verified, or a file of authorities.", "", "SSL_VERIFY"},
    {"ssl_certificate", text, later, "", "A client certificate with its key, for upstreams.", "", "SSL_CERTIFICATE"},
    {"ssl_security_level", text, later, "", "OpenSSL's level for upstreams, such as `DEFAULT@SECLEVEL=1`.", "", "SSL_SECURITY_LEVEL"},
    {"ssl_ecdh_curve", text, later, "", "Curves for upstream TLS.", "", "SSL_ECDH_CURVE"},
    {"aiohttp_trust_env", boolean, later, "true", "Whether HTTP_PROXY, HTTPS_PROXY and NO_PROXY count.", "", "AIOHTTP_TRUST_ENV"},
    {"disable_aiohttp_transport", boolean, no_effect, "", "Which HTTP client LiteLLM uses.", "there is one transport"},

    {"include_cost_in_streaming_usage", boolean, active, "false", "Put the cost into the usage of streams."},
    {"enable_json_schema_validation", boolean, later, "false", "Check answers against the request's schema."},
    {"reasoning_auto_summary", boolean, later, "false", "Ask for summaries of reasoning."},
    {"use_chat_completions_url_for_anthropic_messages", boolean, later, "false", "Serve /v1/messages through chat completions."},
    {"route_all_chat_openai_to_responses", boolean, later, "false", "Serve OpenAI's chat through the Responses API."},
    {"disable_stop_sequence_limit", boolean, later, "false", "Send more than four stop sequences."},
    {"disable_token_counter", boolean, later, "false", "Do not count tokens locally."},
    {"return_response_headers", boolean, no_effect, "", "Show the upstream's headers.", "they are always in the answer, as `llm_provider-...`"},
    {"enable_preview_features", boolean, no_effect, "", "", "nothing here depends on it"},
    {"disable_hf_tokenizer_download", boolean, no_effect, "", "", "nothing is downloaded here"},
    {"forward_traceparent_to_llm_provider", boolean, later, "false", "Send `traceparent` on."},
    {"add_user_information_to_llm_headers", boolean, later, "false", "Send the user's ids upstream in headers."},
    {"disable_add_user_agent_to_request_tags", boolean, active, "false", "Do not tag requests with their `User-Agent`."},
    {"extra_spend_tag_headers", texts, active, "[]", "Headers whose values become tags of spend."},

    {"max_budget", dollars, active, "0", "Budget of the whole gateway in USD; 0: none."},
    {"budget_duration", period, active, "", "When that budget begins anew."},
    {"max_user_budget", dollars, later, "", "Budget of users without one of their own."},
    {"max_internal_user_budget", dollars, later, "", "Budget of a new internal user."},
    {"default_max_internal_user_budget", dollars, later, "", "The same where `max_internal_user_budget` is absent."},
    {"internal_user_budget_duration", period, later, "", "When that one begins anew."},
    {"max_end_user_budget", dollars, active, "", "Budget of customers without one of their own."},
    {"max_end_user_budget_id", text, active, "", "A row of the budget table instead."},
    {"default_soft_budget", dollars, later, "50", "Spend that alerts."},
    {"max_ui_session_budget", dollars, later, "0.25", "Budget of a session on the admin page."},
    {"tag_budget_config", map, active, "", "Budgets by tag."},
    {"timezone", text, active, "UTC", "Time zone in which budgets begin anew."},
    {"cost_discount_config", map, active, "", "Provider: share taken off its cost, such as 0.05."},
    {"cost_margin_config", map, active, "", "Provider, or `global`: share or amount added to its cost."},

    {"default_key_generate_params", map, active, "", "What new keys have where nothing is said."},
    {"upperbound_key_generate_params", map, active, "", "What new keys may have at most."},
    {"key_generation_settings", map, active, "", "Who may make keys."},
    {"default_internal_user_params", map, later, "", "What new users have."},
    {"default_team_params", map, later, "", "What new teams have."},
    {"default_team_settings", list, later, "", "Callbacks of single teams."},
    {"enable_key_alias_format_validation", boolean, active, "false", "Check the form of key aliases."},
    {"public_model_groups", texts, later, "[]", "Groups that the public model page shows."},
    {"public_model_groups_links", map, later, "", "Links of that page: title: URL."},

    {"priority_reservation", map, later, "", "Priority: share of a model's capacity kept for it."},
    {"priority_reservation_settings", map, later, "", "When those shares bind."},

    {"prometheus_metrics_config", list, later, "", "Which metrics and labels are shown; all where absent."},
    {"custom_prometheus_metadata_labels", texts, later, "[]", "Fields of a key's metadata that become labels."},
    {"custom_prometheus_tags", texts, later, "[]", "Tags that become labels."},
    {"require_auth_for_metrics_endpoint", boolean, active, "true", "Whether /metrics needs a key, once a master key is set."},
    {"prometheus_initialize_budget_metrics", boolean, later, "false", "Show budgets from the start on."},
    {"disable_end_user_cost_tracking", boolean, active, "false", "Do not book spend on customers."},
    {"disable_end_user_cost_tracking_prometheus_only", boolean, later, "false", "Keep customers out of metrics."},
    {"enable_end_user_cost_tracking_prometheus_only", boolean, later, "false", "Show customers in metrics."},

    {"responses", map, later, "", "Background answers of the Responses API."},
    {"guardrails", list, later, "", "LiteLLM's older form of guardrails.", "newer files have `guardrails` at the top"},
    {"output_parse_pii", boolean, later, "false", "Put masked names back into answers."},
    {"banned_keywords_list", any, later, "", "Words, or a file of words, that prompts may not hold."},
    {"blocked_user_list", any, later, "", "Users, or a file of users, that may not call."},
    {"llamaguard_model_name", text, later, "", ""},
    {"openai_moderations_model_name", text, later, "", ""},
    {"presidio_ad_hoc_recognizers", text, later, "", ""},
    {"global_prompt_directory", text, later, "", ""},
    {"mcp_aliases", map, later, "", ""},
};

constexpr KnownKey kGroupSettings[] = {
    {"forward_client_headers_to_llm_api", texts, later, "[]", "Groups whose upstreams get the client's `x-*` headers."},
};

constexpr KnownKey kCacheParams[] = {
    {"type", choice, later, "", "`local`, `redis`, `redis-semantic`, `qdrant-semantic`, `s3`, `gcs`, `azure-blob` or `disk`; `redis` without `cache_params`, else `local`."},
    {"host", text, later, "", "Redis."},
    {"port", integer, later, "6379", "Redis."},
    {"password", secret, later, "", "Redis."},
    {"username", text, later, "", "Redis."},
    {"db", integer, later, "0", "Redis: number of the database."},
    {"url", secret, later, "", "Redis; wins over host and port."},
    {"ssl", boolean, later, "false", "Redis over TLS."},
    {"ssl_cert_reqs", text, later, "", "`none`, `optional` or `required`."},
    {"ssl_ca_certs", text, later, "", "File of authorities."},
    {"socket_timeout", seconds, later, "0.1", "Time for one command."},
    {"connection_pool_timeout", seconds, later, "5", "How long a command waits for a connection."},
    {"max_connections", integer, later, "", "Connections at most."},
    {"client_name", text, later, "", "How Redis lists the gateway."},
    {"redis_startup_nodes", list, later, "", "Nodes of a cluster: `{host, port}`."},
    {"sentinel_nodes", list, later, "", "Sentinels: `[host, port]`."},
    {"sentinel_password", secret, later, "", ""},
    {"service_name", text, later, "", "The name that sentinels know."},
    {"gcp_service_account", text, later, "", "Google's Memorystore with IAM."},
    {"gcp_ssl_ca_certs", text, later, "", ""},
    {"ttl", seconds, later, "", "Life of an entry; 60 s in Redis and 600 s in memory where absent."},
    {"namespace", text, later, "", "Prefix of keys; widens the scope of entries to all teams."},
    {"shared", boolean, later, "false", "Ours: entries serve every team."},
    {"mode", choice, later, "default_on", "`default_on`, or `default_off`: only where a request asks."},
    {"supported_call_types", texts, later, "", "Which calls are cached; all kinds that can be where absent."},
    {"redis_flush_size", integer, later, "", "Entries a write."},
    {"similarity_threshold", number, later, "", "Semantic caches: likeness from 0 to 1 that counts as equal."},
    {"redis_semantic_cache_embedding_model", text, later, "text-embedding-ada-002", ""},
    {"redis_semantic_cache_index_name", text, later, "", ""},
    {"qdrant_semantic_cache_embedding_model", text, later, "text-embedding-ada-002", ""},
    {"qdrant_api_base", url, later, "", ""},
    {"qdrant_api_key", secret, later, "", ""},
    {"qdrant_collection_name", text, later, "", ""},
    {"qdrant_quantization_config", text, later, "", "`binary`, `scalar` or `product`."},
    {"s3_bucket_name", text, later, "", ""},
    {"s3_region_name", text, later, "", ""},
    {"s3_endpoint_url", url, later, "", ""},
    {"s3_api_version", text, later, "", ""},
    {"s3_use_ssl", boolean, later, "true", ""},
    {"s3_verify", any, later, "", ""},
    {"s3_aws_access_key_id", secret, later, "", ""},
    {"s3_aws_secret_access_key", secret, later, "", ""},
    {"s3_aws_session_token", secret, later, "", ""},
    {"s3_path", text, later, "", ""},
    {"gcs_bucket_name", text, later, "", ""},
    {"gcs_path_service_account", text, later, "", ""},
    {"gcs_path", text, later, "", ""},
    {"azure_account_url", url, later, "", ""},
    {"azure_blob_container", text, later, "", ""},
    {"disk_cache_dir", text, later, "", ""},
};

constexpr KnownKey kS3[] = {
    {"s3_bucket_name", text, later, "", ""},
    {"s3_region_name", text, later, "", ""},
    {"s3_endpoint_url", url, later, "", ""},
    {"s3_api_version", text, later, "", ""},
    {"s3_use_ssl", boolean, later, "true", ""},
    {"s3_verify", any, later, "", ""},
    {"s3_aws_access_key_id", secret, later, "", ""},
    {"s3_aws_secret_access_key", secret, later, "", ""},
    {"s3_aws_session_token", secret, later, "", ""},
    {"s3_aws_role_name", text, later, "", ""},
    {"s3_aws_session_name", text, later, "", ""},
    {"s3_path", text, later, "", "First part of each object's key."},
    {"s3_use_team_prefix", boolean, later, "false", "Put the team's alias into the object's key."},
    {"s3_use_key_prefix", boolean, later, "false", "Put the key's alias into the object's key."},
    {"s3_strip_base64_files", boolean, later, "false", "Leave embedded files out."},
    {"s3_use_virtual_hosted_style", boolean, later, "false", ""},
    {"s3_batch_size", integer, later, "", ""},
    {"s3_flush_interval", seconds, later, "", ""},
};

constexpr KnownKey kSqs[] = {
    {"sqs_queue_url", url, later, "", ""},
    {"sqs_region_name", text, later, "", ""},
    {"sqs_endpoint_url", url, later, "", ""},
    {"sqs_aws_access_key_id", secret, later, "", ""},
    {"sqs_aws_secret_access_key", secret, later, "", ""},
    {"sqs_aws_session_token", secret, later, "", ""},
    {"sqs_aws_role_name", text, later, "", ""},
    {"sqs_aws_session_name", text, later, "", ""},
    {"sqs_batch_size", integer, later, "", ""},
    {"sqs_flush_interval", seconds, later, "", ""},
};

constexpr KnownKey kBudget[] = {
    {"budget_limit", dollars, later, "", "In USD; null: no limit."},
    {"max_budget", dollars, active, "", "The same in other words."},
    {"time_period", period, later, "", "When it begins anew."},
    {"budget_duration", period, active, "", "The same in other words."},
    {"rpm_limit", integer, later, "", ""},
    {"tpm_limit", integer, later, "", ""},
};

constexpr KnownKey kMargin[] = {
    {"percentage", number, active, "", "Share added: 0.08 is 8 %."},
    {"fixed_amount", dollars, active, "", "Added to each request."},
};

constexpr KnownKey kPriority[] = {
    {"type", choice, later, "percent", "`percent`, `rpm` or `tpm`."},
    {"value", number, later, "", "Percent as a fraction."},
};

constexpr KnownKey kPrioritySettings[] = {
    {"default_priority", number, later, "0.25", "Share of keys without a priority."},
    {"saturation_threshold", number, later, "0.5", "Use of a model from which on shares bind."},
    {"saturation_check_cache_ttl", seconds, later, "60", "How often use is looked at."},
};

constexpr KnownKey kMetrics[] = {
    {"group", text, later, "", "A name for people."},
    {"metrics", texts, later, "", "Names of metrics."},
    {"include_labels", texts, later, "", "Their labels; all where absent."},
};

constexpr KnownKey kResponses[] = {
    {"background_mode", map, later, "", "Answers that are fetched later."},
};

constexpr KnownKey kBackground[] = {
    {"polling_via_cache", any, later, "", "`all`, or providers whose background answers the gateway keeps."},
    {"native_background_mode", texts, later, "[]", "Models whose provider keeps them itself."},
    {"ttl", seconds, later, "3600", "How long answers are kept."},
};

constexpr KeyTable kTables[] = {
    {"litellm_settings", kSettings},
    {"litellm_settings.model_group_settings", kGroupSettings},
    {"litellm_settings.cache_params", kCacheParams},
    {"litellm_settings.s3_callback_params", kS3},
    {"litellm_settings.aws_sqs_callback_params", kSqs},
    {"litellm_settings.tag_budget_config.*", kBudget},
    {"litellm_settings.cost_margin_config.*", kMargin},
    {"litellm_settings.priority_reservation.*", kPriority},
    {"litellm_settings.priority_reservation_settings", kPrioritySettings},
    {"litellm_settings.prometheus_metrics_config[]", kMetrics},
    {"litellm_settings.responses", kResponses},
    {"litellm_settings.responses.background_mode", kBackground},
};
// clang-format on

}  // namespace

std::span<const KeyTable> litellm_settings_tables() {
    return kTables;
}

}  // namespace tollweir
