#include <gtest/gtest.h>

#include "support.hpp"

namespace tollweir {
namespace {

using test::deployment_of;

struct Address {
    std::string base_path, base_query, configured, asked, model, path;
};

class AzureAddress : public testing::TestWithParam<Address> {};

Deployment at(std::string_view provider, const Address& address) {
    auto deployment = deployment_of(provider, address.model);
    deployment.origin = {true, "acme.openai.azure.com", 443};
    deployment.base_path = address.base_path;
    deployment.base_query = address.base_query;
    deployment.api_version = address.configured;
    return deployment;
}

TEST_P(AzureAddress, IsMadeOfBaseDeploymentAndVersion) {
    const auto& address = GetParam();
    const auto deployment = at("azure", address);
    const auto head = deployment.provider->head(
        deployment, {Endpoint::chat_completions, address.model, address.asked});
    ASSERT_TRUE(head) << head.error().message;
    EXPECT_EQ(head->path, address.path);
}

const std::string kDated = "/openai/deployments/d/chat/completions?api-version=";

INSTANTIATE_TEST_SUITE_P(
    All, AzureAddress,
    testing::Values(Address{"", "", "", "", "d", kDated + "2025-02-01-preview"},
                    Address{"", "", "2024-10-21", "", "d", kDated + "2024-10-21"},
                    Address{"", "", "2024-10-21", "2024-06-01", "d", kDated + "2024-06-01"},
                    Address{"", "api-version=2023-05-15", "", "", "d", kDated + "2023-05-15"},
                    Address{"", "a=b&api-version=2023-05-15", "2024-10-21", "", "d",
                            "/openai/deployments/d/chat/completions?a=b&api-version=2024-10-21"},
                    Address{"/openai", "", "2024-10-21", "", "d", kDated + "2024-10-21"},
                    Address{"/gw", "", "2024-10-21", "", "d",
                            "/gw/openai/deployments/d/chat/completions?api-version=2024-10-21"},
                    Address{"/openai/deployments/other", "", "2024-10-21", "", "d",
                            "/openai/deployments/other/chat/completions?api-version=2024-10-21"},
                    Address{"/openai/deployments/other/embeddings", "", "2024-10-21", "", "d",
                            "/openai/deployments/other/chat/completions?api-version=2024-10-21"},
                    Address{"", "", "2024-10-21", "", "o_series/d", kDated + "2024-10-21"},
                    Address{"", "", "2024-10-21", "", "gpt5_series/d", kDated + "2024-10-21"},
                    Address{"", "", "v1", "", "d", "/openai/v1/chat/completions"},
                    Address{"", "", "preview", "", "d", "/openai/v1/chat/completions"},
                    Address{"", "", "latest", "", "d", "/openai/v1/chat/completions"},
                    Address{"", "", "2024-10-21", "v1", "d", "/openai/v1/chat/completions"},
                    Address{"/openai/v1", "", "2024-10-21", "", "d",
                            "/openai/v1/chat/completions"}));

TEST(AzureAddresses, RefuseWhatWouldLeadElsewhere) {
    for (const std::string model : {"a/b", "..", "a?b", "a#b", "a%2fb", "a b", ""}) {
        const auto deployment = at("azure", {"", "", "", "", model, ""});
        EXPECT_FALSE(deployment.provider->head(deployment, {Endpoint::chat_completions, model, {}}))
            << model;
    }
    for (const std::string_view version : {"a&b=c", "x\r\ny", "../x", "1 2", "a#b"}) {
        const auto deployment = at("azure", {"", "", "", "", "d", ""});
        const auto head =
            deployment.provider->head(deployment, {Endpoint::chat_completions, "d", version});
        ASSERT_FALSE(head) << version;
        EXPECT_EQ(head.error().source, ErrorSource::client);
        EXPECT_EQ(head.error().http_status(), 400);
    }
}

TEST(AzureCredentials, AreAKeyOrAToken) {
    auto deployment = at("azure", {"", "", "", "", "d", ""});
    const auto headers = [&] {
        return deployment.provider->head(deployment, {Endpoint::chat_completions, "d", {}})
            ->headers;
    };
    EXPECT_FALSE(headers().contains("api-key"));
    EXPECT_FALSE(headers().contains("Authorization"));
    deployment.access_token = Secret("token");
    EXPECT_TRUE(headers().contains("Authorization: Bearer token\r\n"));
    deployment.api_key = Secret("key");
    EXPECT_TRUE(headers().contains("api-key: key\r\n"));
    EXPECT_FALSE(headers().contains("Authorization"));
    deployment.api_key = Secret("key\r\nX: 1");
    EXPECT_FALSE(deployment.provider->head(deployment, {Endpoint::chat_completions, "d", {}}));
}

TEST(AzureCatalogue, HasAPathOfItsOwnOnItsHosts) {
    const auto head = [](std::string host, std::string base_path, std::string version) {
        auto deployment = deployment_of("azure_ai", "m");
        deployment.origin = {true, std::move(host), 443};
        deployment.base_path = std::move(base_path);
        deployment.api_version = std::move(version);
        deployment.api_key = Secret("key");
        return *deployment.provider->head(deployment, {Endpoint::chat_completions, "m", {}});
    };
    EXPECT_EQ(head("x.services.ai.azure.com", "", "").path,
              "/models/chat/completions?api-version=2024-05-01-preview");
    EXPECT_EQ(head("x.services.ai.azure.com", "/models", "2025-01-01").path,
              "/models/chat/completions?api-version=2025-01-01");
    EXPECT_EQ(head("x.services.ai.azure.com", "/openai/v1", "").path,
              "/openai/v1/chat/completions");
    const auto serverless = head("x.eastus.models.ai.azure.com", "/v1", "");
    EXPECT_EQ(serverless.path, "/v1/chat/completions");
    EXPECT_TRUE(serverless.headers.contains("Authorization: Bearer key\r\n"));
    EXPECT_TRUE(head("x.services.ai.azure.com", "", "").headers.contains("api-key: key\r\n"));
}

TEST(Bases, GetTheSuffixThatIsMissing) {
    const auto path = [](std::string_view provider, std::string base_path) {
        auto deployment = deployment_of(provider);
        deployment.base_path = std::move(base_path);
        return deployment.provider->head(deployment, {Endpoint::chat_completions, "m", {}})->path;
    };
    EXPECT_EQ(path("mistral", ""), "/v1/chat/completions");
    EXPECT_EQ(path("mistral", "/v1"), "/v1/chat/completions");
    EXPECT_EQ(path("gradient_ai", ""), "/api/v1/chat/completions");
    EXPECT_EQ(path("gradient_ai", "/v1"), "/v1/chat/completions");
}

TEST(Bases, MayBelongToOneModel) {
    const auto& baseten = find_provider("baseten")->defaults;
    EXPECT_EQ(default_base(baseten, "abcd1234"),
              "https://model-abcd1234.api.baseten.co/environments/production/sync/v1");
    EXPECT_EQ(default_base(baseten, "openai/gpt-oss-120b"), "https://inference.baseten.co/v1");
    EXPECT_EQ(default_base(baseten, "evil.com"), "https://inference.baseten.co/v1");
}

}  // namespace
}  // namespace tollweir
