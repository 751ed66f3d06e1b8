#include "tollweir/core/find_price.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

std::optional<ModelPrice> find(PriceQuery query, const PriceFile* file = nullptr) {
    if (query.model.empty()) {
        query.model = query.model_string;
        const std::string prefix = std::string(query.provider) + "/";
        if (query.model.starts_with(prefix)) query.model.remove_prefix(prefix.size());
    }
    return find_price(PriceTable(file), query);
}

std::string key_of(PriceQuery query) {
    const auto found = find(query);
    return found ? found->key : "none";
}

struct Case {
    std::string_view provider, model, key;
};

TEST(FindPrice, TakesTheStringThenTheBareNameThenTheProvidersOwn) {
    for (const auto& [provider, model, key] : {
             Case{"openai", "openai/gpt-4o-mini", "gpt-4o-mini"},
             Case{"openai", "gpt-4o-mini", "gpt-4o-mini"},
             Case{"azure", "azure/gpt-4o", "azure/gpt-4o"},
             Case{"azure", "gpt-4o", "azure/gpt-4o"},
             Case{"anthropic", "anthropic/claude-opus-4-6", "claude-opus-4-6"},
             Case{"groq", "groq/llama-3.1-8b-instant", "groq/llama-3.1-8b-instant"},
             Case{"vertex_ai", "vertex_ai/gemini-2.5-pro", "gemini-2.5-pro"},
             Case{"gemini", "gemini/gemini-2.5-pro", "gemini/gemini-2.5-pro"},
             Case{"cohere", "cohere/command-r", "command-r"},
             Case{"text-completion-openai", "text-completion-openai/davinci-002", "davinci-002"},
             Case{"bedrock", "bedrock/amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0"},
             Case{"amazon_nova", "amazon_nova/nova-lite-v1", "amazon-nova/nova-lite-v1"},
         })
        EXPECT_EQ(key_of({.provider = provider, .model_string = model}), key) << model;
}

TEST(FindPrice, NeverTakesAnotherProvidersRow) {
    for (const std::string_view provider : {"hosted_vllm", "groq", "azure_ai", "litellm_proxy"})
        EXPECT_EQ(key_of({.provider = provider, .model_string = "gpt-4o-mini"}), "none")
            << provider;
    EXPECT_EQ(key_of({.provider = "openai", .model_string = "openai/my-own-model"}), "none");
    EXPECT_EQ(key_of({.provider = "openai", .model_string = ""}), "none");
}

TEST(FindPrice, TakesTheBaseModelBeforeTheDeploymentsOwnName) {
    const auto base = [](std::string_view provider, std::string_view model,
                         std::string_view base_model) {
        return key_of({.provider = provider, .model_string = model, .base_model = base_model});
    };
    EXPECT_EQ(base("azure", "azure/my-chat", "azure/gpt-4o"), "azure/gpt-4o");
    EXPECT_EQ(base("azure", "azure/my-chat", "gpt-4o"), "azure/gpt-4o");
    EXPECT_EQ(base("azure", "azure/gpt-4o", "gpt-4o-mini"), "azure/gpt-4o-mini");
    EXPECT_EQ(base("hosted_vllm", "hosted_vllm/x", "gpt-4o"), "gpt-4o");
    EXPECT_EQ(base("azure", "azure/my-chat", "no-such-model"), "none");
    EXPECT_EQ(base("openai", "openai/gpt-4o", "no-such-model"), "gpt-4o");
}

TEST(FindPrice, LetsRegionsWin) {
    const auto in = [](std::string_view provider, std::string_view model, std::string_view region) {
        return key_of({.provider = provider, .model_string = model, .region = region});
    };
    EXPECT_EQ(in("azure", "azure/gpt-4o-2024-08-06", "eu"), "azure/eu/gpt-4o-2024-08-06");
    EXPECT_EQ(in("azure", "azure/gpt-4o-2024-08-06", "mars"), "azure/gpt-4o-2024-08-06");
    EXPECT_EQ(in("bedrock", "bedrock/anthropic.claude-v2:1", "us-east-1"),
              "bedrock/us-east-1/anthropic.claude-v2:1");
    EXPECT_EQ(in("bedrock", "bedrock/us-west-2/anthropic.claude-v2:1", ""),
              "bedrock/us-west-2/anthropic.claude-v2:1");
}

TEST(FindPrice, LetsSizesAndQualitiesWin) {
    const auto image = [](std::string_view provider, std::string_view model, std::string_view size,
                          std::string_view quality) {
        return key_of({.provider = provider,
                       .model_string = model,
                       .image_size = size,
                       .image_quality = quality});
    };
    EXPECT_EQ(image("openai", "openai/dall-e-2", "1024x1024", "standard"), "1024-x-1024/dall-e-2");
    EXPECT_EQ(image("openai", "dall-e-3", "1024-x-1024", "hd"), "hd/1024-x-1024/dall-e-3");
    EXPECT_EQ(image("azure", "azure/dall-e-3", "1024x1792", "hd"), "azure/hd/1024-x-1792/dall-e-3");
}

TEST(FindPrice, SeesThroughRoutesGeographiesVersionsAndDates) {
    for (const auto& [provider, model, key] : {
             Case{"bedrock", "bedrock/converse/amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0"},
             Case{"bedrock", "bedrock/sa.amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0"},
             Case{"vertex_ai", "vertex_ai/gemini-2.5-pro@20990101", "gemini-2.5-pro"},
             Case{"openai", "openai/gpt-4o-mini-2099-12-31", "gpt-4o-mini"},
             Case{"anthropic", "claude-opus-4-6-20990101", "claude-opus-4-6"},
             // A date with a price of its own keeps it.
             Case{"openai", "openai/gpt-4o-2024-05-13", "gpt-4o-2024-05-13"},
             Case{"openai", "openai/ft:gpt-4o-mini-2024-07-18:acme::x1",
                  "ft:gpt-4o-mini-2024-07-18"},
         })
        EXPECT_EQ(key_of({.provider = provider, .model_string = model}), key) << model;
}

TEST(FindPrice, PricesUnknownModelsOfSomeHostsBySize) {
    for (const auto& [provider, model, key] : {
             Case{"fireworks_ai", "fireworks_ai/new-3b", "fireworks-ai-up-to-4b"},
             Case{"fireworks_ai", "fireworks_ai/accounts/me/models/new-v9p1-8b-it",
                  "fireworks-ai-4.1b-to-16b"},
             Case{"fireworks_ai", "fireworks_ai/new-70B", "fireworks-ai-above-16b"},
             Case{"fireworks_ai", "fireworks_ai/new-8x7b", "fireworks-ai-moe-up-to-56b"},
             Case{"fireworks_ai", "fireworks_ai/new-8x22b", "fireworks-ai-56b-to-176b"},
             Case{"fireworks_ai", "fireworks_ai/new", "fireworks-ai-default"},
             Case{"fireworks_ai", "fireworks_ai/embed-140m", "fireworks-ai-embedding-up-to-150m"},
             Case{"together_ai", "together_ai/x/new-0.5B", "together-ai-up-to-4b"},
             Case{"together_ai", "together_ai/x/new-8B", "together-ai-4.1b-8b"},
             Case{"together_ai", "together_ai/x/new-32B", "together-ai-21.1b-41b"},
             Case{"together_ai", "together_ai/x/new-72B-Turbo", "together-ai-41.1b-80b"},
             Case{"together_ai", "together_ai/x/new-235B-A22B", "none"},
             Case{"together_ai", "together_ai/x/new", "none"},
             Case{"groq", "groq/new-8b", "none"},
         })
        EXPECT_EQ(key_of({.provider = provider, .model_string = model}), key) << model;
    EXPECT_EQ(find({.provider = "fireworks_ai", .model_string = "fireworks_ai/new-3b"})->mode,
              "chat");
}

TEST(FindPrice, PricesReplicateAndSageMakerByTheSecond) {
    for (const std::string_view provider : {"replicate", "sagemaker", "sagemaker_chat"}) {
        const auto price = find({.provider = provider, .model_string = "anyone/anything:abc"});
        ASSERT_TRUE(price) << provider;
        ASSERT_EQ(price->rates().size(), 1U);
        EXPECT_EQ(price->rates().front().unit, PriceUnit::input_second);
        EXPECT_EQ(price->rates().front().price, 1'400'000'000'000);
    }
}

TEST(FindPrice, KnowsWhatAnyClaudeCanDoButNotItsPrice) {
    const auto can = [](const ModelPrice& price, Capability capability) {
        return (price.supports & bit_of(capability)) != 0;
    };
    for (const auto& [provider, model, key] : {
             Case{"anthropic", "claude-novel-4-5", ""},
             Case{"anthropic", "claude-novel-4-20991231", ""},
             Case{"bedrock", "bedrock/us.anthropic.claude-novel-4-20991231-v1:0", ""},
             Case{"openrouter", "openrouter/anthropic/claude-novel-4", ""},
         }) {
        const auto price = find({.provider = provider, .model_string = model});
        ASSERT_TRUE(price) << model;
        EXPECT_FALSE(price->is_priced());
        EXPECT_EQ(price->max_input_tokens, 200'000);
        EXPECT_EQ(price->max_output_tokens, 64'000);
        EXPECT_TRUE(can(*price, Capability::tools) && can(*price, Capability::pdf));
        EXPECT_FALSE(can(*price, Capability::adaptive)) << model;
    }
    const auto newer = [](std::string_view model) {
        return *find({.provider = "anthropic", .model_string = model});
    };
    EXPECT_TRUE(can(newer("claude-novel-4-6"), Capability::adaptive));
    EXPECT_FALSE(can(newer("claude-novel-4-7"), Capability::mid_system));
    EXPECT_TRUE(can(newer("claude-novel-4-8"), Capability::mid_system));
    EXPECT_TRUE(can(newer("claude-novel-9"), Capability::mid_system));
    for (const std::string_view other : {"claude-", "claude-x", "claude-novel-x", "claudius-4",
                                         "claude-novel-4-preview", "x.claude-novel-4"})
        EXPECT_EQ(key_of({.provider = "anthropic", .model_string = other}), "none") << other;
}

TEST(FindPrice, AsksTheOperatorsFileFirst) {
    const auto file = *read_price_file(
        R"({"openai/gpt-4o-mini":{"provider":"openai","input_cost_per_token":1e-3}})");
    const auto price = find({.provider = "openai", .model_string = "openai/gpt-4o-mini"}, &file);
    ASSERT_TRUE(price);
    EXPECT_EQ(price->key, "openai/gpt-4o-mini");
}

}  // namespace
}  // namespace tollweir
