#include "config/known_keys/tables.hpp"

namespace tollweir {
namespace {

using enum KeyKind;
using enum KeyStatus;

constexpr std::string_view kNoPython =
    "it names Python code, which cannot run here; take the key out to start without it";

// Source: spec/config.md, sections 7.2, 7.3 and 7.5.
// clang-format off
constexpr KnownKey kSettings[] = {
    {"master_key", secret, active, "", "The administrator's key; begins with `sk-` by custom.", "", "LITELLM_MASTER_KEY"},
    {"litellm_key_header_name", text, active, "", "The header that carries keys, instead of all others; needs `Bearer `."},
    {"completion_model", text, active, "", "The model of requests that name none."},
    {"embedding_model", text, active, "", "The same for embeddings."},
    {"moderation_model", text, active, "", "The same for moderations."},
    {"image_generation_model", text, later, "", "The same for images."},
    {"max_request_size_mb", megabytes, active, "64", "Largest request body, in MiB."},
    {"max_response_size_mb", megabytes, later, "", "Largest answer, in MiB."},
    {"always_include_stream_usage", boolean, active, "false", "Treat every stream as if its client had asked for usage."},
    {"infer_model_from_keys", boolean, later, "false", "List models of providers whose variables hold a key."},

    {"database_url", secret, active, "", "PostgreSQL, or `sqlite:///path`; SQLite in `data_dir` where absent.", "", "DATABASE_URL"},
    {"database_connection_pool_limit", integer, active, "10", "Connections of this process."},
    {"database_connection_timeout", seconds, active, "60", "How long a query waits for one of them."},
    {"database_connection_pool_timeout", seconds, active, "", "The same in other words."},
    {"database_connect_timeout", seconds, active, "", "Time to connect."},
    {"database_socket_timeout", seconds, active, "", "Time without an answer after which a connection is given up."},
    {"database_statement_timeout", seconds, active, "", "Longest statement."},
    {"database_lock_timeout", seconds, active, "", "Longest wait for a lock."},
    {"database_idle_in_transaction_session_timeout", seconds, active, "", "Longest pause in a transaction."},
    {"database_max_idle_connection_lifetime", seconds, active, "", "Idle connections older than it are closed."},
    {"database_disable_prepared_statements", boolean, active, "false", "For poolers that cannot keep them."},
    {"database_extra_connection_params", map, active, "", "Further parameters of the connection."},
    {"disable_prisma_schema_update", boolean, active, "false", "Do not migrate at the start."},
    {"allow_requests_on_db_unavailable", boolean, active, "false", "Known keys stay good without bound while the database is away."},
    {"store_model_in_db", boolean, active, "false", "Models, credentials and settings of the database too, and the routes that change them.", "", "STORE_MODEL_IN_DB"},
    {"supported_db_objects", texts, active, "", "What of the database is read: `models`, `mcp`, `guardrails`, `vector_stores`, `pass_through_endpoints`, `prompts`, `model_cost_map`; all where absent."},
    {"proxy_batch_write_at", seconds, active, "1", "How long spend waits in the journal for the next batch into the database.", "", "PROXY_BATCH_WRITE_AT"},
    {"proxy_budget_rescheduler_min_time", seconds, later, "597", "Budgets are looked at for a reset no sooner than this,"},
    {"proxy_budget_rescheduler_max_time", seconds, later, "605", "and no later."},
    {"proxy_batch_polling_interval", seconds, later, "3600", "How often batches are looked at for their cost."},
    {"use_redis_transaction_buffer", boolean, later, "false", "Gather spend in Redis before it is written."},

    {"max_parallel_requests", integer, active, "", "Requests under way a key, where the key says nothing itself."},
    {"global_max_parallel_requests", integer, active, "", "Requests under way of the whole gateway."},
    {"token_rate_limit_type", choice, later, "total", "`total`, `input` or `output`: what limits on tokens count."},
    {"rpm_limit", integer, active, "", "Requests a minute of the whole gateway.", "LiteLLM has no key for it"},
    {"tpm_limit", integer, active, "", "Tokens a minute of the whole gateway.", "LiteLLM has no key for it"},
    {"disable_retry_on_max_parallel_request_limit_error", boolean, later, "false", "Do not retry a request that met its parallel limit."},

    {"background_health_checks", boolean, active, "false", "Probe deployments all the time."},
    {"health_check_interval", seconds, active, "300", "Time between two rounds of probes.", "", "DEFAULT_HEALTH_CHECK_INTERVAL"},
    {"health_check_details", boolean, active, "true", "Show parameters of deployments in GET /health."},
    {"use_shared_health_check", boolean, later, "false", "Share results of probes through Redis."},
    {"health_check_concurrency", integer, active, "10", "Probes at once."},
    {"enable_health_check_routing", boolean, active, "false", "Leave out deployments whose last probe failed."},
    {"health_check_staleness_threshold", seconds, active, "", "Age from which on probes do not count; twice the interval where absent."},
    {"health_check_ignore_transient_errors", boolean, active, "false", "Probes that fail with 429 or 408 do not count."},

    {"alerting", texts, later, "[]", "`slack`, `email`, `webhook`, `pagerduty`."},
    {"alerting_threshold", seconds, later, "300", "Time after which a call counts as slow.", "", "DEFAULT_SLACK_ALERTING_THRESHOLD"},
    {"alert_types", texts, later, "", "Which alerts; the usual ones where absent."},
    {"alert_to_webhook_url", map, later, "", "Type of alert: address, or addresses."},
    {"alerting_args", map, later, "", "Fine points of alerts."},
    {"alert_type_config", map, later, "", "Digests by type of alert."},
    {"spend_report_frequency", period, later, "", "How often spend is reported."},

    {"disable_spend_logs", boolean, active, "false", "Write no row a request."},
    {"disable_spend_updates", boolean, active, "false", "Book no spend on keys, users and teams."},
    {"disable_error_logs", boolean, active, "false", "Write no rows of failed requests."},
    {"disable_reset_budget", boolean, later, "false", "Never begin a budget anew."},
    {"skip_user_budget_on_team_key", boolean, active, "false", "A user's budget binds only keys without a team."},
    {"store_prompts_in_spend_logs", boolean, active, "false", "Keep prompts and answers in the rows.", "", "STORE_PROMPTS_IN_SPEND_LOGS"},
    {"maximum_spend_logs_retention_period", period, active, "", "Age from which on rows are deleted; kept for good where absent."},
    {"maximum_spend_logs_retention_interval", period, active, "1d", "How often that is done."},
    {"maximum_spend_logs_cleanup_cron", text, active, "", "Or when, as a cron line in UTC: `0 4 * * *`."},
    {"track_cost_callback", boolean, no_effect, "", "", "cost is tracked in any case"},

    {"user_api_key_cache_ttl", seconds, active, "60", "How long a key's facts are good without a look-up."},
    {"budget_exceeded_status", integer, active, "429", "Ours: status of an answer over budget, 429 or 400."},
    {"disable_adding_master_key_hash_to_db", boolean, later, "false", "Book the master key's spend under an alias."},
    {"disable_master_key_return", boolean, later, "false", "Do not give the master key to the admin page."},
    {"disable_responses_id_security", boolean, later, "false", "Do not tie ids of responses to their owner."},
    {"enable_jwt_auth", boolean, later, "false", "Accept JWTs as keys."},
    {"litellm_jwtauth", map, later, "", "How claims are read."},
    {"enable_oauth2_auth", boolean, later, "false", "Accept OAuth2 tokens as keys."},
    {"enable_oauth2_proxy_auth", boolean, later, "false", "Trust headers of an OAuth2 proxy."},
    {"oauth2_config_mappings", map, later, "", "Which headers those are: field: header."},
    {"role_permissions", list, later, "", "Models and routes by role."},
    {"enforce_rbac", boolean, later, "false", "Refuse whoever has no role."},
    {"allow_user_auth", boolean, later, "false", ""},
    {"custom_auth", text, refused, "", "Authentication in Python.", kNoPython},
    {"custom_key_generate", text, refused, "", "Key rules in Python.", kNoPython},
    {"custom_sso", text, refused, "", "Sign-on in Python.", kNoPython},
    {"custom_ui_sso_sign_in_handler", text, refused, "", "Sign-on in Python.", kNoPython},
    {"custom_auth_run_common_checks", boolean, no_effect, "", "", "there is no custom_auth"},

    {"allowed_routes", texts, active, "", "The only routes that are served; a trailing `*` stands for any rest."},
    {"admin_only_routes", texts, active, "", "Routes that need the master key."},
    {"public_routes", texts, active, "", "Routes that need no key."},
    {"allowed_ips", texts, active, "", "Addresses and ranges that may call; everybody where absent."},
    {"use_x_forwarded_for", boolean, active, "false", "Take the client's address from `X-Forwarded-For`."},
    {"enforced_params", texts, active, "[]", "Body fields that each call must carry."},
    {"enforce_user_param", boolean, active, "false", "Refuse calls without `user`."},
    {"reject_clientside_metadata_tags", boolean, active, "false", "Refuse calls that bring tags."},
    {"service_account_settings", map, active, "", "Rules for keys of service accounts."},
    {"default_team_disabled", boolean, later, "false", "Refuse keys without a team."},
    {"user_header_name", text, active, "", "Header that names the customer; deprecated in LiteLLM."},
    {"user_header_mappings", list, active, "", "Headers that name users and customers."},

    {"allow_client_side_credentials", boolean, later, "false", "Let bodies name `api_base`."},
    {"forward_client_headers_to_llm_api", boolean, later, "false", "Send the client's `x-*` and `anthropic-beta` headers on."},
    {"forward_openai_org_id", boolean, later, "false", "Send the client's `OpenAI-Organization` on."},
    {"forward_llm_provider_auth_headers", boolean, later, "false", "Send the client's own provider keys on."},
    {"pass_through_endpoints", list, later, "", "Paths that are forwarded as they are."},
    {"use_client_credentials_pass_through_routes", boolean, later, "false", "Provider pass-through with the client's own credentials."},

    {"key_management_system", choice, later, "", "Where references are looked up: `aws_secret_manager`, `aws_kms`, `azure_key_vault`, `google_secret_manager`, `google_kms`, `hashicorp_vault`, `cyberark` or `local`."},
    {"key_management_settings", map, later, "", "Which names, and whether keys are written there."},
    {"ui_access_mode", text, later, "all", "Who may open the admin page."},
    {"enable_public_model_hub", boolean, later, "false", ""},
    {"user_mcp_management_mode", text, later, "", ""},
    {"control_plane_url", url, later, "", ""},
    {"user_config", text, active, "", "A file with `users` and `teams`.", "LiteLLM has no key for it"},
    {"litellm_license", text, no_effect, "", "", "every feature is open here"},
    {"database_type", any, no_effect, "", "", "LiteLLM has deprecated it"},
    {"database_args", any, no_effect, "", "", "LiteLLM has deprecated it"},
    {"otel", any, no_effect, "", "", "LiteLLM has deprecated it"},
    {"use_google_kms", any, no_effect, "", "", "LiteLLM has deprecated it"},
    {"use_azure_key_vault", any, no_effect, "", "", "LiteLLM has deprecated it"},

    {"logging", choice, active, "", "`debug`, `info`, `warning` or `error`: the level of logs.", "in LiteLLM it is the environment variable LITELLM_LOG"},
    {"redis_host", text, later, "", "", "in LiteLLM it is in `litellm_settings.cache_params`"},
    {"redis_port", integer, later, "", "", "in LiteLLM it is in `litellm_settings.cache_params`"},
    {"redis_db", integer, later, "", "", "in LiteLLM it is in `litellm_settings.cache_params`"},
    {"redis_password", secret, later, "", "", "in LiteLLM it is in `litellm_settings.cache_params`"},
    {"redis_url", secret, later, "", "", "in LiteLLM it is in `litellm_settings.cache_params`"},
    {"cache_responses", boolean, later, "", "", "in LiteLLM it is `litellm_settings.cache`"},
    {"cache_ttl", seconds, later, "", "", "in LiteLLM it is `litellm_settings.cache_params.ttl`"},
    {"langfuse_public_key", secret, later, "", "", "in LiteLLM it is an environment variable"},
    {"langfuse_secret_key", secret, later, "", "", "in LiteLLM it is an environment variable"},
    {"langfuse_host", url, later, "", "", "in LiteLLM it is an environment variable"},
};

constexpr KnownKey kUserHeader[] = {
    {"header_name", text, later, "", ""},
    {"litellm_user_role", choice, later, "customer", "`internal_user` or `customer`: whom it names."},
};

constexpr KnownKey kServiceAccounts[] = {
    {"enforced_params", texts, active, "[]", "Body fields that each of their calls must carry."},
};

constexpr KnownKey kAlertingArgs[] = {
    {"daily_report_frequency", seconds, later, "43200", ""},
    {"report_check_interval", seconds, later, "300", ""},
    {"budget_alert_ttl", seconds, later, "86400", "How long one budget alert silences the next."},
    {"outage_alert_ttl", seconds, later, "60", "Window in which errors of one deployment add up."},
    {"region_outage_alert_ttl", seconds, later, "60", "The same of a region."},
    {"minor_outage_alert_threshold", integer, later, "5", "Errors that make a minor outage."},
    {"major_outage_alert_threshold", integer, later, "10", "Errors that make a major one."},
    {"max_outage_alert_list_size", integer, later, "10", ""},
    {"log_to_console", boolean, later, "false", "Write alerts to the log too."},
};

constexpr KnownKey kAlertType[] = {
    {"digest", boolean, later, "false", "Gather alerts of this type."},
    {"digest_interval", seconds, later, "86400", "For how long."},
};

constexpr KnownKey kKeyManagement[] = {
    {"hosted_keys", texts, later, "", "Names that are looked up there; all where absent."},
    {"store_virtual_keys", boolean, later, "false", "Write virtual keys there."},
    {"prefix_for_stored_virtual_keys", text, later, "litellm/", ""},
    {"access_mode", choice, later, "read_only", "`read_only`, `write_only` or `read_and_write`."},
    {"primary_secret_name", text, later, "", "One secret that holds all names as JSON."},
    {"description", text, later, "", "Of secrets that are written."},
    {"tags", map, later, "", "Of secrets that are written."},
};

constexpr KnownKey kPassThrough[] = {
    {"id", text, later, "", "Random where absent."},
    {"path", text, later, "", "The path clients ask for; required."},
    {"target", url, later, "", "Where it leads; required."},
    {"headers", map, later, "", "Headers sent there."},
    {"forward_headers", boolean, later, "false", "Send the client's headers too."},
    {"merge_query_params", boolean, later, "false", "Send the client's query too."},
    {"default_query_params", map, later, "", "Query where the client says nothing."},
    {"include_subpath", boolean, later, "false", "Also every path below."},
    {"methods", texts, later, "", "GET, POST, PUT, DELETE and PATCH where absent."},
    {"cost_per_request", dollars, later, "0", "In USD."},
    {"auth", boolean, later, "true", "Whether a key is needed; `false` must be written out."},
    {"guardrails", any, later, "", "Guardrails of this path."},
};

constexpr KnownKey kJwt[] = {
    {"admin_jwt_scope", text, later, "litellm_proxy_admin", "Scope of administrators."},
    {"admin_allowed_routes", texts, later, "", ""},
    {"team_id_jwt_field", text, later, "", "Claim with the team's id."},
    {"team_id_upsert", boolean, later, "false", ""},
    {"team_ids_jwt_field", text, later, "", "Claim with several."},
    {"team_id_default", text, later, "", ""},
    {"team_alias_jwt_field", text, later, "", ""},
    {"team_allowed_routes", texts, later, "", ""},
    {"org_id_jwt_field", text, later, "", ""},
    {"user_id_jwt_field", text, later, "", "Claim with the user's id."},
    {"user_email_jwt_field", text, later, "", ""},
    {"user_allowed_email_domain", text, later, "", ""},
    {"user_roles_jwt_field", text, later, "", ""},
    {"user_allowed_roles", texts, later, "", ""},
    {"user_id_upsert", boolean, later, "false", "Make users that are unknown."},
    {"end_user_id_jwt_field", text, later, "", ""},
    {"public_key_ttl", seconds, later, "600", "How long the issuer's keys are kept."},
    {"public_allowed_routes", texts, later, "", ""},
    {"enforce_rbac", boolean, later, "false", ""},
    {"roles_jwt_field", text, later, "", ""},
    {"role_permissions", list, later, "", ""},
    {"role_mappings", list, later, "", "Role of the token: role here."},
    {"object_id_jwt_field", text, later, "", ""},
    {"scope_mappings", list, later, "", "Scope: models and routes."},
    {"enforce_scope_based_access", boolean, later, "false", ""},
    {"enforce_team_based_model_access", boolean, later, "false", ""},
    {"sync_user_role_and_teams", boolean, later, "false", ""},
    {"custom_validate", text, refused, "", "", kNoPython},
};

constexpr KnownKey kRolePermission[] = {
    {"role", text, later, "", ""},
    {"models", texts, later, "", ""},
    {"routes", texts, later, "", ""},
};

constexpr KeyTable kTables[] = {
    {"general_settings", kSettings},
    {"general_settings.user_header_mappings[]", kUserHeader},
    {"general_settings.service_account_settings", kServiceAccounts},
    {"general_settings.alerting_args", kAlertingArgs},
    {"general_settings.alert_type_config.*", kAlertType},
    {"general_settings.key_management_settings", kKeyManagement},
    {"general_settings.pass_through_endpoints[]", kPassThrough},
    {"general_settings.litellm_jwtauth", kJwt},
    {"general_settings.role_permissions[]", kRolePermission},
};
// clang-format on

}  // namespace

std::span<const KeyTable> general_settings_tables() {
    return kTables;
}

}  // namespace tollweir
