#include "tollweir/core/token_count.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace tollweir {
namespace {

TokenEncoding encoding_of(std::string_view model) {
    return TokenCounter::for_model(model).encoding;
}

TEST(TokenCounter, KnowsTheModelsOfEachEncoding) {
    for (const auto* model :
         {"gpt-4o", "gpt-4o-mini-2024-07-18", "chatgpt-4o-latest", "gpt-4.1-nano",
          "gpt-4.5-preview", "gpt-5", "gpt-5-mini", "o1", "o1-preview", "o3-mini", "o4-mini",
          "gpt-oss-120b", "ft:gpt-4o-mini:my-org::abc", "azure/gpt-4o", "openai/gpt-4o",
          "openrouter/openai/gpt-4o", "GPT-4o", "bedrock/openai.gpt-oss-20b-1:0"}) {
        EXPECT_EQ(encoding_of(model), TokenEncoding::o200k_base) << model;
        EXPECT_EQ(TokenCounter::for_model(model).kind, CountKind::exact) << model;
        EXPECT_EQ(TokenCounter::for_model(model).permille, 1000) << model;
    }
    for (const auto* model :
         {"gpt-4", "gpt-4-turbo", "gpt-4-0613", "gpt-3.5-turbo", "gpt-35-turbo-16k",
          "azure/gpt-35-turbo", "text-embedding-ada-002", "text-embedding-3-small", "davinci-002",
          "babbage-002", "ft:gpt-3.5-turbo-0125:org::1", "ft:gpt-4:org"}) {
        EXPECT_EQ(encoding_of(model), TokenEncoding::cl100k_base) << model;
        EXPECT_EQ(TokenCounter::for_model(model).kind, CountKind::exact) << model;
    }
    for (const auto* model :
         {"text-davinci-002", "text-davinci-003", "code-davinci-002", "code-cushman-001"}) {
        EXPECT_EQ(encoding_of(model), TokenEncoding::p50k_base) << model;
        EXPECT_EQ(TokenCounter::for_model(model).kind, CountKind::exact) << model;
    }
}

TEST(TokenCounter, EstimatesOtherFamiliesByAFactor) {
    struct Case {
        const char* model;
        int permille;
    };
    for (const auto& [model, permille] :
         std::vector<Case>{{"anthropic/claude-sonnet-4-5", 1200},
                           {"bedrock/us.anthropic.claude-3-5-haiku-20241022-v1:0", 1200},
                           {"vertex_ai/gemini-2.5-pro", 1100},
                           {"groq/llama-3.3-70b-versatile", 1050},
                           {"together_ai/meta-llama/Llama-2-70b-chat-hf", 1300},
                           {"mistral/mistral-large-latest", 1050},
                           {"mistral/open-mixtral-8x7b", 1300},
                           {"deepseek/deepseek-chat", 1050},
                           {"fireworks_ai/accounts/fireworks/models/qwen3-235b-a22b", 1050}}) {
        const TokenCounter counter = TokenCounter::for_model(model);
        EXPECT_EQ(counter.kind, CountKind::estimate) << model;
        EXPECT_EQ(counter.encoding, TokenEncoding::o200k_base) << model;
        EXPECT_EQ(counter.permille, permille) << model;
    }
}

TEST(TokenCounter, TakesAnyOtherNameAsCl100k) {
    for (const auto* model :
         {"", "my-model", "o1x", "gpt-40", "cohere/command-r", "/", "ft:", "code-x"}) {
        const TokenCounter counter = TokenCounter::for_model(model);
        EXPECT_EQ(counter, TokenCounter()) << model;
        EXPECT_EQ(counter.kind, CountKind::estimate) << model;
    }
}

TEST(TokenCounter, ScalesAndRounds) {
    TokenCounter counter;
    counter.permille = 1200;
    EXPECT_EQ(counter.scaled(0), 0U);
    EXPECT_EQ(counter.scaled(2), 2U);  // 2.4
    EXPECT_EQ(counter.scaled(3), 4U);  // 3.6
    EXPECT_EQ(counter.scaled(100), 120U);
    EXPECT_EQ(TokenCounter::for_model("gpt-4o").count("hello world"), 2U);
}

}  // namespace
}  // namespace tollweir
