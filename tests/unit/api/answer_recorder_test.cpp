#include "tollweir/api/answer_recorder.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

TEST(AnswerRecorder, PutsAChatTogether) {
    AnswerRecorder recorder;
    EXPECT_EQ(recorder.answer(), "{}");
    for (
        const auto* chunk :
        {R"({"id":"c-1","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]})",
         R"({"id":"c-1","choices":[{"index":0,"delta":{"content":"Hel\u006c"}}]})",
         R"({"id":"c-1","choices":[{"index":0,"delta":{"role":"assistant","content":"o"}},{"index":1,"delta":{"content":"Hi"}}]})",
         R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})",
         R"({"choices":[],"usage":{"total_tokens":3}})", "not json", "[]"})
        recorder.add_chunk(chunk);
    EXPECT_EQ(
        recorder.answer(),
        R"({"id":"c-1","created":7,"model":"m","object":"chat.completion","choices":[)"
        R"({"index":0,"message":{"role":"assistant","content":"Hel\u006co"},"finish_reason":"stop"},)"
        R"({"index":1,"message":{"content":"Hi"},"finish_reason":null}],"usage":{"total_tokens":3}})");
}

TEST(AnswerRecorder, PutsToolCallsTogether) {
    AnswerRecorder recorder;
    for (
        const auto* chunk :
        {R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t1","type":"function","function":{"name":"f","arguments":""}}]}}]})",
         R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}]}}]})",
         R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]},"finish_reason":"tool_calls"}]})"})
        recorder.add_chunk(chunk);
    EXPECT_EQ(recorder.answer(),
              R"({"object":"chat.completion","choices":[{"index":0,"message":{"tool_calls":[)"
              R"({"id":"t1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},)"
              R"("finish_reason":"tool_calls"}]})");
}

TEST(AnswerRecorder, PutsTextCompletionsTogether) {
    AnswerRecorder recorder;
    recorder.add_chunk(
        R"({"object":"text_completion","choices":[{"index":0,"text":"a","finish_reason":null}]})");
    recorder.add_chunk(
        R"({"object":"text_completion","choices":[{"index":0,"text":"b","finish_reason":"length"}]})");
    EXPECT_EQ(
        recorder.answer(),
        R"({"object":"text_completion","choices":[{"index":0,"text":"ab","finish_reason":"length"}]})");
}

}  // namespace
}  // namespace tollweir
