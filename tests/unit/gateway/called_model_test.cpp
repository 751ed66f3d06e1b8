#include "tollweir/gateway/called_model.hpp"

#include <gtest/gtest.h>

#include "tollweir/providers/registry.hpp"

namespace tollweir {
namespace {

Deployment deployment(std::string group, std::string_view model_string) {
    const auto resolved = resolve_model(model_string, {}, {});
    Deployment made;
    made.id = group;
    made.wildcard = group.contains('*');
    made.group = std::move(group);
    made.model = resolved->model;
    made.model_string = model_string;
    made.provider = resolved->provider->provider;
    made.origin = {true, "api.openai.com", 443};
    made.base_path = "/v1";
    return made;
}

std::shared_ptr<const Snapshot> snapshot() {
    Config config;
    config.deployments = {deployment("fast", "openai/gpt-4o-mini"),
                          deployment("openai/*", "openai/*")};
    config.aliases["quick"] = {"fast", false};
    config.spend.margins = {{"openai", kWhole / 10, 0}};
    auto built = Snapshot::build(std::move(config), nullptr);
    EXPECT_TRUE(built);
    return *built;
}

TEST(CalledModel, IsTheFirstDeploymentsOfAGroup) {
    const auto known = snapshot();
    for (const std::string_view name : {"fast", "quick"}) {
        const auto called = find_called_model(*known, name);
        EXPECT_EQ(called.model, "gpt-4o-mini");
        ASSERT_NE(called.price, nullptr);
        EXPECT_EQ(called.price->key, "gpt-4o-mini");
        EXPECT_EQ(called.terms.margin, kWhole / 10);
        EXPECT_EQ(called.counter, TokenCounter::for_model("gpt-4o-mini"));
    }
}

TEST(CalledModel, IsFoundThroughAWildcard) {
    const auto known = snapshot();
    const auto called = find_called_model(*known, "openai/gpt-4");
    EXPECT_EQ(called.model, "gpt-4");
    EXPECT_EQ(called.counter, TokenCounter::for_model("gpt-4"));
    ASSERT_NE(called.price, nullptr);
    EXPECT_EQ(called.price->key, "gpt-4");
}

TEST(CalledModel, IsTheTablesWhereNoGroupHasTheName) {
    const auto known = snapshot();
    const auto called = find_called_model(*known, "groq/llama-3.3-70b-versatile");
    EXPECT_EQ(called.model, "llama-3.3-70b-versatile");
    ASSERT_NE(called.price, nullptr);
    EXPECT_EQ(called.price, called.own_price.get());
    EXPECT_FALSE(called.terms.any());
    EXPECT_EQ(find_called_model(*known, "nobody-has-it").price, nullptr);
}

}  // namespace
}  // namespace tollweir
