#include <algorithm>
#include <set>

#include "loading.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

/// A file with one entry of `litellm_params`; `more` holds further lines of them.
std::string one_entry(const std::string& more, const std::string& name = "a") {
    std::string text = "model_list:\n  - model_name: \"" + name +
                       "\"\n    litellm_params:\n      model: openai/gpt-4o\n      api_key: k\n";
    std::string line;
    for (const char c : more + '\n') {
        if (c != '\n') {
            line += c;
            continue;
        }
        if (!line.empty()) text += "      " + line + '\n';
        line.clear();
    }
    return text;
}

Deployment only(const std::string& text, std::map<std::string, std::string> variables = {}) {
    auto config = loaded(text, std::move(variables)).config;
    EXPECT_EQ(config.deployments.size(), 1U);
    return config.deployments.empty() ? Deployment() : std::move(config.deployments[0]);
}

TEST(ModelList, ReadsAllOfAnEntry) {
    const auto d = only(R"(
model_list:
  - model_name: smart
    rpm: 60
    tpm: 1000
    litellm_params:
      model: openai/gpt-4o
      api_key: sk-1
      api_base: https://Example.ORG:8443/v1/?a=b
      api_version: 2024-10-21
      organization: org-1
      timeout: 60
      stream_timeout: 1500ms
      drop_params: yes
      additional_drop_params: [seed, user]
      allowed_openai_params: [tools]
      extra_headers: {X-Team: blue, X-Number: 5}
      extra_body: {b: {c: [1, null]}, a: 2}
      mock_delay: 0.25
      weight: 2.5
      order: 3
      base_model: gpt-4o-mini
    model_info: {id: one, mode: chat, note: n}
)");
    EXPECT_EQ(d.id, "one");
    EXPECT_EQ(d.group, "smart");
    EXPECT_EQ(d.model, "gpt-4o");
    EXPECT_EQ(d.model_string, "openai/gpt-4o");
    EXPECT_EQ(d.provider->name(), "openai");
    EXPECT_FALSE(d.wildcard);
    EXPECT_EQ(d.origin, (Origin{true, "example.org", 8443}));
    EXPECT_EQ(d.api_base, "https://example.org:8443/v1");
    EXPECT_EQ(d.base_path, "/v1");
    EXPECT_EQ(d.base_query, "a=b");
    EXPECT_EQ(d.api_key.reveal(), "sk-1");
    EXPECT_EQ(d.api_version, "2024-10-21");
    EXPECT_EQ(d.organization, "org-1");
    EXPECT_EQ(d.timeout, milliseconds(60'000));
    EXPECT_EQ(d.stream_timeout, milliseconds(1'500));
    EXPECT_TRUE(d.drop_params);
    EXPECT_EQ(d.additional_drop_params, (std::vector<std::string>{"seed", "user"}));
    EXPECT_EQ(d.allowed_openai_params, (std::vector<std::string>{"tools"}));
    EXPECT_EQ(d.extra_headers, (JsonFields{{"X-Team", "blue"}, {"X-Number", "5"}}));
    EXPECT_EQ(d.extra_body, (JsonFields{{"b", R"({"c":[1,null]})"}, {"a", "2"}}));
    EXPECT_EQ(d.mock_delay, milliseconds(250));
    EXPECT_EQ(d.weight, 2.5);
    EXPECT_EQ(d.order, 3);
    EXPECT_EQ(d.rpm, 60);
    EXPECT_EQ(d.tpm, 1000);
    EXPECT_EQ(d.mode, "chat");
    EXPECT_EQ(d.base_model, "gpt-4o-mini");
    EXPECT_EQ(d.info_json, R"({"id":"one","mode":"chat","note":"n","db_model":false})");
}

TEST(ModelList, KeepsBodyParametersInTheOrderOfTheFile) {
    const auto d = only(one_entry("top_p: 0.50\nstop: [a, \"1\"]\nmax_tokens: 0x10\nzeta: {y: on}\n"
                                  "temperature: os.environ/T\nalpha: 1e-3\nuser: 12\nseed: ~"),
                        {{"T", "0.7"}});
    EXPECT_EQ(d.defaults, (JsonFields{{"top_p", "0.50"},
                                      {"stop", R"(["a","1"])"},
                                      {"max_tokens", "16"},
                                      {"zeta", R"({"y":true})"},
                                      {"temperature", "0.7"},
                                      {"alpha", "1e-3"},
                                      {"user", R"("12")"}}));
}

TEST(ModelList, SendsAMisspeltBodyParameterAndSaysSo) {
    const auto text = one_entry("temprature: 1");
    EXPECT_EQ(only(text).defaults, (JsonFields{{"temprature", "1"}}));
    EXPECT_EQ(warnings_of(text),
              "config.yaml:6:7: model_list[0].litellm_params.temprature: unknown key; did you mean "
              "`temperature`? It is sent to the upstream as it is\n");
}

TEST(ModelList, KeepsAMisspeltSettingOfItsOwnOutOfBodies) {
    const auto text = one_entry("api_bsae: http://x\napy_key: secret\nhf_token: secret");
    EXPECT_TRUE(only(text).defaults.empty());
    EXPECT_EQ(
        warnings_of(text),
        "config.yaml:6:7: model_list[0].litellm_params.api_bsae: unknown key; did you mean "
        "`api_base`? It is not sent\n"
        "config.yaml:7:7: model_list[0].litellm_params.apy_key: unknown key; did you mean "
        "`api_key`? It is not sent\n"
        "config.yaml:8:7: model_list[0].litellm_params.hf_token: unknown key; not sent: it is "
        "named like a credential\n");
}

TEST(ModelList, KeepsLaterSettingsOutOfBodies) {
    const auto text =
        one_entry("silent_model: a\nnum_retries: 2\ninput_cost_per_image: 1\nstream: true");
    EXPECT_TRUE(only(text).defaults.empty());
    EXPECT_EQ(std::ranges::count(warnings_of(text), '\n'), 2) << warnings_of(text);
}

TEST(ModelList, TakesOlderNamesOfKeys) {
    const auto d =
        only(one_entry("base_url: http://localhost:1/v1\nrequest_timeout: 5\n"
                       "headers: {X-A: b}"));
    EXPECT_EQ(d.api_base, "http://localhost:1/v1");
    EXPECT_EQ(d.timeout, milliseconds(5'000));
    EXPECT_EQ(d.extra_headers, (JsonFields{{"X-A", "b"}}));
}

TEST(ModelList, PrefersTheNewerNameOfAKey) {
    const auto d =
        only(one_entry("base_url: http://old\napi_base: http://new\ntimeout: 6\n"
                       "request_timeout: 5\nheaders: {X-A: old, X-B: c}\n"
                       "extra_headers: {X-A: new}"));
    EXPECT_EQ(d.api_base, "http://new");
    EXPECT_EQ(d.timeout, milliseconds(6'000));
    EXPECT_EQ(d.extra_headers, (JsonFields{{"X-A", "new"}, {"X-B", "c"}}));
}

TEST(ModelList, TakesAMockAsTextOrObject) {
    EXPECT_EQ(only(one_entry("mock_response: \"a \\\"b\\\"\"")).mock_response, R"("a \"b\"")");
    EXPECT_EQ(only(one_entry("mock_response: {id: x}")).mock_response, R"({"id":"x"})");
    EXPECT_EQ(only(one_entry("mock_response:")).mock_response, std::nullopt);
}

TEST(ModelList, FallsBackToTheProvidersVariables) {
    const std::string text = "model_list: [{model_name: a, litellm_params: {model: openai/x}}]";
    const auto d = only(text, {{"OPENAI_API_KEY", " sk-env\n"},
                               {"OPENAI_API_BASE", "http://proxy/v1"},
                               {"OPENAI_ORGANIZATION", "org-env"}});
    EXPECT_EQ(d.api_key.reveal(), "sk-env");
    EXPECT_EQ(d.api_base, "http://proxy/v1");
    EXPECT_EQ(d.organization, "org-env");
    EXPECT_EQ(only(text, {{"OPENAI_API_KEY", "k"}}).api_base, "https://api.openai.com/v1");
}

TEST(ModelList, WarnsOfAMissingKeyForNamedGroupsOnly) {
    const auto entry = [](const std::string& name) {
        return "model_list: [{model_name: \"" + name + "\", litellm_params: {model: openai/x}}]";
    };
    EXPECT_EQ(
        warnings_of(entry("a")),
        "config.yaml:1:48: model_list[0].litellm_params.api_key: no key: calls will be refused "
        "until api_key is given or OPENAI_API_KEY is set\n");
    EXPECT_EQ(warnings_of(entry("openai/*")), "");
    EXPECT_EQ(warnings_of("model_list: [{model_name: a, litellm_params: {model: openai/x, "
                          "api_base: http://localhost}}]"),
              "");
}

TEST(ModelList, TrimsAKeyThatCameWithItsLineEnd) {
    const auto text =
        "model_list: [{model_name: a, litellm_params: {model: openai/x, api_key: "
        "os.environ/K}}]";
    EXPECT_EQ(only(text, {{"K", "sk-1\n"}}).api_key.reveal(), "sk-1");
    EXPECT_TRUE(warnings_of(text, {{"K", "sk-1\n"}}).contains("the blanks around the value"));
}

TEST(ModelList, ExpandsOrganizations) {
    const auto text = one_entry("organization: [org-a, os.environ/ORG]");
    const auto config = loaded(text, {{"ORG", "org-b"}}).config;
    ASSERT_EQ(config.deployments.size(), 2U);
    EXPECT_EQ(config.deployments[0].organization, "org-a");
    EXPECT_EQ(config.deployments[1].organization, "org-b");
    EXPECT_NE(config.deployments[0].id, config.deployments[1].id);
    EXPECT_TRUE(config.deployments[1].params_json.contains(R"("organization":"org-b")"));
}

TEST(ModelList, TellsOrganizationsOfAWrittenIdApart) {
    const auto config =
        loaded(one_entry("organization: [a, b]") + "    model_info: {id: 7}\n").config;
    ASSERT_EQ(config.deployments.size(), 2U);
    EXPECT_EQ(config.deployments[0].id, "7");
    EXPECT_EQ(config.deployments[1].id, "7-2");
}

TEST(DeploymentId, SurvivesANewKeyAndAnotherOrder) {
    const auto id = [](const std::string& params) {
        return only("model_list: [{model_name: a, litellm_params: {" + params + "}}]").id;
    };
    const auto first = id("model: openai/x, api_key: k1, temperature: 1");
    EXPECT_EQ(first.size(), 64U);
    EXPECT_EQ(first.find_first_not_of("0123456789abcdef"), first.npos);
    EXPECT_EQ(first, id("temperature: 1, api_key: k2, model: openai/x"));
    EXPECT_NE(first, id("model: openai/x, api_key: k1, temperature: 2"));
    EXPECT_NE(first, id("model: openai/y, api_key: k1, temperature: 1"));
}

TEST(DeploymentId, IsDistinctForEqualEntriesAndTheSameEachTime) {
    const std::string entry = "{model_name: a, litellm_params: {model: openai/x, api_key: k}}";
    const std::string text = "model_list: [" + entry + ", " + entry + ", " + entry + "]";
    const auto first = loaded(text).config.deployments;
    const auto second = loaded(text).config.deployments;
    std::set<std::string> ids;
    for (std::size_t i = 0; i < first.size(); ++i) {
        ids.insert(first[i].id);
        EXPECT_EQ(first[i].id, second[i].id);
    }
    EXPECT_EQ(ids.size(), 3U);
}

TEST(ModelInfo, ShowsParametersWithoutSecrets) {
    const auto d = only(one_entry("api_base: https://host/v1?key=hidden\nmax_tokens: 5\n"
                                  "aws_secret_access_key: hidden\nextra_headers: "
                                  "{Authorization: hidden, X-Api-Key: hidden, X-Team: blue}\n"
                                  "extra_body: {note: os.environ/SOME_PASSWORD}"),
                        {{"SOME_PASSWORD", "hidden"}});
    EXPECT_EQ(d.params_json,
              R"({"model":"openai/gpt-4o","api_base":"https://host/v1","max_tokens":5,)"
              R"("extra_headers":{"X-Team":"blue"},"extra_body":{}})");
}

TEST(ModelInfo, IsTakenWhereToolsNestIt) {
    const auto d = only(one_entry("model_info: {id: nested, mode: embedding}"));
    EXPECT_EQ(d.id, "nested");
    EXPECT_EQ(d.mode, "embedding");
    EXPECT_FALSE(d.params_json.contains("model_info"));
}

TEST(SupportedEnvironments, ChooseDeployments) {
    const auto text = one_entry("") + "    model_info: {supported_environments: [staging]}\n";
    EXPECT_EQ(loaded(text, {{"LITELLM_ENVIRONMENT", "staging"}}).config.deployments.size(), 1U);
    EXPECT_EQ(loaded(text, {{"LITELLM_ENVIRONMENT", "production"}}).config.deployments.size(), 0U);
    const auto unset = loaded(text);
    EXPECT_TRUE(unset.config.deployments.empty());
    EXPECT_TRUE(all_text(unset.warnings).contains("LITELLM_ENVIRONMENT is not set"));
}

TEST(Credentials, FillInWhatTheDeploymentDoesNotSay) {
    const auto d = only(R"(
credential_list:
  - credential_name: main
    credential_values: {api_key: from-list, api_base: http://list/v1, api_version: v1}
model_list:
  - model_name: a
    litellm_params: {model: openai/x, litellm_credential_name: main, api_base: http://own/v1}
)");
    EXPECT_EQ(d.api_key.reveal(), "from-list");
    EXPECT_EQ(d.api_base, "http://own/v1");
    EXPECT_EQ(d.api_version, "v1");
    EXPECT_FALSE(d.params_json.contains("from-list"));
}

TEST(ModelList, LeavesInvalidEntriesOutWhereTheFileAsksForIt) {
    const auto config = loaded(R"(
model_list:
  - {model_name: a, litellm_params: {model: nobody/x}}
  - {model_name: b, litellm_params: {model: openai/x, api_key: k}}
router_settings: {ignore_invalid_deployments: true}
)");
    ASSERT_EQ(config.config.deployments.size(), 1U);
    EXPECT_EQ(config.config.deployments[0].group, "b");
    EXPECT_TRUE(all_text(config.warnings).contains("(the entry is left out)"));
}

TEST(ModelList, TakesTheGlobalDropParamsWhereTheEntrySaysNothing) {
    EXPECT_TRUE(only(one_entry("") + "litellm_settings: {drop_params: true}\n").drop_params);
    EXPECT_FALSE(only(one_entry("drop_params: false") + "litellm_settings: {drop_params: true}\n")
                     .drop_params);
    EXPECT_TRUE(only(one_entry(""), {{"LITELLM_DROP_PARAMS", "1"}}).drop_params);
}

TEST(DirectModel, AnswersEveryName) {
    ConfigOverrides flags;
    flags.model = "openai/llama";
    flags.alias = "fast";
    flags.api_base = "http://localhost:8000/v1";
    flags.headers = {{"X-Team", "blue"}};
    flags.temperature = 0.5;
    flags.max_tokens = 10;
    flags.request_timeout = 2.5;
    const auto result = load_config(std::nullopt, flags, environment_of({}));
    ASSERT_TRUE(result) << all_text(result.error());
    const auto& deployments = result->config.deployments;
    ASSERT_EQ(deployments.size(), 2U);
    EXPECT_EQ(deployments[0].group, "fast");
    EXPECT_EQ(deployments[1].group, "*");
    for (const auto& d : deployments) {
        EXPECT_EQ(d.model, "llama");
        EXPECT_EQ(d.extra_headers, (JsonFields{{"X-Team", "blue"}}));
        EXPECT_EQ(d.extra_body, (JsonFields{{"temperature", "0.5"}, {"max_tokens", "10"}}));
        EXPECT_EQ(d.timeout, milliseconds(2'500));
    }
    EXPECT_EQ(result->config.default_model, "fast");
}

TEST(DirectModel, OfAnUnknownProviderIsTakenForOpenAiShaped) {
    ConfigOverrides flags;
    flags.model = "facebook/opt-125m";
    flags.api_base = "http://localhost:8000/v1";
    const auto result = load_config(std::nullopt, flags, environment_of({}));
    ASSERT_TRUE(result) << all_text(result.error());
    EXPECT_EQ(result->config.deployments[0].provider->name(), "openai");
    EXPECT_EQ(result->config.deployments[0].model, "facebook/opt-125m");
    EXPECT_TRUE(all_text(result->warnings).contains("write openai/facebook/opt-125m"));
}

TEST(DirectModel, LeavesAFilesOwnCatchAllAlone) {
    ConfigOverrides flags;
    flags.model = "openai/x";
    const auto config = loaded(one_entry("", "*"), {}, flags).config;
    ASSERT_EQ(config.deployments.size(), 2U);
    EXPECT_EQ(config.deployments[1].group, "openai/x");
}

}  // namespace
}  // namespace tollweir
