#include <filesystem>
#include <fstream>

#include "loading.hpp"

namespace tollweir {
namespace {

using Texts = std::vector<std::string>;
using std::chrono::milliseconds;

TEST(Guardrails, AreRead) {
    const auto config = loaded(R"(
guardrails:
  - guardrail_name: words
    litellm_params:
      guardrail: generic_guardrail_api
      mode: [pre_call, post_call]
      default_on: true
      api_key: k
      api_base: https://guard.example
      headers: {X-Team: blue}
      extra_headers: [X-Request]
      unreachable_fallback: fail_open
      timeout: 2
    guardrail_info: {params: [{name: a}]}
  - guardrail_name: tagged
    litellm_params: {guardrail: presidio, mode: {tags: {blue: during_call}, default: logging_only}}
litellm_settings:
  guardrails: [{old: {callbacks: [lakera_prompt_injection], default_on: true}}]
  output_parse_pii: true
  banned_keywords_list: [a, b]
  blocked_user_list: users.txt
)")
                            .config.guardrails;
    ASSERT_EQ(config.guardrails.size(), 2U);
    const auto& words = config.guardrails[0];
    EXPECT_EQ(words.name, "words");
    EXPECT_EQ(words.kind, "generic_guardrail_api");
    EXPECT_EQ(words.modes, (std::vector{GuardrailMode::pre_call, GuardrailMode::post_call}));
    EXPECT_TRUE(words.is_default);
    EXPECT_EQ(words.api_key.reveal(), "k");
    EXPECT_EQ(words.api_base, "https://guard.example");
    EXPECT_EQ(words.headers[0].second.reveal(), "blue");
    EXPECT_EQ(words.forwarded_headers, Texts{"x-request"});
    EXPECT_TRUE(words.fails_open);
    EXPECT_EQ(words.timeout, milliseconds(2'000));
    EXPECT_EQ(words.info_json, R"({"params":[{"name":"a"}]})");
    const auto& tagged = config.guardrails[1];
    EXPECT_EQ(tagged.modes, std::vector{GuardrailMode::logging_only});
    ASSERT_EQ(tagged.modes_by_tag.size(), 1U);
    EXPECT_EQ(tagged.modes_by_tag[0].first, "blue");
    EXPECT_EQ(tagged.modes_by_tag[0].second, std::vector{GuardrailMode::during_call});
    EXPECT_EQ(config.groups,
              (std::vector<GuardrailGroup>{{"old", {"lakera_prompt_injection"}, true}}));
    EXPECT_TRUE(config.restores_masked_names);
    EXPECT_EQ(config.banned_keywords, (Texts{"a", "b"}));
    EXPECT_EQ(config.blocked_users, Texts{"users.txt"});
}

TEST(PassThrough, IsRead) {
    const auto config = loaded(R"(
general_settings:
  pass_through_endpoints:
    - path: /v1/rerank-it
      target: https://api.example/v1/rerank?a=b
      headers: {Authorization: os.environ/KEY}
      forward_headers: true
      merge_query_params: true
      default_query_params: {version: 2}
      include_subpath: true
      methods: [post]
      cost_per_request: 0.01
      id: mine
    - {path: /open, target: "http://host:1", auth: false, methods: [GET]}
  use_client_credentials_pass_through_routes: true
)",
                               {{"KEY", "Bearer x"}})
                            .config.pass_through;
    ASSERT_EQ(config.endpoints.size(), 2U);
    const auto& first = config.endpoints[0];
    EXPECT_EQ(first.id, "mine");
    EXPECT_EQ(first.path, "/v1/rerank-it");
    EXPECT_EQ(first.target_origin, (Origin{true, "api.example", 443}));
    EXPECT_EQ(first.target_path, "/v1/rerank");
    EXPECT_EQ(first.target_query, "a=b");
    EXPECT_EQ(first.headers[0].second.reveal(), "Bearer x");
    EXPECT_TRUE(first.forwards_headers);
    EXPECT_TRUE(first.merges_query);
    EXPECT_EQ(first.default_query,
              (std::vector<std::pair<std::string, std::string>>{{"version", "2"}}));
    EXPECT_TRUE(first.includes_subpaths);
    EXPECT_EQ(first.methods, Texts{"POST"});
    EXPECT_EQ(first.cost_per_request, kPicodollarsPerDollar / 100);
    EXPECT_TRUE(first.needs_key);
    EXPECT_FALSE(config.endpoints[1].needs_key);
    EXPECT_TRUE(config.uses_client_credentials);
}

TEST(PassThrough, ThatIsOpenIsAWarning) {
    EXPECT_TRUE(
        warnings_of("general_settings: {pass_through_endpoints: [{path: /open, target: 'http://h', "
                    "auth: false}]}")
            .contains("anybody who reaches the gateway can use /open"));
}

TEST(ProviderServices, AreRead) {
    const auto services = loaded(R"(
files_settings: [{custom_llm_provider: azure, api_key: k, api_base: "https://a", api_version: v}]
finetune_settings: [{custom_llm_provider: openai, api_key: k2, other: 1}]
assistant_settings: {custom_llm_provider: azure, litellm_params: {api_key: k3}}
default_vertex_config: {vertex_project: p, vertex_location: l, vertex_credentials: /c.json}
search_tools:
  - search_tool_name: web
    litellm_params: {search_provider: tavily, api_key: k4, timeout: 5, max_retries: 2}
mcp_servers: {files: {url: "https://m"}}
prompts: [{prompt_id: a}]
)")
                              .config.services;
    ASSERT_EQ(services.files.size(), 1U);
    EXPECT_EQ(services.files[0].provider, "azure");
    EXPECT_EQ(services.files[0].api_key.reveal(), "k");
    EXPECT_EQ(services.files[0].api_version, "v");
    ASSERT_EQ(services.finetuning.size(), 1U);
    EXPECT_EQ(services.finetuning[0].others_json, R"({"other":1})");
    ASSERT_TRUE(services.assistants);
    EXPECT_EQ(services.assistants->provider, "azure");
    EXPECT_EQ(services.assistants->api_key.reveal(), "k3");
    EXPECT_EQ(services.vertex.project, "p");
    EXPECT_EQ(services.vertex.credentials.reveal(), "/c.json");
    ASSERT_EQ(services.search_tools.size(), 1U);
    EXPECT_EQ(services.search_tools[0].provider, "tavily");
    EXPECT_EQ(services.search_tools[0].timeout, milliseconds(5'000));
    ASSERT_EQ(services.reserved.size(), 2U);
    EXPECT_EQ(services.reserved[0].name, "prompts");
    EXPECT_EQ(services.reserved[1].json, R"({"files":{"url":"https://m"}})");
}

TEST(Health, IsReadInEitherSection) {
    const auto health =
        loaded(R"(
general_settings: {background_health_checks: true, health_check_interval: 30,
                   health_check_details: false, health_check_concurrency: 3,
                   use_shared_health_check: true}
router_settings: {enable_health_check_routing: true, health_check_staleness_threshold: 60,
                  health_check_ignore_transient_errors: true}
)",
               {{"HEALTH_CHECK_TIMEOUT_SECONDS", "5"}, {"DEFAULT_HEALTH_CHECK_PROMPT", "ping"}})
            .config.health;
    EXPECT_TRUE(health.runs_in_background);
    EXPECT_EQ(health.interval, milliseconds(30'000));
    EXPECT_FALSE(health.shows_details);
    EXPECT_EQ(health.concurrency, 3);
    EXPECT_TRUE(health.is_shared);
    EXPECT_TRUE(health.steers_routing);
    EXPECT_EQ(health.stale_after, milliseconds(60'000));
    EXPECT_TRUE(health.ignores_transient_errors);
    EXPECT_EQ(health.timeout, milliseconds(5'000));
    EXPECT_EQ(health.prompt, "ping");
}

TEST(Protocol, IsRead) {
    const auto protocol = loaded(R"(
litellm_settings:
  add_function_to_prompt: true
  include_cost_in_streaming_usage: true
  disable_token_counter: true
  forward_traceparent_to_llm_provider: true
  model_group_settings: {forward_client_headers_to_llm_api: [a]}
  responses: {background_mode: {polling_via_cache: [openai], native_background_mode: [b], ttl: 9}}
general_settings: {forward_client_headers_to_llm_api: true, forward_openai_org_id: true,
                   max_response_size_mb: 2}
)",
                                 {{"DEFAULT_MAX_TOKENS", "100"}})
                              .config.protocol;
    EXPECT_TRUE(protocol.add_function_to_prompt);
    EXPECT_TRUE(protocol.cost_in_stream_usage);
    EXPECT_FALSE(protocol.counts_tokens);
    EXPECT_TRUE(protocol.forwarding.traceparent);
    EXPECT_TRUE(protocol.forwarding.client_headers);
    EXPECT_TRUE(protocol.forwarding.organization);
    EXPECT_EQ(protocol.forwarding.client_headers_of_groups, Texts{"a"});
    EXPECT_EQ(protocol.background.polled_providers, Texts{"openai"});
    EXPECT_EQ(protocol.background.native_models, Texts{"b"});
    EXPECT_EQ(protocol.background.ttl, milliseconds(9'000));
    EXPECT_EQ(protocol.max_response_bytes, 2U * 1024 * 1024);
    EXPECT_EQ(protocol.default_max_tokens, 100);
}

TEST(Network, IsRead) {
    const auto upstream = loaded(R"(
litellm_settings: {force_ipv4: true, aiohttp_trust_env: false, ssl_certificate: /c.pem,
                   ssl_security_level: "DEFAULT@SECLEVEL=1", ssl_ecdh_curve: X25519}
)",
                                 {{"LITELLM_SSL_CIPHERS", "ECDHE+AESGCM"}})
                              .config.upstream;
    EXPECT_TRUE(upstream.only_ipv4);
    EXPECT_FALSE(upstream.uses_proxies);
    EXPECT_EQ(upstream.client_certificate_file, "/c.pem");
    EXPECT_EQ(upstream.curves, "X25519");
    EXPECT_EQ(upstream.cipher_list, "ECDHE+AESGCM:@SECLEVEL=1");
    EXPECT_EQ(loaded("litellm_settings: {ssl_security_level: 2}").config.upstream.cipher_list,
              "DEFAULT:@SECLEVEL=2");
}

TEST(TokenAuth, IsRead) {
    const auto auth = loaded(R"(
general_settings:
  enable_jwt_auth: true
  litellm_jwtauth: {user_id_jwt_field: sub, team_ids_jwt_field: groups, public_key_ttl: 60,
                    role_permissions: [{role: team, models: [a]}]}
  enable_oauth2_proxy_auth: true
  oauth2_config_mappings: {user_id: X-User}
  role_permissions: [{role: internal_user, routes: [/v1/models]}]
  enforce_rbac: true
)")
                          .config.token_auth;
    EXPECT_TRUE(auth.jwt);
    EXPECT_EQ(auth.jwt_claims.user_id_field, "sub");
    EXPECT_EQ(auth.jwt_claims.team_ids_field, "groups");
    EXPECT_EQ(auth.jwt_claims.public_key_ttl, milliseconds(60'000));
    EXPECT_EQ(auth.jwt_claims.role_permissions, (std::vector<RolePermission>{{"team", {"a"}, {}}}));
    EXPECT_TRUE(auth.oauth2_proxy);
    EXPECT_EQ(auth.oauth2_headers,
              (std::vector<std::pair<std::string, std::string>>{{"user_id", "X-User"}}));
    EXPECT_EQ(auth.role_permissions,
              (std::vector<RolePermission>{{"internal_user", {}, {"/v1/models"}}}));
    EXPECT_TRUE(auth.enforces_roles);
}

TEST(SecretManagers, AreRead) {
    const auto manager = loaded(R"(
general_settings:
  key_management_system: hashicorp_vault
  key_management_settings: {hosted_keys: [A], store_virtual_keys: true, access_mode: read_and_write,
                            prefix_for_stored_virtual_keys: gw/, primary_secret_name: s}
)")
                             .config.secret_manager;
    EXPECT_EQ(manager.system, SecretManager::hashicorp_vault);
    EXPECT_EQ(manager.hosted_keys, Texts{"A"});
    EXPECT_TRUE(manager.stores_virtual_keys);
    EXPECT_EQ(manager.access, SecretManagerConfig::Access::read_and_write);
    EXPECT_EQ(manager.virtual_key_prefix, "gw/");
    EXPECT_EQ(manager.primary_secret_name, "s");
}

TEST(Site, IsRead) {
    const auto site = loaded(R"(
general_settings: {ui_access_mode: admin_only, control_plane_url: "https://c"}
litellm_settings: {public_model_groups: [a], public_model_groups_links: {Docs: "https://d"}}
)",
                             {{"NO_DOCS", "True"},
                              {"UI_PASSWORD", "p"},
                              {"SEPARATE_HEALTH_APP", "1"},
                              {"SEPARATE_HEALTH_PORT", "4002"}})
                          .config.site;
    EXPECT_EQ(site.ui_access_mode, "admin_only");
    EXPECT_EQ(site.control_plane_url, "https://c");
    EXPECT_EQ(site.public_model_groups, Texts{"a"});
    EXPECT_EQ(site.public_links,
              (std::vector<std::pair<std::string, std::string>>{{"Docs", "https://d"}}));
    EXPECT_FALSE(site.has_docs);
    EXPECT_EQ(site.ui_password.reveal(), "p");
    EXPECT_TRUE(site.has_health_port);
    EXPECT_EQ(site.health_port, 4002);
}

TEST(People, MayStandInAFileOfTheirOwn) {
    const auto folder = std::filesystem::path(testing::TempDir()) / "people_test";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "main.yaml")
        << "general_settings: {user_config: people.yaml}\nusers: [{user_id: a}]\n";
    std::ofstream(folder / "people.yaml")
        << "users: [{user_id: b, spend_limit: 5, duration: 1mo}]\n"
           "teams: [{team_id: t, members: [a, b, c]}]\nmodel_list: []\n";
    const auto result = load_config(folder / "main.yaml", {}, environment_of({}));
    ASSERT_TRUE(result) << all_text(result.error());
    const auto& people = result->config.people;
    ASSERT_EQ(people.users.size(), 2U);
    EXPECT_EQ(people.users[1].id, "b");
    EXPECT_EQ(people.users[1].max_budget, 5 * kPicodollarsPerDollar);
    ASSERT_EQ(people.teams.size(), 1U);
    EXPECT_EQ(result->files.size(), 2U);
    const auto text = all_text(result->warnings);
    EXPECT_TRUE(text.contains("the file declares no user `c`")) << text;
    EXPECT_TRUE(text.contains("a file of people holds `users` and `teams` only")) << text;
    EXPECT_TRUE(text.contains("`spend_limit` and `duration` are read as")) << text;
}

}  // namespace
}  // namespace tollweir
