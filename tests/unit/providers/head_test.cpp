#include <gtest/gtest.h>

#include "support.hpp"

namespace tollweir {
namespace {

using test::deployment_of;

Result<UpstreamHead> head_of(const Deployment& deployment,
                             Endpoint endpoint = Endpoint::chat_completions) {
    return deployment.provider->head(deployment, {endpoint, deployment.model, {}});
}

TEST(OpenAiHead, IsExactlyThis) {
    auto deployment = deployment_of("openai", "gpt-4o");
    deployment.api_key = Secret("sk-up-1");
    const auto head = head_of(deployment);
    ASSERT_TRUE(head);
    EXPECT_EQ(head->path, "/v1/chat/completions");
    EXPECT_EQ(head->headers,
              "Host: api.openai.com\r\n"
              "Authorization: Bearer sk-up-1\r\n"
              "Content-Type: application/json\r\n"
              "Accept: application/json\r\n"
              "Accept-Encoding: identity\r\n"
              "User-Agent: tollweir/0.1.0\r\n");
}

struct PathCase {
    std::string_view base_path;
    Endpoint endpoint;
    std::string_view path;
};

TEST(OpenAiHead, BuildsThePathFromABaseOrAWholeUrl) {
    constexpr PathCase kCases[] = {
        {"", Endpoint::chat_completions, "/chat/completions"},
        {"/v1", Endpoint::embeddings, "/v1/embeddings"},
        {"/v1", Endpoint::completions, "/v1/completions"},
        {"/v1", Endpoint::moderations, "/v1/moderations"},
        {"/v1/chat/completions", Endpoint::chat_completions, "/v1/chat/completions"},
        {"/v1/embeddings", Endpoint::embeddings, "/v1/embeddings"},
        {"/v1/chat/completions", Endpoint::completions, "/v1/completions"},
        {"/v1/chat/completions", Endpoint::embeddings, "/v1/embeddings"},
        {"/v1/completions", Endpoint::chat_completions, "/v1/chat/completions"},
        {"/my-chat/completions-old", Endpoint::completions, "/my-chat/completions-old/completions"},
    };
    for (const auto& c : kCases) {
        auto deployment = deployment_of("openai");
        deployment.base_path = c.base_path;
        const auto head = head_of(deployment, c.endpoint);
        ASSERT_TRUE(head) << c.base_path;
        EXPECT_EQ(head->path, c.path);
    }
}

TEST(OpenAiHead, KeepsTheQueryOfTheBase) {
    auto deployment = deployment_of("openai");
    deployment.base_query = "api-version=1&x=%20";
    EXPECT_EQ(head_of(deployment)->path, "/v1/chat/completions?api-version=1&x=%20");
}

TEST(OpenAiHead, NamesThePortUnlessItIsTheUsualOne) {
    const auto host_line = [](bool tls, std::string host, std::uint16_t port) {
        auto deployment = deployment_of("openai");
        deployment.origin = {tls, std::move(host), port};
        const auto headers = head_of(deployment)->headers;
        return headers.substr(0, headers.find("\r\n"));
    };
    EXPECT_EQ(host_line(false, "vllm", 80), "Host: vllm");
    EXPECT_EQ(host_line(false, "vllm", 8000), "Host: vllm:8000");
    EXPECT_EQ(host_line(true, "vllm", 80), "Host: vllm:80");
    EXPECT_EQ(host_line(false, "::1", 8000), "Host: [::1]:8000");
}

TEST(OpenAiHead, SendsNoAuthorizationWithoutAKey) {
    EXPECT_FALSE(head_of(deployment_of("openai"))->headers.contains("Authorization"));
}

TEST(OpenAiHead, SendsTheProvidersOwnKeyWhereNoneIsGiven) {
    EXPECT_TRUE(head_of(deployment_of("hosted_vllm"))
                    ->headers.contains("Authorization: Bearer fake-api-key\r\n"));
}

TEST(OpenAiHead, NamesTheOrganization) {
    auto deployment = deployment_of("openai");
    deployment.organization = "org-1";
    EXPECT_TRUE(head_of(deployment)->headers.contains("OpenAI-Organization: org-1\r\n"));
}

TEST(OpenAiHead, LetsExtraHeadersReplaceOursWhateverTheirCase) {
    auto deployment = deployment_of("openai");
    deployment.api_key = Secret("sk-up-1");
    deployment.extra_headers = {{"authorization", "Basic abc"}, {"X-Team", "a"}, {"x-team", "b"}};
    const auto headers = head_of(deployment)->headers;
    EXPECT_TRUE(headers.contains("Authorization: Basic abc\r\n")) << headers;
    EXPECT_FALSE(headers.contains("sk-up-1"));
    EXPECT_TRUE(headers.contains("X-Team: b\r\n"));
    EXPECT_FALSE(headers.contains("x-team"));
}

TEST(OpenAiHead, RefusesHeadersThatAreItsOwn) {
    for (const std::string name : {"Content-Length", "transfer-encoding", "Connection", "HOST",
                                   "Accept-Encoding", "Expect", "Upgrade"}) {
        auto deployment = deployment_of("openai");
        deployment.extra_headers = {{name, "1"}};
        const auto head = head_of(deployment);
        ASSERT_FALSE(head) << name;
        EXPECT_EQ(head.error().kind, ErrorKind::bad_request);
    }
}

TEST(OpenAiHead, RefusesWhatWouldBreakTheHead) {
    const auto refuses = [](auto change) {
        auto deployment = deployment_of("openai");
        change(deployment);
        const auto head = head_of(deployment);
        return !head && head.error().kind == ErrorKind::bad_request;
    };
    const std::string nul("a\0b", 3);
    EXPECT_TRUE(refuses([](Deployment& d) { d.api_key = Secret("sk\r\nX-Evil: 1"); }));
    EXPECT_TRUE(refuses([](Deployment& d) { d.api_key = Secret("sk\n"); }));
    EXPECT_TRUE(refuses([&](Deployment& d) { d.api_key = Secret(nul); }));
    EXPECT_TRUE(refuses([](Deployment& d) { d.extra_headers = {{"X-A", "1\rX-B: 2"}}; }));
    EXPECT_TRUE(refuses([&](Deployment& d) { d.extra_headers = {{"X-A", nul}}; }));
    EXPECT_TRUE(refuses([](Deployment& d) { d.extra_headers = {{"X A", "1"}}; }));
    EXPECT_TRUE(refuses([](Deployment& d) { d.extra_headers = {{"", "1"}}; }));
    EXPECT_TRUE(refuses([](Deployment& d) { d.organization = "a\nb"; }));
    EXPECT_TRUE(refuses([](Deployment& d) { d.base_path = "/v 1"; }));
    EXPECT_TRUE(refuses([](Deployment& d) { d.base_path = "/v1\r\nX: 1"; }));
    EXPECT_TRUE(refuses([](Deployment& d) { d.base_query = "a=b#c"; }));
    EXPECT_TRUE(refuses([](Deployment& d) { d.base_path = "v1"; }));
    EXPECT_TRUE(refuses([](Deployment& d) { d.origin.host = "a\nb"; }));
    EXPECT_TRUE(refuses([](Deployment& d) { d.origin.host = ""; }));
}

TEST(OpenAiHead, DoesNotRepeatTheKeyInAnError) {
    auto deployment = deployment_of("openai");
    deployment.api_key = Secret("sk-very-secret\r\n");
    EXPECT_FALSE(head_of(deployment).error().message.contains("very-secret"));
}

}  // namespace
}  // namespace tollweir
