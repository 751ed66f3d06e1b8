#include "tollweir/gateway/continuation.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

BrokenStream broken(const std::string& content = "Once ") {
    BrokenStream stream;
    stream.said = std::make_shared<AnswerRecorder>();
    stream.said->add_chunk(R"({"choices":[{"index":0,"delta":{"content":")" + content + R"("}}]})");
    stream.usage.completion_tokens = 5;
    return stream;
}

std::string changes(std::string_view body, std::string_view of_target = "") {
    return continuation_changes(body, of_target, broken()).value_or("refused");
}

constexpr std::string_view kRest = R"({"role":"assistant","content":"Once ","prefix":true}])";

TEST(Continuation, TheBeginningIsTheLastMessage) {
    EXPECT_EQ(changes(R"({"messages":[{"role":"user","content":"]"} ],"model":"m"})"),
              R"({"messages":[{"role":"user","content":"]"} ,)" + std::string(kRest) + "}");
    EXPECT_EQ(changes(R"({"messages":[ ]})"), R"({"messages":[ )" + std::string(kRest) + "}");
}

TEST(Continuation, AsksForWhatIsLeftOfTheTokens) {
    const auto made = changes(R"({"messages":[],"max_tokens":20,"max_completion_tokens":3})");
    EXPECT_TRUE(made.ends_with(R"(,"max_tokens":15,"max_completion_tokens":1})")) << made;
}

TEST(Continuation, TheTargetsChangesHoldToo) {
    const auto made = changes(R"({"messages":[{"a":1}],"max_tokens":20})",
                              R"({"messages":[{"b":2}],"max_tokens":8,"temperature":0})");
    EXPECT_TRUE(made.starts_with(R"({"messages":[{"b":2},{)")) << made;
    EXPECT_TRUE(made.ends_with(R"(,"max_tokens":3,"temperature":0})")) << made;
}

TEST(Continuation, TakesUpPlainTextOnly) {
    EXPECT_EQ(changes(R"({"messages":[],"n":2})"), "refused");
    EXPECT_EQ(changes(R"({"messages":[],"response_format":{"type":"json_object"}})"), "refused");
    EXPECT_EQ(changes(R"({"messages":"x"})"), "refused");
    EXPECT_EQ(changes(R"({})"), "refused");
    EXPECT_NE(changes(R"({"messages":[],"n":1,"response_format":{"type":"text"}})"), "refused");
    EXPECT_NE(changes(R"({"messages":[],"n":null,"response_format":null})"), "refused");
    auto ended = broken();
    ended.said->add_chunk(R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0}]}}]})");
    EXPECT_FALSE(continuation_changes(R"({"messages":[]})", "", ended));
}

}  // namespace
}  // namespace tollweir
