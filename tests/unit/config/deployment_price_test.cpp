#include "tollweir/config/deployment_price.hpp"

#include <gtest/gtest.h>

#include "tollweir/providers/registry.hpp"

namespace tollweir {
namespace {

Deployment deployment(std::string_view provider, std::string model) {
    Deployment made;
    made.provider = find_provider(provider)->provider;
    made.model_string = std::string(provider) + "/" + model;
    made.model = std::move(model);
    return made;
}

Femtodollars price(const std::optional<ModelPrice>& found, PriceUnit unit) {
    const auto* rate = found ? found->find(unit, ServiceTier::standard, 0) : nullptr;
    return rate == nullptr ? -1 : rate->price;
}

std::optional<ModelPrice> of(const Deployment& one) {
    return price_of(PriceTable(), one, one.model);
}

TEST(DeploymentPrice, IsTheTablesUnlessTheDeploymentStatesItsOwn) {
    auto one = deployment("openai", "gpt-4o-mini");
    EXPECT_EQ(price(of(one), PriceUnit::input_token), 150'000'000);
    one.price_overrides = {
        {"input_cost_per_token", "1e-6"}, {"max_input_tokens", "9"}, {"supports_vision", "false"}};
    EXPECT_EQ(price(of(one), PriceUnit::input_token), 1'000'000'000);
    EXPECT_EQ(price(of(one), PriceUnit::cache_read_token), -1);
    EXPECT_EQ(price(of(one), PriceUnit::output_token), 600'000'000);
    EXPECT_EQ(of(one)->max_input_tokens, 9);
    EXPECT_EQ(of(one)->supports & bit_of(Capability::vision), 0U);
}

TEST(DeploymentPrice, OfAnUnknownModelIsWhatTheDeploymentStates) {
    auto one = deployment("hosted_vllm", "gpt-4o-mini");
    EXPECT_FALSE(of(one));
    one.price_overrides = {{"input_cost_per_token", R"("0.000001")"}};
    EXPECT_EQ(price(of(one), PriceUnit::input_token), 1'000'000'000);
    EXPECT_EQ(price(of(one), PriceUnit::output_token), -1);
    EXPECT_TRUE(of(one)->key.empty());
}

TEST(DeploymentPrice, FollowsBaseModelRegionAndTheNameBehindAWildcard) {
    auto one = deployment("azure", "my-name");
    one.base_model = "azure/gpt-4o";
    EXPECT_EQ(of(one)->key, "azure/gpt-4o");
    one = deployment("bedrock", "anthropic.claude-v2:1");
    AwsAccess aws;
    aws.region = "us-east-1";
    one.policy.aws = std::make_shared<const AwsAccess>(aws);
    EXPECT_EQ(of(one)->key, "bedrock/us-east-1/anthropic.claude-v2:1");
    one = deployment("openai", "*");
    EXPECT_FALSE(of(one));
    EXPECT_EQ(price_of(PriceTable(), one, "gpt-4o-mini")->key, "gpt-4o-mini");
}

}  // namespace
}  // namespace tollweir
