#include <algorithm>
#include <array>

#include "config/scalar.hpp"
#include "config/setting_readers.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

constexpr std::array<std::string_view, 3> kFormats = {"json_array", "ndjson", "single"};

// Source: spec/data-plane.md, 12.2 and 7.5; the guards are LiteLLM's older names for them.
constexpr std::array<std::string_view, 58> kNames = {"prometheus",
                                                     "prometheus_system",
                                                     "langfuse",
                                                     "langfuse_otel",
                                                     "otel",
                                                     "datadog",
                                                     "datadog_llm_observability",
                                                     "s3_v2",
                                                     "s3",
                                                     "gcs_bucket",
                                                     "gcs_pubsub",
                                                     "azure_storage",
                                                     "aws_sqs",
                                                     "dynamodb",
                                                     "sentry",
                                                     "generic_api",
                                                     "generic",
                                                     "langsmith",
                                                     "arize",
                                                     "arize_phoenix",
                                                     "braintrust",
                                                     "helicone",
                                                     "lago",
                                                     "openmeter",
                                                     "logfire",
                                                     "literalai",
                                                     "langtrace",
                                                     "opik",
                                                     "argilla",
                                                     "mlflow",
                                                     "weave_otel",
                                                     "pagerduty",
                                                     "humanloop",
                                                     "azure_sentinel",
                                                     "agentops",
                                                     "galileo",
                                                     "deepeval",
                                                     "cloudzero",
                                                     "focus",
                                                     "posthog",
                                                     "levo",
                                                     "email",
                                                     "smtp_email",
                                                     "resend_email",
                                                     "slack",
                                                     "webhook",
                                                     "wandb",
                                                     "dynamic_rate_limiter",
                                                     "dynamic_rate_limiter_v3",
                                                     "presidio",
                                                     "hide_secrets",
                                                     "llamaguard_moderations",
                                                     "openai_moderations",
                                                     "google_text_moderation",
                                                     "lakera_prompt_injection",
                                                     "detect_prompt_injection",
                                                     "blocked_user_check",
                                                     "banned_keywords"};

/// A name with a dot is an object in Python.
std::vector<std::string> read_names(const Section& litellm, std::string_view key,
                                    const std::vector<CallbackSettings>& own) {
    std::vector<std::string> names;
    for (auto& name : litellm.texts_or_one(key)) {
        const bool is_own = std::ranges::find(own, name, &CallbackSettings::name) != own.end();
        if (!is_own && name.contains('.')) {
            litellm.error(key, "`" + name.substr(0, 80) +
                                   "` names Python code, which cannot run here; use `generic_api` "
                                   "to post each call to a service of your own");
            continue;
        }
        if (!is_own && std::ranges::find(kNames, name) == kNames.end()) {
            const std::vector<std::string_view> known(kNames.begin(), kNames.end());
            litellm.warn(key, "no callback is called `" + name.substr(0, 60) + "`" +
                                  did_you_mean(name, known));
        }
        names.push_back(std::move(name));
    }
    return names;
}

void add_new(std::vector<std::string>& names, const std::vector<std::string>& more) {
    for (const auto& name : more)
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

void read_events(const Section& fields, CallbackSettings& settings) {
    if (fields.list("event_types") == nullptr) return;
    settings.on_success = settings.on_failure = false;
    for (const auto& event : fields.texts("event_types")) {
        if (event == "llm_api_success") {
            settings.on_success = true;
        } else if (event == "llm_api_failure") {
            settings.on_failure = true;
        } else {
            fields.error("event_types", "events are llm_api_success and llm_api_failure, found `" +
                                            event.substr(0, 60) + "`");
        }
    }
}

CallbackSettings read_callback(const Section& fields, const std::string& name) {
    static constexpr std::array<std::string_view, 8> kOwn = {
        "callback_type", "message_logging", "endpoint",   "headers",
        "event_types",   "log_format",      "batch_size", "flush_interval"};
    CallbackSettings settings;
    settings.name = name;
    settings.type = fields.text("callback_type").value_or("");
    set_from(fields.boolean("message_logging"), settings.sends_messages);
    settings.endpoint = fields.url("endpoint").value_or("");
    settings.headers = fields.headers("headers");
    read_events(fields, settings);
    set_from(fields.choice<CallbackSettings::LogFormat>("log_format", kFormats), settings.format);
    settings.batch_size = fields.integer("batch_size", 1, 1'000'000);
    settings.flush_interval = fields.duration("flush_interval", milliseconds(1));
    if (settings.type == "generic_api" && settings.endpoint.empty() &&
        fields.find("endpoint") == nullptr)
        fields.error("endpoint", "is missing: where events are posted");
    Node others = map_node();
    for (const auto& entry : fields.entries())
        if (std::ranges::find(kOwn, entry.key) == kOwn.end()) others.members.push_back(entry);
    settings.others_json = to_json(others);
    return settings;
}

std::vector<CallbackSettings> read_settings(const LoadContext& context) {
    const Section map = section_of(context, "callback_settings");
    std::vector<CallbackSettings> found;
    for (const auto& entry : map.entries()) {
        const Section fields = map.entry(entry.key);
        if (fields.present()) found.push_back(read_callback(fields, entry.key));
    }
    return found;
}

void read_redaction(const Section& litellm, CallbackConfig& callbacks) {
    set_from(litellm.boolean("turn_off_message_logging"), callbacks.hides_messages);
    set_from(litellm.boolean("redact_user_api_key_info"), callbacks.hides_users);
    set_from(litellm.boolean("redact_messages_in_exceptions"), callbacks.hides_messages_in_errors);
    set_from(litellm.boolean("log_raw_request_response"), callbacks.logs_raw);
    set_from(litellm.boolean("global_disable_no_log_param"), callbacks.ignores_no_log);
    set_from(litellm.boolean("disable_streaming_logging"), callbacks.skips_streams);
    set_from(litellm.boolean("store_audit_logs"), callbacks.stores_audit_logs);
}

void read_batching(const Section& variables, CallbackConfig& callbacks) {
    set_from(variables.integer("DEFAULT_BATCH_SIZE", 1, 1'000'000), callbacks.batch_size);
    set_from(variables.duration("DEFAULT_FLUSH_INTERVAL_SECONDS", milliseconds(1)),
             callbacks.flush_interval);
    set_from(variables.integer("LOGGING_WORKER_MAX_QUEUE_SIZE", 1, kMostCount),
             callbacks.max_queue);
    set_from(variables.limit("MAX_BASE64_LENGTH_FOR_LOGGING"), callbacks.max_base64_length);
    set_from(variables.limit("MAX_STRING_LENGTH_PROMPT_IN_DB"), callbacks.max_prompt_length);
}

/// The file's (decision 22), else LANGFUSE_*.
LangfuseConfig read_langfuse(const LoadContext& context, const Section& litellm) {
    const Section general = section_of(context, "general_settings");
    const auto variable = [&](const char* name) {
        return std::string(trimmed(context.environment(name).value_or("")));
    };
    LangfuseConfig langfuse;
    langfuse.public_key = general.secret("langfuse_public_key");
    langfuse.secret_key = general.secret("langfuse_secret_key");
    langfuse.host = general.url("langfuse_host").value_or("");
    if (langfuse.public_key.empty()) langfuse.public_key = Secret(variable("LANGFUSE_PUBLIC_KEY"));
    if (langfuse.secret_key.empty()) langfuse.secret_key = Secret(variable("LANGFUSE_SECRET_KEY"));
    if (langfuse.host.empty()) langfuse.host = variable("LANGFUSE_HOST");
    langfuse.default_tags = litellm.texts("langfuse_default_tags");
    return langfuse;
}

S3LogConfig read_s3_log(const Section& params) {
    S3LogConfig s3;
    s3.target = read_s3(params);
    set_from(params.boolean("s3_use_team_prefix"), s3.team_prefix);
    set_from(params.boolean("s3_use_key_prefix"), s3.key_prefix);
    set_from(params.boolean("s3_strip_base64_files"), s3.strips_files);
    set_from(params.boolean("s3_use_virtual_hosted_style"), s3.virtual_hosted_style);
    s3.batch_size = params.integer("s3_batch_size", 1, 1'000'000);
    s3.flush_interval = params.duration("s3_flush_interval", milliseconds(1));
    return s3;
}

SqsLogConfig read_sqs(const Section& params) {
    SqsLogConfig sqs;
    sqs.queue_url = params.url("sqs_queue_url").value_or("");
    sqs.region = params.text("sqs_region_name").value_or("");
    sqs.endpoint = params.url("sqs_endpoint_url").value_or("");
    sqs.access_key_id = params.secret("sqs_aws_access_key_id");
    sqs.secret_access_key = params.secret("sqs_aws_secret_access_key");
    sqs.session_token = params.secret("sqs_aws_session_token");
    sqs.role_name = params.text("sqs_aws_role_name").value_or("");
    sqs.session_name = params.text("sqs_aws_session_name").value_or("");
    sqs.batch_size = params.integer("sqs_batch_size", 1, 1'000'000);
    sqs.flush_interval = params.duration("sqs_flush_interval", milliseconds(1));
    return sqs;
}

std::string json_of_map(const Section& section, std::string_view key) {
    const Node* map = section.map(key);
    return map == nullptr ? "{}" : to_json(*map);
}

}  // namespace

CallbackConfig read_callbacks(const LoadContext& context) {
    const Section litellm = section_of(context, "litellm_settings");
    CallbackConfig callbacks;
    callbacks.settings = read_settings(context);
    const auto both = read_names(litellm, "callbacks", callbacks.settings);
    callbacks.success = read_names(litellm, "success_callback", callbacks.settings);
    callbacks.failure = read_names(litellm, "failure_callback", callbacks.settings);
    add_new(callbacks.success, both);
    add_new(callbacks.failure, both);
    callbacks.service = read_names(litellm, "service_callback", callbacks.settings);
    add_new(callbacks.service, read_names(litellm, "service_callbacks", callbacks.settings));
    read_redaction(litellm, callbacks);
    read_batching(variables_of(context), callbacks);
    callbacks.langsmith_batch_size = litellm.integer("langsmith_batch_size", 1, 1'000'000);
    callbacks.langfuse = read_langfuse(context, litellm);
    callbacks.s3 = read_s3_log(litellm.section("s3_callback_params"));
    callbacks.sqs = read_sqs(litellm.section("aws_sqs_callback_params"));
    callbacks.generic_headers = litellm.headers("generic_logger_headers");
    callbacks.datadog_json = json_of_map(litellm, "datadog_params");
    callbacks.datadog_llm_json = json_of_map(litellm, "datadog_llm_observability_params");
    callbacks.gcs_json = json_of_map(litellm, "gcs_callback_params");
    return callbacks;
}

MetricsConfig read_metrics(const LoadContext& context) {
    const Section litellm = section_of(context, "litellm_settings");
    MetricsConfig metrics;
    for (const Section& item : litellm.items("prometheus_metrics_config")) {
        MetricsGroup group;
        group.name = item.text("group").value_or("");
        group.metrics = item.texts("metrics");
        group.labels = item.texts("include_labels");
        if (group.metrics.empty() && item.find("metrics") == nullptr)
            item.error("metrics", "is missing: names of metrics");
        metrics.groups.push_back(std::move(group));
    }
    metrics.metadata_labels = litellm.texts("custom_prometheus_metadata_labels");
    metrics.tag_labels = litellm.texts("custom_prometheus_tags");
    set_from(litellm.boolean("prometheus_initialize_budget_metrics"),
             metrics.shows_budgets_at_start);
    set_from(litellm.boolean("enable_end_user_cost_tracking_prometheus_only"),
             metrics.shows_end_users);
    if (litellm.boolean("disable_end_user_cost_tracking_prometheus_only").value_or(false))
        metrics.shows_end_users = false;
    const auto refresh = variables_of(context).integer(
        "PROMETHEUS_BUDGET_METRICS_REFRESH_INTERVAL_MINUTES", 1, 10'000);
    if (refresh) metrics.budget_refresh = std::chrono::minutes(*refresh);
    return metrics;
}

}  // namespace tollweir
