#include "tollweir/gateway/supported_params.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tollweir/providers/registry.hpp"

namespace tollweir {
namespace {

using nlohmann::json;

Deployment deployment_of(std::string group, std::string_view provider, std::string model) {
    Deployment deployment;
    deployment.id = group + "-" + model;
    deployment.group = std::move(group);
    deployment.wildcard = deployment.group.contains('*');
    deployment.model = std::move(model);
    deployment.model_string = std::string(provider) + "/" + deployment.model;
    deployment.provider = find_provider(provider)->provider;
    deployment.origin = {true, "up.test", 443};
    return deployment;
}

std::shared_ptr<const Snapshot> snapshot_of(std::vector<Deployment> deployments) {
    Config config;
    config.deployments = std::move(deployments);
    return *Snapshot::build(std::move(config), nullptr);
}

std::vector<std::string> shown(const Snapshot& snapshot, std::string_view model) {
    const auto body = show_supported_params(snapshot, model);
    if (!body) return {"error: " + body.error().message};
    return json::parse(*body).at("supported_openai_params");
}

bool has(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

TEST(SupportedParams, AreThoseOfAModelString) {
    const auto snapshot = snapshot_of({});
    const auto names = shown(*snapshot, "openai/gpt-4o");
    EXPECT_TRUE(std::ranges::is_sorted(names));
    EXPECT_TRUE(has(names, "temperature"));
    EXPECT_TRUE(has(names, "user"));
    EXPECT_FALSE(has(names, "reasoning_effort"));
    EXPECT_FALSE(has(names, "messages"));
    EXPECT_TRUE(has(shown(*snapshot, "o3-mini"), "reasoning_effort"));
    EXPECT_FALSE(has(shown(*snapshot, "o3-mini"), "top_p"));
}

TEST(SupportedParams, AreThoseThatEveryDeploymentOfTheGroupTakes) {
    const auto snapshot = snapshot_of({deployment_of("fast", "openai", "o3-mini"),
                                       deployment_of("fast", "hosted_vllm", "llama"),
                                       deployment_of("alone", "hosted_vllm", "llama")});
    const auto names = shown(*snapshot, "fast");
    EXPECT_FALSE(has(names, "top_p"));
    EXPECT_FALSE(has(names, "user"));
    EXPECT_TRUE(has(names, "seed"));
    EXPECT_TRUE(has(shown(*snapshot, "alone"), "top_p"));
    EXPECT_FALSE(has(shown(*snapshot, "fast-o3-mini"), "top_p"));
    EXPECT_TRUE(has(shown(*snapshot, "fast-o3-mini"), "user"));
}

TEST(SupportedParams, FollowTheBaseModel) {
    auto deployment = deployment_of("mine", "openai", "my-model");
    deployment.base_model = "o3-mini";
    EXPECT_FALSE(has(shown(*snapshot_of({deployment}), "mine"), "top_p"));
}

TEST(SupportedParams, FollowTheModelThatAWildcardTakes) {
    const auto snapshot = snapshot_of({deployment_of("openai/*", "openai", "*")});
    EXPECT_FALSE(has(shown(*snapshot, "openai/o3-mini"), "top_p"));
    EXPECT_TRUE(has(shown(*snapshot, "openai/gpt-4o"), "top_p"));
}

TEST(SupportedParams, AreThoseOfTheDeploymentsMode) {
    auto deployment = deployment_of("embed", "openai", "text-embedding-3-small");
    deployment.mode = "embedding";
    const std::vector<std::string> expected{"dimensions", "encoding_format", "user"};
    EXPECT_EQ(shown(*snapshot_of({deployment}), "embed"), expected);
}

TEST(SupportedParams, RefusesAnUnknownModelAsLiteLlmDoes) {
    const auto body = show_supported_params(*snapshot_of({}), "nobody's");
    ASSERT_FALSE(body);
    EXPECT_EQ(body.error().http_status(), 400);
    EXPECT_EQ(body.error().detail_json,
              OptionalText(R"({"error":"Could not map model=nobody's"})"));
    EXPECT_EQ(show_supported_params(*snapshot_of({}), "").error().http_status(), 400);
}

}  // namespace
}  // namespace tollweir
