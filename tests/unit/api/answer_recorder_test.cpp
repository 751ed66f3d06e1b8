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

std::optional<std::string> open_text(std::initializer_list<const char*> deltas) {
    AnswerRecorder recorder;
    for (const std::string delta : deltas)
        recorder.add_chunk(R"({"id":"c","created":7,"choices":[{"index":0,"delta":)" + delta +
                           "}]}");
    return recorder.open_text();
}

TEST(AnswerRecorder, TellsTextThatMayBeGoneOnWith) {
    EXPECT_EQ(open_text({R"({"role":"assistant","content":"","refusal":null})",
                         R"({"content":"a\n","tool_calls":[]})", R"({"content":"b\u00e9"})"}),
              R"(a\nb\u00e9)");
    EXPECT_EQ(open_text({R"({"reasoning_content":"hm"})", R"({"content":"a"})"}), "a");
}

TEST(AnswerRecorder, TellsNoneWhereMoreThanTextWasSaid) {
    const auto* text = R"({"content":"a"})";
    EXPECT_FALSE(open_text({}));
    EXPECT_FALSE(open_text({R"({"role":"assistant"})"}));
    EXPECT_FALSE(open_text({R"({"reasoning_content":"hm"})"}));
    for (const auto* more :
         {R"({"tool_calls":[{"index":0,"id":"t"}]})", R"({"function_call":{"name":"f"}})",
          R"({"audio":{"id":"x"}})", R"({"refusal":"no"})", R"({"images":[{"url":"x"}]})"})
        EXPECT_FALSE(open_text({text, more})) << more;
    AnswerRecorder ended;
    ended.add_chunk(R"({"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]})");
    EXPECT_FALSE(ended.open_text());
    AnswerRecorder two;
    two.add_chunk(R"({"choices":[{"index":0,"delta":{"content":"a"}},{"index":1,"delta":{}}]})");
    EXPECT_FALSE(two.open_text());
    AnswerRecorder plain;
    plain.add_chunk(R"({"object":"text_completion","choices":[{"index":0,"text":"a"}]})");
    EXPECT_FALSE(plain.open_text());
}

TEST(AnswerRecorder, TellsMembersOfTheFirstChunk) {
    AnswerRecorder recorder;
    EXPECT_EQ(recorder.first_member("id"), "");
    recorder.add_chunk(R"({"id":"c-1","created":7,"choices":[]})");
    recorder.add_chunk(R"({"id":"c-2","created":8,"choices":[]})");
    EXPECT_EQ(recorder.first_member("id"), R"("c-1")");
    EXPECT_EQ(recorder.first_member("created"), "7");
    EXPECT_EQ(recorder.first_member("model"), "");
}

}  // namespace
}  // namespace tollweir
