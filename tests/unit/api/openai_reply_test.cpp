#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tollweir/api/front.hpp"
#include "unit/core/padded.hpp"

namespace tollweir {
namespace {

using Json = nlohmann::json;

/// One answer and what the editor makes of it.
struct Reply {
    explicit Reply(std::string_view body, EmbeddingForm form = EmbeddingForm::as_sent) {
        const Padded padded(body);
        Pieces pieces;
        result = editor.edit(padded.view(), {"fast", form}, pieces);
        for (const auto piece : pieces) text += piece;
    }
    ReplyEditor editor;
    Result<void> result;
    std::string text;
};

std::string base64_of(std::string_view numbers) {
    const Reply reply("{\"data\":[{\"embedding\":" + std::string(numbers) + "}]}",
                      EmbeddingForm::base64);
    EXPECT_TRUE(reply.result);
    return Json::parse(reply.text)["data"][0]["embedding"];
}

TEST(OpenAiReply, ChangesNothingButTheModel) {
    const Reply reply(
        "{ \"id\":\"1\", \"model\" : \"gpt-4o-2024\" ,\"x\":1.50,\"usage\":{\"prompt_tokens\":3,"
        "\"completion_tokens\":4,\"total_tokens\":7}}\n");
    ASSERT_TRUE(reply.result);
    EXPECT_EQ(reply.text,
              "{ \"id\":\"1\", \"model\" : \"fast\" ,\"x\":1.50,\"usage\":{\"prompt_tokens\":3,"
              "\"completion_tokens\":4,\"total_tokens\":7}}\n");
    EXPECT_EQ(reply.editor.upstream_model(), "gpt-4o-2024");
    EXPECT_TRUE(reply.editor.usage().reported);
    EXPECT_EQ(reply.editor.usage().total_tokens, 7U);
}

TEST(OpenAiReply, AddsNoModelAndNoUsage) {
    const Reply reply(R"({"usage":null})");
    ASSERT_TRUE(reply.result);
    EXPECT_EQ(reply.text, R"({"usage":null})");
    EXPECT_FALSE(reply.editor.usage().reported);
    EXPECT_EQ(reply.editor.upstream_model(), "");
}

TEST(OpenAiReply, IsRefusedIfItIsNoJsonObject) {
    for (const std::string_view body : {"", "[]", "<html>", "{\"a\":1", "null"}) {
        const Reply reply(body);
        ASSERT_FALSE(reply.result) << body;
        EXPECT_EQ(reply.result.error().kind, ErrorKind::bad_gateway);
        EXPECT_EQ(reply.result.error().source, ErrorSource::upstream);
        EXPECT_EQ(reply.text, "");
    }
}

TEST(OpenAiReply, ForgetsTheAnswerBefore) {
    ReplyEditor editor;
    Pieces pieces;
    const Padded first(R"({"model":"a","usage":{"prompt_tokens":1}})");
    const Padded second("{}");
    ASSERT_TRUE(editor.edit(first.view(), {"fast"}, pieces));
    ASSERT_TRUE(editor.edit(second.view(), {"fast"}, pieces));
    EXPECT_FALSE(editor.usage().reported);
    EXPECT_EQ(editor.upstream_model(), "");
}

TEST(OpenAiEmbeddings, AsNumbersBecomeTheBase64ThatWasAskedFor) {
    std::ifstream file(std::string(TOLLWEIR_SOURCE_DIR) +
                       "/tests/golden/openai-family/08_vllm_embeddings_float_to_base64.json");
    const Json golden = Json::parse(file);
    const std::string body = golden["upstream_response"]["body"].dump(1);
    ReplyEditor editor;
    Pieces pieces;
    const Padded padded(body);
    ASSERT_TRUE(editor.edit(padded.view(), {"emb", EmbeddingForm::base64}, pieces));
    std::string text;
    for (const auto piece : pieces) text += piece;
    EXPECT_EQ(Json::parse(text), golden["client_response"]["body"]);
    EXPECT_EQ(editor.usage().prompt_tokens, 2U);
}

TEST(OpenAiEmbeddings, AreLeftAloneWhereNothingIsToDo) {
    for (const std::string_view body :
         {R"({"data":[{"embedding":"AAAAPw==" }, {"index":1}, 7, [1]]})",
          R"({"data":[{"embedding":[[1,2],[3,4]]}]})", R"({"data":[{"embedding":null}]})",
          R"({"data":[]})", R"({"data":{}})", R"({})"}) {
        const Reply reply(body, EmbeddingForm::base64);
        ASSERT_TRUE(reply.result) << body;
        EXPECT_EQ(reply.text, body);
    }
    const Reply unasked(R"({"data":[{"embedding":[1]}]})");
    EXPECT_EQ(unasked.text, R"({"data":[{"embedding":[1]}]})");
}

TEST(OpenAiEmbeddings, KeepTheRestOfEachItem) {
    const Reply reply(
        R"({"data":[ {"index":0,"embedding" : [ 1 , 2 ] ,"x":"]"} , {"embedding":[]} ]})",
        EmbeddingForm::base64);
    ASSERT_TRUE(reply.result);
    EXPECT_EQ(
        reply.text,
        R"({"data":[ {"index":0,"embedding" : "AACAPwAAAEA=" ,"x":"]"} , {"embedding":""} ]})");
}

TEST(OpenAiEmbeddings, TakeEveryNumberThatAFloatCanHold) {
    EXPECT_EQ(base64_of("[-0]"), "AAAAgA==");
    EXPECT_EQ(base64_of("[1e-50,1E-4000]"), "AAAAAAAAAAA=");
    EXPECT_EQ(base64_of("[1e-45]"), "AQAAAA==");
    EXPECT_EQ(base64_of("[3.4028234e38]"), "//9/fw==");
    EXPECT_EQ(base64_of("[0.1]"), "zczMPQ==");
}

TEST(OpenAiEmbeddings, AreRefusedWhereNoFloatCanHoldThem) {
    for (const std::string_view body :
         {R"({"data":[{"embedding":[1e39]}]})", R"({"data":[{"embedding":[1e400]}]})",
          R"({"data":[{"embedding":[1,]}]})", R"({"data":[{"embedding":[01]}]})",
          R"({"data":[{"embedding":[NaN]}]})", R"({"data":[{"embedding":[1]} {}]})"}) {
        const Reply reply(body, EmbeddingForm::base64);
        ASSERT_FALSE(reply.result) << body;
        EXPECT_EQ(reply.result.error().kind, ErrorKind::bad_gateway);
    }
}

TEST(OpenAiEmbeddings, AsBase64BecomeTheNumbersThatWereAskedFor) {
    const Reply reply(
        R"({"object":"list","data":[{"object":"embedding","index":0,)"
        R"("embedding" : "AAAAPwAAoL8AAAA8AABAQA=="},{"embedding":[7]},{"embedding":""}]})",
        EmbeddingForm::floats);
    ASSERT_TRUE(reply.result);
    EXPECT_EQ(reply.text,
              R"({"object":"list","data":[{"object":"embedding","index":0,)"
              R"("embedding" : [0.5,-1.25,0.0078125,3]},{"embedding":[7]},{"embedding":[]}]})");
}

TEST(OpenAiEmbeddings, ThatAreNumbersAlreadyAreNotTouched) {
    constexpr std::string_view kBody =
        R"({"data":[{"object":"embedding","embedding":[0.10,1e0]}]})";
    EXPECT_EQ(Reply(kBody, EmbeddingForm::floats).text, kBody);
}

TEST(OpenAiEmbeddings, AreRefusedWhereTheTextHoldsNoFloats) {
    // No base64, not whole floats, a float that is no number.
    for (const std::string_view text : {"###=", "AAAA", "AADAfw==", "\\ud800"}) {
        const Reply reply(R"({"data":[{"embedding":")" + std::string(text) + "\"}]}",
                          EmbeddingForm::floats);
        ASSERT_FALSE(reply.result) << text;
        EXPECT_EQ(reply.result.error().kind, ErrorKind::bad_gateway);
    }
}

TEST(AnswerAsChunks, HoldAllThatTheAnswerSaid) {
    const auto chunks = answer_as_chunks(
        R"({"id":"1","object":"chat.completion","model":"m","choices":[{"index":0,"message":)"
        R"({"role":"assistant","content":null,"tool_calls":[{"id":"a","index":9},{"id":"b"}]},)"
        R"("finish_reason":"tool_calls"}],"usage":{"total_tokens":3},"citations":["u"]})",
        true);
    ASSERT_TRUE(chunks);
    ASSERT_EQ(chunks->size(), 3U);
    const auto first = Json::parse((*chunks)[0]);
    EXPECT_EQ(first["object"], "chat.completion.chunk");
    EXPECT_EQ(first["citations"], Json::parse(R"(["u"])"));
    EXPECT_EQ(first["choices"][0]["delta"]["tool_calls"],
              Json::parse(R"([{"index":0,"id":"a"},{"index":1,"id":"b"}])"));
    EXPECT_TRUE(first["choices"][0]["finish_reason"].is_null());
    const auto last = Json::parse((*chunks)[1]);
    EXPECT_EQ(last["choices"][0],
              Json::parse(R"({"index":0,"delta":{},"finish_reason":"tool_calls"})"));
    EXPECT_EQ(Json::parse((*chunks)[2])["usage"]["total_tokens"], 3);
}

TEST(AnswerAsChunks, AreMadeOfTextCompletionsToo) {
    const auto chunks = answer_as_chunks(
        R"({"object":"text_completion","choices":[{"index":0,"text":"a","finish_reason":"stop"}]})",
        true);
    ASSERT_TRUE(chunks);
    ASSERT_EQ(chunks->size(), 2U);
    EXPECT_EQ(Json::parse((*chunks)[0])["choices"][0]["text"], "a");
}

TEST(AnswerAsChunks, AreRefusedWithoutChoices) {
    for (const std::string_view body :
         {"{}", "[]", R"({"choices":[]})", R"({"choices":{}})", "x"}) {
        EXPECT_FALSE(answer_as_chunks(body, true)) << body;
    }
}

}  // namespace
}  // namespace tollweir
