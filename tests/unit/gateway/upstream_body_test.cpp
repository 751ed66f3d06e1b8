#include "tollweir/gateway/upstream_body.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tollweir/providers/registry.hpp"

namespace tollweir {
namespace {

using nlohmann::json;

struct Built {
    std::string text;
    json body;
    bool hides_usage = false;
};

Deployment deployment_of(std::string_view provider) {
    Deployment deployment;
    deployment.provider = find_provider(provider)->provider;
    deployment.model = "up";
    return deployment;
}

Built build(std::string text, Endpoint endpoint, const Deployment& deployment,
            const Config& config = {}) {
    text.reserve(text.size() + kJsonPadding);
    ChatView view;
    EXPECT_TRUE(openai_front().scan(endpoint, text, view).has_value());
    UpstreamBody body;
    const UpstreamCall call{endpoint, deployment.model, {}};
    EXPECT_TRUE(body.build(view, deployment, call, config).has_value());
    Built built;
    for (const auto piece : body.pieces()) built.text += piece;
    built.body = json::parse(built.text);
    built.hides_usage = body.hides_usage();
    return built;
}

TEST(UpstreamBody, ReplacesTheModelAndNothingElse) {
    const auto built = build(R"({ "x" : 1.0e5,"model":"fast", "messages":[ ] })",
                             Endpoint::chat_completions, deployment_of("openai"));
    EXPECT_EQ(built.text, R"({ "x" : 1.0e5,"model":"up", "messages":[ ] })");
}

TEST(UpstreamBody, AddsTheModelWhereThePathNamedIt) {
    const auto built =
        build(R"({"messages":[]})", Endpoint::chat_completions, deployment_of("openai"));
    EXPECT_EQ(built.body["model"], "up");
}

TEST(UpstreamBody, SetsDefaultsWhereTheRequestIsSilentOrNull) {
    auto deployment = deployment_of("openai");
    deployment.defaults = {{"temperature", "0.5"}, {"seed", "7"}, {"top_p", "0.9"}};
    const auto built = build(R"({"model":"m","messages":[],"temperature":1,"seed":null})",
                             Endpoint::chat_completions, deployment);
    EXPECT_EQ(built.body["temperature"], 1);
    EXPECT_EQ(built.body["seed"], 7);
    EXPECT_EQ(built.body["top_p"], 0.9);
}

TEST(UpstreamBody, LetsTheClientsSpellingOfALimitWinOverTheDefaultsOther) {
    auto deployment = deployment_of("openai");
    deployment.defaults = {{"max_completion_tokens", "5"}};
    const auto built = build(R"({"model":"m","messages":[],"max_tokens":9})",
                             Endpoint::chat_completions, deployment);
    EXPECT_EQ(built.body["max_tokens"], 9);
    EXPECT_FALSE(built.body.contains("max_completion_tokens"));
}

TEST(UpstreamBody, ForcesTheExtraBody) {
    auto deployment = deployment_of("openai");
    deployment.extra_body = {{"max_completion_tokens", "3"}, {"vendor", R"({"a":1})"}};
    const auto built = build(R"({"model":"m","messages":[],"max_tokens":9,"vendor":2})",
                             Endpoint::chat_completions, deployment);
    EXPECT_EQ(built.body["max_completion_tokens"], 3);
    EXPECT_FALSE(built.body.contains("max_tokens"));
    EXPECT_EQ(built.body["vendor"]["a"], 1);
}

TEST(UpstreamBody, KeepsGenerationDefaultsFromEmbeddings) {
    auto deployment = deployment_of("openai");
    deployment.defaults = {{"temperature", "0.5"}, {"dimensions", "8"}};
    deployment.extra_body = {{"max_tokens", "5"}};
    const auto built = build(R"({"model":"m","input":"x"})", Endpoint::embeddings, deployment);
    EXPECT_EQ(built.body["dimensions"], 8);
    EXPECT_FALSE(built.body.contains("temperature"));
    EXPECT_FALSE(built.body.contains("max_tokens"));
}

TEST(UpstreamBody, AsksForUsageInStreamsAndHidesItFromThoseWhoDidNot) {
    const auto built = build(R"({"model":"m","messages":[],"stream":true})",
                             Endpoint::chat_completions, deployment_of("openai"));
    EXPECT_EQ(built.body["stream_options"]["include_usage"], true);
    EXPECT_TRUE(built.hides_usage);
}

TEST(UpstreamBody, KeepsOtherStreamOptions) {
    const auto built = build(
        R"({"model":"m","messages":[],"stream":true,"stream_options":{"include_usage":false,"x":1}})",
        Endpoint::chat_completions, deployment_of("openai"));
    EXPECT_EQ(built.body["stream_options"], (json{{"include_usage", true}, {"x", 1}}));
}

TEST(UpstreamBody, DoesNotAskWhereItIsSwitchedOffOrDropped) {
    const std::string text = R"({"model":"m","messages":[],"stream":true})";
    Config off;
    off.inject_stream_usage = false;
    EXPECT_FALSE(build(text, Endpoint::chat_completions, deployment_of("openai"), off)
                     .body.contains("stream_options"));
    auto dropping = deployment_of("openai");
    dropping.additional_drop_params = {"stream_options"};
    EXPECT_FALSE(build(text, Endpoint::chat_completions, dropping).body.contains("stream_options"));
}

}  // namespace
}  // namespace tollweir
