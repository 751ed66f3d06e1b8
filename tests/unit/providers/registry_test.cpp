#include "tollweir/providers/registry.hpp"

#include <gtest/gtest.h>

#include <set>

#include "support.hpp"

namespace tollweir {
namespace {

constexpr Endpoint kEndpoints[] = {Endpoint::chat_completions, Endpoint::completions,
                                   Endpoint::embeddings, Endpoint::moderations};

TEST(Registry, NamesEachProviderOnce) {
    std::set<std::string_view> names;
    for (const auto& entry : providers()) {
        EXPECT_TRUE(names.insert(entry.provider->name()).second) << entry.provider->name();
        EXPECT_EQ(find_provider(entry.provider->name()), &entry);
    }
    EXPECT_GT(names.size(), 100u);
}

TEST(Registry, MakesHeadsForAllThatIsOfferedAndRefusesTheRest) {
    for (const auto& entry : providers()) {
        const auto deployment = test::deployment_of(entry.provider->name());
        for (const auto endpoint : kEndpoints) {
            if (!entry.provider->dialect(endpoint)) continue;
            const auto head = entry.provider->head(deployment, {endpoint, "m", {}});
            ASSERT_TRUE(head) << entry.provider->name() << ": " << head.error().message;
            EXPECT_TRUE(head->path.starts_with("/v1/")) << head->path;
        }
    }
}

TEST(Registry, KnowsProvidersThatAreNotBuiltYet) {
    const auto deployment = test::deployment_of("anthropic");
    for (const auto endpoint : kEndpoints) {
        EXPECT_FALSE(deployment.provider->dialect(endpoint));
        const auto head = deployment.provider->head(deployment, {endpoint, "m", {}});
        ASSERT_FALSE(head);
        EXPECT_EQ(head.error().kind, ErrorKind::not_implemented);
        EXPECT_EQ(head.error().message,
                  "provider 'anthropic' is not built into this version yet, see docs/status.md");
    }
}

TEST(Registry, OffersOnlyTheEndpointsOfTheRow) {
    const auto* text_only = find_provider("text-completion-codestral")->provider;
    EXPECT_FALSE(text_only->dialect(Endpoint::chat_completions));
    EXPECT_EQ(text_only->dialect(Endpoint::completions), Dialect::openai);
    EXPECT_FALSE(find_provider("llamafile")->provider->dialect(Endpoint::embeddings));
    EXPECT_EQ(find_provider("openai")->provider->dialect(Endpoint::moderations), Dialect::openai);
}

TEST(Registry, UnderstandsSpellingsFromTheWild) {
    EXPECT_EQ(find_provider("vllm"), find_provider("hosted_vllm"));
    EXPECT_EQ(find_provider("google"), find_provider("gemini"));
    EXPECT_EQ(find_provider("nobody"), nullptr);
    EXPECT_EQ(find_provider(""), nullptr);
    EXPECT_EQ(find_provider("OpenAI"), nullptr);
}

std::vector<std::string_view> keys(std::string_view provider) {
    const auto names = find_provider(provider)->defaults.key_names;
    return {names.begin(), names.end()};
}

TEST(Registry, KnowsWhereKeysAreLookedFor) {
    using Names = std::vector<std::string_view>;
    EXPECT_EQ(keys("openai"), Names{"OPENAI_API_KEY"});
    EXPECT_EQ(keys("text-completion-openai"), Names{"OPENAI_API_KEY"});
    EXPECT_EQ(keys("groq"), Names{"GROQ_API_KEY"});
    EXPECT_EQ(keys("deepseek"), Names{"DEEPSEEK_API_KEY"});
    EXPECT_EQ(keys("xai"), Names{"XAI_API_KEY"});
    EXPECT_EQ(keys("openrouter"), Names{"OPENROUTER_API_KEY"});
    EXPECT_EQ(keys("together_ai"), (Names{"TOGETHER_API_KEY", "TOGETHER_AI_API_KEY",
                                          "TOGETHERAI_API_KEY", "TOGETHER_AI_TOKEN"}));
    EXPECT_EQ(keys("gemini"), (Names{"GEMINI_API_KEY", "GOOGLE_API_KEY"}));
    EXPECT_EQ(keys("mistral"), (Names{"MISTRAL_AZURE_API_KEY", "MISTRAL_API_KEY"}));
    EXPECT_EQ(find_provider("openai")->defaults.base_names.front(), "OPENAI_API_BASE");
    EXPECT_EQ(find_provider("openai")->defaults.base_names.back(), "OPENAI_BASE_URL");
    EXPECT_EQ(find_provider("hosted_vllm")->defaults.default_key, "fake-api-key");
    EXPECT_EQ(find_provider("hosted_vllm")->defaults.base, "");
}

struct ModelCase {
    std::string_view model, custom_provider, api_base;
    std::string_view provider, upstream;
};

class ResolveModel : public testing::TestWithParam<ModelCase> {};

TEST_P(ResolveModel, FindsProviderAndUpstreamName) {
    const auto& c = GetParam();
    const auto resolved = resolve_model(c.model, c.custom_provider, c.api_base);
    ASSERT_TRUE(resolved) << c.model << ": " << resolved.error().message;
    EXPECT_EQ(resolved->provider->provider->name(), c.provider) << c.model;
    EXPECT_EQ(resolved->model, c.upstream);
}

INSTANTIATE_TEST_SUITE_P(
    Prefix, ResolveModel,
    testing::Values(ModelCase{"openai/gpt-4o", "", "", "openai", "gpt-4o"},
                    ModelCase{"openrouter/openai/gpt-4o", "", "", "openrouter", "openai/gpt-4o"},
                    ModelCase{"openai/facebook/opt-125m", "", "http://h:8000/v1", "openai",
                              "facebook/opt-125m"},
                    ModelCase{"vllm/qwen3", "", "", "hosted_vllm", "qwen3"},
                    ModelCase{"google/gemini-2.0-flash", "", "", "gemini", "gemini-2.0-flash"},
                    ModelCase{"openai/*", "", "", "openai", "*"},
                    ModelCase{"bedrock/anthropic.*", "", "", "bedrock", "anthropic.*"},
                    ModelCase{"text-completion-openai/davinci-002", "", "",
                              "text-completion-openai", "davinci-002"},
                    // The prefix wins over the host.
                    ModelCase{"openai/x", "", "https://api.groq.com/openai/v1", "openai", "x"}));

INSTANTIATE_TEST_SUITE_P(CustomProvider, ResolveModel,
                         testing::Values(ModelCase{"my-model", "openai", "", "openai", "my-model"},
                                         ModelCase{"openai/gpt-4o", "openai", "", "openai",
                                                   "gpt-4o"},
                                         ModelCase{"openai/gpt-oss-120b", "hosted_vllm", "",
                                                   "hosted_vllm", "openai/gpt-oss-120b"}));

INSTANTIATE_TEST_SUITE_P(
    Host, ResolveModel,
    testing::Values(ModelCase{"llama3", "", "https://api.groq.com/openai/v1", "groq", "llama3"},
                    ModelCase{"meta/llama", "", "https://API.Together.xyz:443/v1", "together_ai",
                              "meta/llama"},
                    ModelCase{"x", "", "https://u:p@api.mistral.ai/v1", "mistral", "x"},
                    ModelCase{"dep", "", "https://acme.openai.azure.com", "azure", "dep"},
                    ModelCase{"anything", "", "https://api.openai.com/v1", "openai", "anything"}));

INSTANTIATE_TEST_SUITE_P(
    BareName, ResolveModel,
    testing::Values(ModelCase{"gpt-4o", "", "", "openai", "gpt-4o"},
                    ModelCase{"o3-mini", "", "", "openai", "o3-mini"},
                    ModelCase{"o1", "", "", "openai", "o1"},
                    ModelCase{"chatgpt-4o-latest", "", "", "openai", "chatgpt-4o-latest"},
                    ModelCase{"text-embedding-3-small", "", "", "openai", "text-embedding-3-small"},
                    ModelCase{"omni-moderation-latest", "", "", "openai", "omni-moderation-latest"},
                    ModelCase{"ft:gpt-4o-mini:org::id", "", "", "openai", "ft:gpt-4o-mini:org::id"},
                    ModelCase{"davinci-002", "", "", "openai", "davinci-002"},
                    ModelCase{"claude-3-5-sonnet-latest", "", "", "anthropic",
                              "claude-3-5-sonnet-latest"},
                    ModelCase{"gemini-2.5-pro", "", "", "vertex_ai", "gemini-2.5-pro"},
                    ModelCase{"command-r-plus", "", "", "cohere", "command-r-plus"},
                    ModelCase{"gpt-4o", "", "http://localhost:9/v1", "openai", "gpt-4o"},
                    ModelCase{"*", "", "", "openai", "*"}));

TEST(ResolveModelErrors, TellHowToNameAnOpenAiCompatibleServer) {
    const auto resolved = resolve_model("llama3", "", "http://10.0.0.1:8000/v1");
    ASSERT_FALSE(resolved);
    EXPECT_EQ(resolved.error().kind, ErrorKind::bad_request);
    EXPECT_TRUE(resolved.error().message.contains("`openai/llama3`")) << resolved.error().message;
}

TEST(ResolveModelErrors, CoverUnknownAndEmptyNames) {
    EXPECT_FALSE(resolve_model("nobody/model", "", ""));
    EXPECT_FALSE(resolve_model("model", "nobody", ""));
    EXPECT_FALSE(resolve_model("", "", ""));
    EXPECT_FALSE(resolve_model("openai/", "", ""));
    EXPECT_FALSE(resolve_model("o30", "", ""));
    EXPECT_FALSE(resolve_model("opus", "", "http://localhost:1234/v1"));
}

}  // namespace
}  // namespace tollweir
