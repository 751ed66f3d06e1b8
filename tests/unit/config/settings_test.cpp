#include "loading.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;
using Variables = std::map<std::string, std::string>;

Config config_of(const std::string& text, Variables variables = {},
                 const ConfigOverrides& overrides = {}) {
    return loaded(text, std::move(variables), overrides).config;
}

TEST(MasterKey, ComesFromItsSectionThenNeighboursThenTheEnvironment) {
    const Variables variables = {{"LITELLM_MASTER_KEY", "sk-env"}};
    const auto key = [&](const std::string& text) {
        return config_of(text, variables).master_key.reveal();
    };
    EXPECT_EQ(key("general_settings: {master_key: sk-1}\nmaster_key: sk-2"), "sk-1");
    EXPECT_EQ(key("master_key: sk-2"), "sk-2");
    for (const char* section : {"litellm_settings", "router_settings", "tollweir_settings"})
        EXPECT_EQ(key(std::string(section) + ": {master_key: sk-3}"), "sk-3") << section;
    EXPECT_EQ(key("model_list: []"), "sk-env");
    EXPECT_EQ(key("general_settings: {master_key: os.environ/ABSENT}"), "sk-env");
    EXPECT_TRUE(config_of("model_list: []").master_key.empty());
}

TEST(MasterKey, InAWrongPlaceIsAWarning) {
    EXPECT_EQ(warnings_of("router_settings: {master_key: sk-1}"),
              "config.yaml:1:31: router_settings.master_key: taken from here; it belongs in "
              "`general_settings`\n");
}

TEST(MasterKey, IsNeverInAMessage) {
    const auto text = errors_of("general_settings: {master_key: \"sk-hidden\\n.\"}");
    EXPECT_FALSE(text.empty());
    EXPECT_FALSE(text.contains("hidden")) << text;
}

TEST(GeneralSettings, AreRead) {
    const auto config = config_of(R"(
general_settings:
  completion_model: a
  embedding_model: a
  moderation_model: a
  litellm_key_header_name: X-My-Key
  max_request_size_mb: 1.5
  always_include_stream_usage: true
tollweir_settings: {server: {max_body_mb: 7}}
model_list: [{model_name: a, litellm_params: {model: openai/a, api_key: k}}]
)");
    EXPECT_EQ(config.default_model, "a");
    EXPECT_EQ(config.default_embedding_model, "a");
    EXPECT_EQ(config.default_moderation_model, "a");
    EXPECT_EQ(config.key_header, "x-my-key");
    EXPECT_EQ(config.server.max_body_bytes, 1572864U);
    EXPECT_TRUE(config.always_include_stream_usage);
}

TEST(DefaultModels, ThatLeadNowhereAreWarnings) {
    EXPECT_EQ(warnings_of("general_settings: {embedding_model: gone}"),
              "general_settings.embedding_model: no model group is called `gone`\n");
}

TEST(TimeOuts, OfTheRouterWinOverLiteLlmsOverTheEnvironment) {
    const Variables variables = {{"REQUEST_TIMEOUT", "3"}};
    EXPECT_EQ(config_of("model_list: []").request_timeout, milliseconds(6'000'000));
    EXPECT_EQ(config_of("model_list: []", variables).request_timeout, milliseconds(3'000));
    EXPECT_EQ(config_of("litellm_settings: {request_timeout: 4}", variables).request_timeout,
              milliseconds(4'000));
    const auto both = config_of(
        "litellm_settings: {request_timeout: 4}\nrouter_settings: {timeout: 2.5, stream_timeout: "
        "1}");
    EXPECT_EQ(both.request_timeout, milliseconds(2'500));
    EXPECT_EQ(both.stream_timeout, milliseconds(1'000));
}

TEST(Aliases, AreRead) {
    const auto config = config_of(R"(
router_settings:
  model_group_alias: {b: a, c: {model: a, hidden: true}}
litellm_settings:
  model_alias_map: {d: a}
model_list: [{model_name: a, litellm_params: {model: openai/a, api_key: k}}]
)");
    EXPECT_EQ(config.aliases.at("b").group, "a");
    EXPECT_FALSE(config.aliases.at("b").hidden);
    EXPECT_TRUE(config.aliases.at("c").hidden);
    EXPECT_EQ(config.model_aliases.at("d"), "a");
}

TEST(RoutingStrategy, OfOldSpellingIsExplained) {
    EXPECT_EQ(warnings_of("router_settings: {routing_strategy: simple}"),
              "config.yaml:1:37: router_settings.routing_strategy: `simple` is read as "
              "`simple-shuffle`, LiteLLM's spelling\n");
    EXPECT_EQ(warnings_of("router_settings: {routing_strategy: simple-shuffle}"), "");
}

TEST(UpstreamTls, FollowsFileOverVariables) {
    EXPECT_TRUE(config_of("model_list: []").upstream.verify_tls);
    EXPECT_FALSE(config_of("litellm_settings: {ssl_verify: false}").upstream.verify_tls);
    EXPECT_FALSE(config_of("model_list: []", {{"SSL_VERIFY", "False"}}).upstream.verify_tls);
    EXPECT_EQ(config_of("model_list: []", {{"SSL_CERT_FILE", "/ca"}}).upstream.ca_file, "/ca");
    const auto config = config_of("litellm_settings: {ssl_verify: /own}",
                                  {{"SSL_CERT_FILE", "/ca"}, {"SSL_VERIFY", "0"}});
    EXPECT_TRUE(config.upstream.verify_tls);
    EXPECT_EQ(config.upstream.ca_file, "/own");
    EXPECT_TRUE(warnings_of("litellm_settings: {ssl_verify: false}").contains("not verified"));
}

TEST(OurSettings, AreRead) {
    const auto config = config_of(R"(
tollweir_settings:
  data_dir: /data
  inject_stream_usage: false
  force_default_models: true
  watch_config: true
  allow_client_mocks: false
  require_auth: true
  generate_master_key: true
  stream_hold: 2m
  ping_interval: 500ms
  drain: {delay: 0, timeout: 1h}
  server: {max_header_bytes: 2048, max_header_count: 9, max_connections: 3, max_body_mb: 2,
           max_buffered_mb: 4, header_timeout: 1, body_timeout: 2, idle_timeout: 3, write_timeout: 4}
  upstream: {connect_timeout: 5, idle_timeout: 6, max_idle_per_origin: 0, max_response_mb: 1,
             max_event_mb: 0.5}
)");
    EXPECT_EQ(config.data_dir, "/data");
    EXPECT_FALSE(config.inject_stream_usage);
    EXPECT_TRUE(config.force_default_models);
    EXPECT_TRUE(config.watch_config);
    EXPECT_FALSE(config.allow_client_mocks);
    EXPECT_TRUE(config.require_auth);
    EXPECT_TRUE(config.generate_master_key);
    EXPECT_EQ(config.stream_hold, milliseconds(120'000));
    EXPECT_EQ(config.ping_interval, milliseconds(500));
    EXPECT_EQ(config.drain.delay, milliseconds(0));
    EXPECT_EQ(config.drain.timeout, milliseconds(3'600'000));
    EXPECT_EQ(config.server.max_header_bytes, 2048U);
    EXPECT_EQ(config.server.max_header_count, 9U);
    EXPECT_EQ(config.server.max_connections, 3U);
    EXPECT_EQ(config.server.max_body_bytes, 2U * 1024 * 1024);
    EXPECT_EQ(config.server.max_buffered_body_bytes, 4U * 1024 * 1024);
    EXPECT_EQ(config.server.header_timeout, milliseconds(1'000));
    EXPECT_EQ(config.server.body_timeout, milliseconds(2'000));
    EXPECT_EQ(config.server.idle_timeout, milliseconds(3'000));
    EXPECT_EQ(config.server.write_timeout, milliseconds(4'000));
    EXPECT_EQ(config.upstream.connect_timeout, milliseconds(5'000));
    EXPECT_EQ(config.upstream.idle_timeout, milliseconds(6'000));
    EXPECT_EQ(config.upstream.max_idle_per_origin, 0U);
    EXPECT_EQ(config.upstream.max_response_bytes, 1024U * 1024);
    EXPECT_EQ(config.upstream.max_event_bytes, 512U * 1024);
}

TEST(DataDir, ComesFromTheFileThenTheEnvironment) {
    const Variables variables = {{"TOLLWEIR_DATA_DIR", "/env"}};
    EXPECT_EQ(config_of("tollweir_settings: {data_dir: /file}", variables).data_dir, "/file");
    EXPECT_EQ(config_of("model_list: []", variables).data_dir, "/env");
    EXPECT_EQ(config_of("model_list: []").data_dir, "./data");
}

TEST(LogLevel, FollowsFlagOverVariableOverFile) {
    const auto level = [](const std::string& text, Variables variables = {},
                          ConfigOverrides flags = {}) {
        return config_of(text, std::move(variables), flags).log.level;
    };
    ConfigOverrides debug, detailed;
    debug.debug = true;
    detailed.detailed_debug = true;
    const std::string file = "general_settings: {logging: warning}";
    EXPECT_EQ(level("model_list: []"), LogLevel::info);
    EXPECT_EQ(level(file), LogLevel::warning);
    EXPECT_EQ(level("litellm_settings: {set_verbose: true}"), LogLevel::debug);
    EXPECT_EQ(level(file, {{"LITELLM_LOG", "ERROR"}}), LogLevel::error);
    EXPECT_EQ(level(file, {{"LITELLM_LOG", "ERROR"}}, debug), LogLevel::info);
    EXPECT_EQ(level(file, {{"LITELLM_LOG", "ERROR"}}, detailed), LogLevel::debug);
}

TEST(LogForm, IsJsonWhereAsked) {
    EXPECT_TRUE(config_of("litellm_settings: {json_logs: true}").log.json);
    EXPECT_TRUE(config_of("model_list: []", {{"JSON_LOGS", "True"}}).log.json);
    EXPECT_FALSE(config_of("litellm_settings: {json_logs: false}", {{"JSON_LOGS", "1"}}).log.json);
}

TEST(Overrides, ReplaceWhatTheFileSays) {
    ConfigOverrides flags;
    flags.require_auth = true;
    flags.watch_config = true;
    flags.keepalive_timeout = 1.5;
    flags.limit_concurrency = 7;
    flags.request_timeout = 9;
    const auto config = config_of("router_settings: {timeout: 1}", {}, flags);
    EXPECT_TRUE(config.require_auth);
    EXPECT_TRUE(config.watch_config);
    EXPECT_EQ(config.server.idle_timeout, milliseconds(1'500));
    EXPECT_EQ(config.server.max_connections, 7U);
    EXPECT_EQ(config.request_timeout, milliseconds(9'000));
}

TEST(Variables, ThatHoldSomethingElseAreLeftOut) {
    const Variables odd = {{"REQUEST_TIMEOUT", "soon"}, {"LITELLM_LOG", "loud"}};
    EXPECT_EQ(config_of("model_list: []", odd).request_timeout, milliseconds(6'000'000));
    EXPECT_EQ(warnings_of("model_list: []", odd),
              "LITELLM_LOG: expected debug, info, warning or error, found \"loud\" in this "
              "environment variable; left out\n"
              "REQUEST_TIMEOUT: expected a time from 0.001 s to 604800 s (seconds, or with a unit: "
              "500ms, 25s, 2m, 1h), found \"soon\" in this environment variable; left out\n");
}

TEST(Variables, OfSecretsAreNeverLeftOutForTheirForm) {
    EXPECT_EQ(errors_of("model_list: []", {{"LITELLM_MASTER_KEY", "sk-\x01"}}),
              "LITELLM_MASTER_KEY: holds a line end or control character\n");
}

TEST(Variables, OfBucketsAreRefusedUntilTheyAreRead) {
    EXPECT_TRUE(errors_of("model_list: []", {{"LITELLM_CONFIG_BUCKET_NAME", "b"}})
                    .contains("reading the configuration from a bucket is not built"));
}

TEST(DropParams, ComeFromAnyTextThatDoesNotSayFalse) {
    const std::string file =
        "model_list: [{model_name: a, litellm_params: {model: openai/a, api_key: k}}]";
    const auto drops = [&](const char* value) {
        return config_of(file, {{"LITELLM_DROP_PARAMS", value}}).deployments[0].drop_params;
    };
    EXPECT_TRUE(drops("please"));
    EXPECT_TRUE(drops("1"));
    EXPECT_FALSE(drops("False"));
    EXPECT_FALSE(drops(""));
    EXPECT_FALSE(
        config_of(file + "\nlitellm_settings: {drop_params: false}", {{"LITELLM_DROP_PARAMS", "1"}})
            .deployments[0]
            .drop_params);
}

TEST(LaterKeys, ThatSwitchOffWhatIsNotBuiltAreSilent) {
    EXPECT_EQ(warnings_of("general_settings: {disable_spend_logs: false}"), "");
}

TEST(UnknownKeys, OfNestedMappingsAreWarningsToo) {
    EXPECT_EQ(warnings_of("litellm_settings:\n  cache_params: {typ: redis}\n"
                          "router_settings:\n  retry_policy: {TimeoutErrorRetrys: 1}\n"),
              "config.yaml:2:3: litellm_settings.cache_params: not active yet (docs/status.md)\n"
              "config.yaml:2:18: litellm_settings.cache_params.typ: unknown key; did you mean "
              "`type`?\n"
              "config.yaml:4:18: router_settings.retry_policy.TimeoutErrorRetrys: unknown key; did "
              "you mean `TimeoutErrorRetries`?\n");
}

TEST(UnknownKeys, AreWarningsWithTheNearestName) {
    EXPECT_EQ(
        warnings_of("general_settings: {mastre_key: a}\nrouter_settings: {tiemout: 5}\n"
                    "modellist: []\ntollweir_settings: {drain: {delya: 1}}"),
        "config.yaml:1:20: general_settings.mastre_key: unknown key; did you mean "
        "`master_key`?\n"
        "config.yaml:2:19: router_settings.tiemout: unknown key; did you mean `timeout`?\n"
        "config.yaml:3:1: modellist: unknown key; did you mean `model_list`?\n"
        "config.yaml:4:29: tollweir_settings.drain.delya: unknown key; did you mean `delay`?\n");
}

TEST(UnknownKeys, AreToldWhereTheyBelong) {
    EXPECT_EQ(warnings_of("general_settings: {routing_strategy: x}"),
              "config.yaml:1:20: general_settings.routing_strategy: unknown key; it belongs in "
              "`router_settings`\n");
}

TEST(UnknownKeys, BeyondCountingEndWithOneLine) {
    std::string text = "general_settings:\n";
    for (int i = 0; i < 600; ++i) text += "  nobody_knows_" + std::to_string(i) + ": 1\n";
    const auto warnings = loaded(text).warnings;
    ASSERT_EQ(warnings.size(), 501U);
    EXPECT_EQ(warnings.back().text(), "more than 500 findings; the rest is left out");
}

TEST(LaterKeys, AreWarningsOnlyWhereTheySaySomething) {
    EXPECT_EQ(warnings_of("litellm_settings: {cache: true, num_retries: , callbacks: ~}"),
              "config.yaml:1:20: litellm_settings.cache: not active yet (docs/status.md)\n");
}

}  // namespace
}  // namespace tollweir
