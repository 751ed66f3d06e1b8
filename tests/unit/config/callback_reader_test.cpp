#include "loading.hpp"

namespace tollweir {
namespace {

using Texts = std::vector<std::string>;
using std::chrono::milliseconds;

TEST(Callbacks, AreRead) {
    const auto callbacks = loaded(R"(
litellm_settings:
  callbacks: [prometheus, mine]
  success_callback: [langfuse, prometheus]
  failure_callback: [sentry]
  service_callbacks: [datadog]
  turn_off_message_logging: true
  redact_user_api_key_info: true
  redact_messages_in_exceptions: true
  log_raw_request_response: true
  global_disable_no_log_param: true
  disable_streaming_logging: true
  store_audit_logs: true
  langfuse_default_tags: [cache_hit]
  langsmith_batch_size: 3
  s3_callback_params: {s3_bucket_name: b, s3_use_team_prefix: true, s3_flush_interval: 2}
  aws_sqs_callback_params: {sqs_queue_url: "https://sqs/q", sqs_region_name: r}
  generic_logger_headers: {Authorization: secret}
  datadog_params: {turn_off_message_logging: true}
callback_settings:
  mine:
    callback_type: generic_api
    endpoint: https://log.example/in
    headers: {X-Key: k}
    event_types: [llm_api_failure]
    log_format: ndjson
    batch_size: 10
    flush_interval: 1
    message_logging: false
    other: 1
)",
                                  {{"DEFAULT_BATCH_SIZE", "100"}})
                               .config.callbacks;
    EXPECT_EQ(callbacks.success, (Texts{"langfuse", "prometheus", "mine"}));
    EXPECT_EQ(callbacks.failure, (Texts{"sentry", "prometheus", "mine"}));
    EXPECT_EQ(callbacks.service, Texts{"datadog"});
    EXPECT_TRUE(callbacks.hides_messages);
    EXPECT_TRUE(callbacks.hides_users);
    EXPECT_TRUE(callbacks.hides_messages_in_errors);
    EXPECT_TRUE(callbacks.logs_raw);
    EXPECT_TRUE(callbacks.ignores_no_log);
    EXPECT_TRUE(callbacks.skips_streams);
    EXPECT_TRUE(callbacks.stores_audit_logs);
    EXPECT_EQ(callbacks.batch_size, 100);
    EXPECT_EQ(callbacks.langfuse.default_tags, Texts{"cache_hit"});
    EXPECT_EQ(callbacks.langsmith_batch_size, 3);
    EXPECT_EQ(callbacks.s3.target.bucket, "b");
    EXPECT_TRUE(callbacks.s3.team_prefix);
    EXPECT_EQ(callbacks.s3.flush_interval, milliseconds(2'000));
    EXPECT_EQ(callbacks.sqs.queue_url, "https://sqs/q");
    ASSERT_EQ(callbacks.generic_headers.size(), 1U);
    EXPECT_EQ(callbacks.generic_headers[0].second.reveal(), "secret");
    EXPECT_EQ(callbacks.datadog_json, R"({"turn_off_message_logging":true})");
    ASSERT_EQ(callbacks.settings.size(), 1U);
    const auto& mine = callbacks.settings[0];
    EXPECT_EQ(mine.name, "mine");
    EXPECT_EQ(mine.type, "generic_api");
    EXPECT_EQ(mine.endpoint, "https://log.example/in");
    EXPECT_EQ(mine.headers[0].second.reveal(), "k");
    EXPECT_FALSE(mine.on_success);
    EXPECT_TRUE(mine.on_failure);
    EXPECT_EQ(mine.format, CallbackSettings::LogFormat::ndjson);
    EXPECT_EQ(mine.batch_size, 10);
    EXPECT_EQ(mine.flush_interval, milliseconds(1'000));
    EXPECT_FALSE(mine.sends_messages);
    EXPECT_EQ(mine.others_json, R"({"other":1})");
}

TEST(Callbacks, ThatNobodyKnowsAreExplained) {
    EXPECT_TRUE(warnings_of("litellm_settings: {callbacks: [langfus]}")
                    .contains("no callback is called `langfus`; did you mean `langfuse`?"));
}

TEST(Callbacks, InPythonPointToTheGenericApi) {
    EXPECT_TRUE(errors_of("litellm_settings: {callbacks: [hooks.instance]}")
                    .contains("`hooks.instance` names Python code, which cannot run here; use "
                              "`generic_api`"));
}

TEST(Langfuse, OfTheFileWinsOverItsVariables) {
    const std::map<std::string, std::string> env = {{"LANGFUSE_PUBLIC_KEY", "pk-env"},
                                                    {"LANGFUSE_HOST", "https://env"}};
    const auto langfuse =
        loaded("general_settings: {langfuse_public_key: pk-file}", env).config.callbacks.langfuse;
    EXPECT_EQ(langfuse.public_key.reveal(), "pk-file");
    EXPECT_EQ(langfuse.host, "https://env");
}

TEST(Metrics, AreRead) {
    const auto metrics = loaded(R"(
litellm_settings:
  prometheus_metrics_config: [{group: g, metrics: [m], include_labels: [l]}]
  custom_prometheus_metadata_labels: [metadata.team]
  custom_prometheus_tags: [blue]
  prometheus_initialize_budget_metrics: true
  enable_end_user_cost_tracking_prometheus_only: true
)")
                             .config.metrics;
    EXPECT_EQ(metrics.groups, (std::vector<MetricsGroup>{{"g", {"m"}, {"l"}}}));
    EXPECT_EQ(metrics.metadata_labels, Texts{"metadata.team"});
    EXPECT_EQ(metrics.tag_labels, Texts{"blue"});
    EXPECT_TRUE(metrics.shows_budgets_at_start);
    EXPECT_TRUE(metrics.shows_end_users);
}

TEST(Alerting, IsRead) {
    const auto alerting = loaded(R"(
general_settings:
  alerting: [slack, webhook]
  alerting_threshold: 10
  alert_types: [budget_alerts]
  alert_to_webhook_url: {budget_alerts: "https://a", llm_too_slow: ["https://b", "https://c"]}
  alert_type_config: {budget_alerts: {digest: true, digest_interval: 60}}
  spend_report_frequency: 7d
  alerting_args: {daily_report_frequency: 5, budget_alert_ttl: 6, minor_outage_alert_threshold: 1,
                  log_to_console: true}
router_settings: {alerting_config: {webhook_url: "https://d", alerting_threshold: 5}}
)")
                              .config.alerting;
    EXPECT_EQ(alerting.channels, (std::vector{AlertChannel::slack, AlertChannel::webhook}));
    EXPECT_EQ(alerting.slow_after, milliseconds(10'000));
    EXPECT_EQ(alerting.types, Texts{"budget_alerts"});
    ASSERT_EQ(alerting.webhooks.size(), 2U);
    EXPECT_EQ(alerting.webhooks[0].second.size(), 1U);
    EXPECT_EQ(alerting.webhooks[1].second[1].reveal(), "https://c");
    EXPECT_EQ(alerting.digests,
              (std::vector<AlertDigest>{{"budget_alerts", true, milliseconds(60'000)}}));
    EXPECT_EQ(alerting.spend_report_frequency, parse_budget_duration("7d"));
    EXPECT_EQ(alerting.daily_report_frequency, milliseconds(5'000));
    EXPECT_EQ(alerting.budget_alert_ttl, milliseconds(6'000));
    EXPECT_EQ(alerting.minor_outage_threshold, 1);
    EXPECT_TRUE(alerting.logs_alerts);
    EXPECT_EQ(alerting.router_webhook.reveal(), "https://d");
}

}  // namespace
}  // namespace tollweir
