#include "tollweir/gateway/mock_reply.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace tollweir {
namespace {

using nlohmann::json;

ChatView view_of(Endpoint endpoint, bool stream, bool usage = false) {
    ChatView view;
    view.endpoint = endpoint;
    view.stream = stream;
    view.wants_stream_usage = usage;
    return view;
}

Result<MockReply> make(std::string_view mock, const ChatView& view) {
    return make_mock_reply(mock, view, "demo", "chatcmpl-1", 1760000000);
}

TEST(MockReply, AnswersAChatWithItsText) {
    const auto reply = make(R"("Hello \"you\"")", view_of(Endpoint::chat_completions, false));
    ASSERT_TRUE(reply.has_value());
    const auto body = json::parse(reply->body);
    EXPECT_EQ(body["object"], "chat.completion");
    EXPECT_EQ(body["model"], "demo");
    EXPECT_EQ(body["choices"][0]["message"]["content"], "Hello \"you\"");
    EXPECT_EQ(body["choices"][0]["finish_reason"], "stop");
    EXPECT_EQ(body["usage"]["prompt_tokens"], 10);
    EXPECT_EQ(body["usage"]["completion_tokens"], 20);
}

TEST(MockReply, StreamsWordByWordAndLosesNothing) {
    const auto reply =
        make(R"("  two  words here ")", view_of(Endpoint::chat_completions, true, true));
    ASSERT_TRUE(reply.has_value());
    std::string joined;
    for (const auto& event : reply->events) {
        const auto chunk = json::parse(event);
        if (!chunk["choices"].empty())
            joined += chunk["choices"][0]["delta"].value("content", std::string());
    }
    EXPECT_EQ(joined, "  two  words here ");
    EXPECT_EQ(json::parse(reply->events.front())["choices"][0]["delta"]["role"], "assistant");
    EXPECT_EQ(json::parse(reply->events.back())["choices"], json::array());
    EXPECT_EQ(json::parse(reply->events.back())["usage"]["total_tokens"], 30);
    EXPECT_EQ(json::parse(reply->events[reply->events.size() - 2])["choices"][0]["finish_reason"],
              "stop");
}

TEST(MockReply, SendsUsageOnlyToThoseWhoAsk) {
    const auto reply = make(R"("x")", view_of(Endpoint::chat_completions, true, false));
    ASSERT_TRUE(reply.has_value());
    for (const auto& event : reply->events) EXPECT_FALSE(json::parse(event).contains("usage"));
}

TEST(MockReply, AnswersLegacyCompletions) {
    const auto reply = make(R"("text")", view_of(Endpoint::completions, false));
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(json::parse(reply->body)["choices"][0]["text"], "text");
}

TEST(MockReply, ReturnsAnObjectAsItIs) {
    const auto reply =
        make(R"({"id":"x","choices":[]})", view_of(Endpoint::chat_completions, false));
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->body, R"({"id":"x","choices":[]})");
}

TEST(MockReply, StreamsTheTextOfAnObject) {
    const auto reply = make(R"({"choices":[{"index":0,"message":{"content":"from object"}}]})",
                            view_of(Endpoint::chat_completions, true));
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(json::parse(reply->events.front())["choices"][0]["delta"]["content"], "from");
}

TEST(MockReply, RaisesTheErrorsThatAreAskedFor) {
    const auto status = [](std::string_view mock) {
        const auto reply = make(mock, view_of(Endpoint::chat_completions, false));
        return reply ? 200 : reply.error().http_status();
    };
    EXPECT_EQ(status(R"("litellm.RateLimitError")"), 429);
    EXPECT_EQ(status(R"("litellm.ContextWindowExceededError")"), 400);
    EXPECT_EQ(status(R"("litellm.InternalServerError")"), 500);
    EXPECT_EQ(status("[1]"), 400);
    EXPECT_EQ(status("{\"a\":"), 400);
}

TEST(MockReply, BreaksAStreamWhenAskedTo) {
    const auto reply =
        make(R"("Exception: mock_streaming_error")", view_of(Endpoint::chat_completions, true));
    ASSERT_TRUE(reply.has_value());
    ASSERT_TRUE(reply->breaks_with.has_value());
    EXPECT_EQ(reply->breaks_with->http_status(), 529);
}

TEST(MockReply, HasNoEmbeddingsForAText) {
    EXPECT_FALSE(make(R"("text")", view_of(Endpoint::embeddings, false)).has_value());
}

}  // namespace
}  // namespace tollweir
