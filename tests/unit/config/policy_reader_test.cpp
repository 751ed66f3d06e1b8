#include "loading.hpp"

namespace tollweir {
namespace {

using Texts = std::vector<std::string>;
using std::chrono::milliseconds;

Deployment deployment_of(const std::string& params, const std::string& info = "{}",
                         const std::string& rest = "") {
    const auto load = loaded(
        "model_list:\n- model_name: a\n  litellm_params: {model: openai/a, "
        "api_key: k, " +
        params + "}\n  model_info: " + info + "\n" + rest);
    if (load.config.deployments.size() == 1) return load.config.deployments[0];
    ADD_FAILURE() << "no deployment";
    return {};
}

TEST(DeploymentPolicy, IsRead) {
    const auto policy = deployment_of(R"(
      num_retries: 1, allowed_fails: 2, allowed_fails_policy: {RateLimitErrorAllowedFails: 3},
      cooldown_time: 0, max_parallel_requests: 4, max_budget: 5, budget_duration: 7d,
      tags: [blue], tag_regex: ["^User-Agent: claude"], region_name: eu, silent_model: b,
      configurable_clientside_auth_params: [api_key, {api_base: "^https://x$"}],
      use_in_pass_through: true, modify_params: true, merge_reasoning_content_in_choices: true,
      mock_timeout: true, max_file_size_mb: 2, dataSources: [{type: a}])",
                                      R"(
      {access_groups: [g], team_id: t, team_public_model_name: p, tier: paid, max_tokens: 10,
       max_input_tokens: 11, max_output_tokens: 12, health_check_model: openai/h,
       health_check_voice: v, health_check_timeout: 3, disable_background_health_check: true,
       custom_tokenizer: {identifier: i, revision: r, auth_token: s}})")
                            .policy;
    EXPECT_EQ(policy.num_retries, 1);
    EXPECT_EQ(policy.allowed_fails, 2);
    EXPECT_EQ(policy.allowed_fails_by_error.rate_limit, 3);
    EXPECT_EQ(policy.cooldown_time, milliseconds(0));
    EXPECT_EQ(policy.max_parallel_requests, 4);
    EXPECT_EQ(policy.max_budget, 5 * kPicodollarsPerDollar);
    EXPECT_EQ(policy.budget_duration, parse_budget_duration("7d"));
    EXPECT_EQ(policy.tags, Texts{"blue"});
    ASSERT_EQ(policy.tag_patterns.size(), 1U);
    EXPECT_TRUE(policy.tag_patterns[0].is_in("User-Agent: claude-code"));
    EXPECT_EQ(policy.region, "eu");
    EXPECT_EQ(policy.silent_model, "b");
    ASSERT_EQ(policy.client_side_params.size(), 2U);
    EXPECT_FALSE(policy.client_side_params[0].pattern);
    EXPECT_TRUE(policy.client_side_params[1].pattern->is_all_of("https://x"));
    EXPECT_TRUE(policy.use_in_pass_through);
    EXPECT_TRUE(policy.modify_params);
    EXPECT_TRUE(policy.merge_reasoning);
    EXPECT_TRUE(policy.mock_timeout);
    EXPECT_EQ(policy.max_file_bytes, 2U * 1024 * 1024);
    EXPECT_EQ(policy.data_sources_json, R"([{"type":"a"}])");
    EXPECT_EQ(policy.access_groups, Texts{"g"});
    EXPECT_EQ(policy.team_id, "t");
    EXPECT_EQ(policy.team_public_model_name, "p");
    EXPECT_EQ(policy.tier, "paid");
    EXPECT_EQ(policy.max_tokens, 10);
    EXPECT_EQ(policy.max_input_tokens, 11);
    EXPECT_EQ(policy.max_output_tokens, 12);
    EXPECT_EQ(policy.health_check_model, "openai/h");
    EXPECT_EQ(policy.health_check_voice, "v");
    EXPECT_EQ(policy.health_check_timeout, milliseconds(3'000));
    EXPECT_FALSE(policy.background_health_check);
    ASSERT_TRUE(policy.tokenizer);
    EXPECT_EQ(policy.tokenizer->auth_token.reveal(), "s");
}

TEST(DeploymentPolicy, IsEmptyWhereNothingIsSaid) {
    EXPECT_EQ(deployment_of("seed: 1").policy, DeploymentPolicy{});
}

TEST(AllowedFails, MayStandInModelInfo) {
    const auto policy =
        deployment_of("seed: 1",
                      "{allowed_fails: 7, allowed_fails_policy: {TimeoutErrorAllowedFails: 8}}")
            .policy;
    EXPECT_EQ(policy.allowed_fails, 7);
    EXPECT_EQ(policy.allowed_fails_by_error.timeout, 8);
}

TEST(CloudAccess, IsRead) {
    const auto policy = deployment_of(
                            "aws_access_key_id: i, aws_secret_access_key: s, aws_region_name: r, "
                            "vertex_project: p, vertex_credentials: {type: service_account}")
                            .policy;
    ASSERT_TRUE(policy.aws);
    EXPECT_EQ(policy.aws->access_key_id.reveal(), "i");
    EXPECT_EQ(policy.aws->region, "r");
    ASSERT_TRUE(policy.vertex);
    EXPECT_EQ(policy.vertex->project, "p");
    EXPECT_EQ(policy.vertex->credentials.reveal(), R"({"type":"service_account"})");
}

TEST(PriceOverrides, ComeFromParamsThenInfoEachOnce) {
    const auto deployment =
        deployment_of("input_cost_per_token: 1.5e-06, output_cost_per_image: '0.04'",
                      "{input_cost_per_token: 9, output_cost_per_token: 0.000002, mode: chat, "
                      "search_context_cost_per_query: {search_context_size_low: .03}, "
                      "supports_vision: true, cache_read_input_token_cost: null, id: x}");
    EXPECT_EQ(deployment.price_overrides,
              (std::vector<PriceOverride>{
                  {"input_cost_per_token", "1.5e-06"},
                  {"output_cost_per_image", R"("0.04")"},
                  {"output_cost_per_token", "0.000002"},
                  {"mode", R"("chat")"},
                  {"search_context_cost_per_query", R"({"search_context_size_low":0.03})"},
                  {"supports_vision", "true"},
              }));
}

TEST(PriceOverrides, OfParamsAreNoLimitsOfTheModel) {
    EXPECT_TRUE(deployment_of("max_tokens: 5, rpm: 7").price_overrides.empty());
}

TEST(PriceOverrides, AreRefusedWithTheirLineWhereTheyAreNoPrices) {
    const auto errors = [](const std::string& params, const std::string& info) {
        return errors_of("model_list:\n- model_name: a\n  litellm_params:\n    model: openai/a\n" +
                         params + "  model_info:\n    id: x\n" + info);
    };
    const std::string expected = "price in dollars";
    for (const std::string bad : {"cheap", "-1", "10000", "[1]", ".nan"}) {
        const auto text = errors("    input_cost_per_token: " + bad + "\n", "");
        EXPECT_TRUE(text.contains("config.yaml:5")) << bad << ": " << text;
        EXPECT_TRUE(text.contains("litellm_params.input_cost_per_token")) << text;
        EXPECT_TRUE(text.contains(expected)) << text;
    }
    EXPECT_TRUE(errors("", "    output_cost_per_token_priority: dear\n").contains(expected));
    EXPECT_TRUE(errors("", "    tiered_pricing: 3\n").contains("a list of brackets"));
    EXPECT_TRUE(errors("    search_context_cost_per_query: {search_context_size_low: x}\n", "")
                    .contains(expected));
    EXPECT_TRUE(errors("    some_new_cost_per_thing: x\n", "").contains(expected));
    EXPECT_EQ(errors("    input_cost_per_token: 0\n    some_new_cost_per_thing: 1\n",
                     "    tiered_pricing: [{range: [0, 10], input_cost_per_token: 1e-6}]\n"),
              "");
}

TEST(DefaultLiteLlmParams, FillInWhatADeploymentDoesNotSay) {
    const std::string rest =
        "router_settings: {default_litellm_params: {temperature: 0.5, timeout: 9, seed: 2}}";
    const auto deployment = deployment_of("seed: 1", "{}", rest);
    EXPECT_EQ(deployment.defaults, (JsonFields{{"seed", "1"}, {"temperature", "0.5"}}));
    EXPECT_EQ(deployment.timeout, milliseconds(9'000));
}

TEST(ModifyParams, OfLiteLlmsSettingsCountUnlessTheDeploymentSaysOtherwise) {
    const std::string on = "litellm_settings: {modify_params: true}";
    EXPECT_TRUE(deployment_of("seed: 1", "{}", on).policy.modify_params);
    EXPECT_FALSE(deployment_of("modify_params: false", "{}", on).policy.modify_params);
}

}  // namespace
}  // namespace tollweir
