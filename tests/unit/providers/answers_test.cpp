#include <gtest/gtest.h>

#include "support.hpp"

namespace tollweir {
namespace {

using nlohmann::json;
using test::deployment_of;
using Chunk = AnswerTidier::Chunk;

std::unique_ptr<AnswerTidier> open(std::string_view provider,
                                   Endpoint endpoint = Endpoint::chat_completions,
                                   AnswerNeeds needs = {}) {
    const auto deployment = deployment_of(provider);
    return deployment.provider->open_answer(deployment, endpoint, needs);
}

json whole(AnswerTidier& tidier, std::string_view body) {
    std::string out;
    return json::parse(tidier.tidy_answer(body, out) ? out : std::string(body));
}

json whole(std::string_view provider, std::string_view body) {
    return whole(*open(provider), body);
}

// The chunk as it goes on; null: it goes no further.
json chunk(AnswerTidier& tidier, std::string_view data) {
    std::string out;
    switch (tidier.tidy_chunk(data, out)) {
        case Chunk::as_it_is:
            return json::parse(data);
        case Chunk::changed:
            return json::parse(out);
        case Chunk::dropped:
            break;
    }
    return nullptr;
}

json delta(std::string_view provider, std::string_view members) {
    const std::string data = R"({"choices":[{"index":0,"delta":{)" + std::string(members) + "}}]}";
    return chunk(*open(provider), data)["choices"][0]["delta"];
}

json operator""_j(const char* text, std::size_t size) {
    return json::parse(std::string_view(text, size));
}

TEST(Answers, OfOpenAiAndAzureWithoutNeedsAreLeftAlone) {
    auto deployment = deployment_of("openai");
    deployment.api_base = "https://api.openai.com/v1";
    EXPECT_EQ(deployment.provider->open_answer(deployment, Endpoint::chat_completions, {}),
              nullptr);
    EXPECT_EQ(open("openai", Endpoint::embeddings), nullptr);
    EXPECT_EQ(open("litellm_proxy"), nullptr);
    EXPECT_EQ(open("mistral", Endpoint::embeddings), nullptr);
    // Somebody else's server under OpenAI's name.
    deployment.api_base = "http://localhost:11434/v1";
    EXPECT_NE(deployment.provider->open_answer(deployment, Endpoint::chat_completions, {}),
              nullptr);
}

TEST(Answers, ThatAreNoJsonGoOnAsTheyAre) {
    std::string out;
    for (const std::string_view text : {"", "[DONE]", "{\"reasoning\":", "[1]", "\"tool_calls\""}) {
        EXPECT_FALSE(open("groq")->tidy_answer(text, out)) << text;
        EXPECT_EQ(open("mistral")->tidy_chunk(text, out), Chunk::as_it_is) << text;
        EXPECT_EQ(open("azure")->tidy_chunk(text, out), Chunk::as_it_is) << text;
    }
}

TEST(Answers, GetReasoningUnderItsUsualName) {
    EXPECT_EQ(delta("groq", R"("reasoning":"a\n")"),
              R"({"reasoning":"a\n","reasoning_content":"a\n"})"_j);
    EXPECT_EQ(delta("groq", R"("reasoning":"a","reasoning_content":"b")"),
              R"({"reasoning":"a","reasoning_content":"b"})"_j);
    EXPECT_EQ(delta("groq", R"("reasoning":null)"), R"({"reasoning":null})"_j);
    EXPECT_EQ(delta("minimax", R"("reasoning_details":[{"text":"a"},{"text":"b"}])")
                  .value("reasoning_content", ""),
              "ab");
    EXPECT_EQ(whole("hosted_vllm", R"({"choices":[{"message":{"reasoning":"r"}}]})"),
              R"({"choices":[{"message":{"reasoning":"r","reasoning_content":"r"}}]})"_j);
}

TEST(Answers, OfMistralAreTextAgain) {
    EXPECT_EQ(whole("mistral", R"({"choices":[{"message":{"content":[
        {"type":"thinking","thinking":[{"type":"text","text":"t"}]},
        {"type":"text","text":"a"},{"type":"text","text":"b"}]}}]})"),
              R"({"choices":[{"message":{"content":"ab","reasoning_content":"t"}}]})"_j);
    EXPECT_EQ(whole("mistral", R"({"choices":[{"message":{"content":[]}}]})"),
              R"({"choices":[{"message":{"content":""}}]})"_j);
}

TEST(Answers, OfGroqHaveTheirUsageWhereItBelongs) {
    EXPECT_EQ(chunk(*open("groq"), R"({"choices":[],"x_groq":{"id":"r","usage":
        {"queue_time":0.1,"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}})"),
              R"({"choices":[],"x_groq":{"id":"r"},
        "usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}})"_j);
    EXPECT_EQ(whole("groq", R"({"service_tier":"on_demand"})"), R"({"service_tier":"auto"})"_j);
}

TEST(Answers, CountCacheHitsAndReasoningAsOpenAiDoes) {
    EXPECT_EQ(whole("deepseek",
                    R"({"usage":{"prompt_cache_hit_tokens":7}})")["usage"]["prompt_tokens_details"],
              R"({"cached_tokens":7})"_j);
    const auto completion = [](std::string_view total) {
        return whole("xai",
                     R"({"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":)" +
                         std::string(total) +
                         R"(,"completion_tokens_details":{"reasoning_tokens":20}}})")
            ["usage"]["completion_tokens"]
                .get<int>();
    };
    EXPECT_EQ(completion("35"), 25);
    EXPECT_EQ(completion("15"), 5);  // counted within already
}

TEST(Answers, OfXaiFinishByTheirCalls) {
    const auto finish = [](std::string_view message) {
        return whole("xai", R"({"choices":[{"finish_reason":"","message":)" + std::string(message) +
                                "}]}")["choices"][0]["finish_reason"];
    };
    EXPECT_EQ(finish(R"({"tool_calls":[{"id":"1"}]})"), "tool_calls");
    EXPECT_EQ(finish(R"({"tool_calls":[]})"), "");
}

TEST(Answers, OfPerplexityDoNotRepeatThemselves) {
    EXPECT_EQ(chunk(*open("perplexity"), R"({"citations":["u"],
        "choices":[{"delta":{"content":"b"},"message":{"content":"ab"}}]})"),
              R"({"citations":["u"],"choices":[{"delta":{"content":"b"}}]})"_j);
}

TEST(AzureAnswers, AreFreeOfFilterChunks) {
    const auto tidier = open("azure");
    EXPECT_EQ(chunk(*tidier, R"({"id":"","choices":[],"prompt_filter_results":[]})"), nullptr);
    const auto* plain = R"({"id":"c1","choices":[{"delta":{},"content_filter_results":{}}]})";
    EXPECT_EQ(chunk(*tidier, plain), json::parse(plain));
    EXPECT_EQ(chunk(*tidier, R"({"id":"","choices":[{"content_filter_offsets":{}}]})"), nullptr);
    // What ends the choice must reach the client.
    const auto blocked = chunk(*tidier, R"({"id":"","object":"","choices":[
        {"index":0,"finish_reason":"content_filter"}]})");
    EXPECT_EQ(blocked["id"], "c1");
    EXPECT_EQ(blocked["object"], "chat.completion.chunk");
    EXPECT_EQ(blocked["choices"][0]["delta"], json::object());
    const auto* usage = R"({"id":"c1","choices":[],"usage":{"total_tokens":1}})";
    EXPECT_EQ(chunk(*tidier, usage), json::parse(usage));
    const auto* error = R"({"error":{"message":"m"}})";
    EXPECT_EQ(chunk(*tidier, error), json::parse(error));
}

// The indices that a client sees, of deltas written `index,id` (either may be missing).
std::string indices(std::initializer_list<std::string_view> calls) {
    const auto tidier = open("hosted_vllm");
    std::string seen;
    for (const auto call : calls) {
        const auto comma = call.find(',');
        std::string item = R"({"function":{"arguments":"x"})";
        if (comma > 0) item += R"(,"index":)" + std::string(call.substr(0, comma));
        if (comma + 1 < call.size())
            item += R"(,"id":")" + std::string(call.substr(comma + 1)) + '"';
        const auto got =
            chunk(*tidier, R"({"choices":[{"index":0,"delta":{"tool_calls":[)" + item + "}]}}]}");
        seen += got["choices"][0]["delta"]["tool_calls"][0]["index"].dump();
    }
    return seen;
}

TEST(CallIndices, StayWhereTheyAreRight) {
    EXPECT_EQ(indices({"0,a", "0,", "1,b", "1,", "0,"}), "00110");
    EXPECT_EQ(indices({"1,a", "1,"}), "11");
    EXPECT_EQ(indices({"0,same", "1,same", "0,same"}), "010");
}

TEST(CallIndices, AreGivenWhereTheyAreMissing) {
    EXPECT_EQ(indices({",a", ",", ",b", ",", ",a"}), "00110");
    EXPECT_EQ(indices({",", ","}), "00");
}

TEST(CallIndices, TellCallsApartThatShareOne) {
    EXPECT_EQ(indices({"0,a", "0,", "0,b", "0,", "0,a"}), "00110");
    EXPECT_EQ(indices({"0,", "0,a", "0,"}), "000");
}

TEST(CallIndices, AreEachChoicesOwn) {
    const auto tidier = open("hosted_vllm");
    const auto index = [&](int choice) {
        const auto data = R"({"choices":[{"index":)" + std::to_string(choice) +
                          R"(,"delta":{"tool_calls":[{"id":"a"}]}}]})";
        return chunk(*tidier, data)["choices"][0]["delta"]["tool_calls"][0]["index"].get<int>();
    };
    EXPECT_EQ(index(0), 0);
    EXPECT_EQ(index(1), 0);
}

TEST(JsonTool, IsUnwrapped) {
    const auto tidier = open("groq", Endpoint::chat_completions, {true, true});
    EXPECT_EQ(whole(*tidier, R"({"choices":[{"finish_reason":"tool_calls","message":{"content":null,
        "tool_calls":[{"id":"1","function":{"name":"json_tool_call","arguments":"{\"a\":1}"}}]}}]})"),
              R"({"choices":[{"finish_reason":"stop","message":{"content":"{\"a\":1}"}}]})"_j);
    const auto* other = R"({"choices":[{"finish_reason":"tool_calls","message":{
        "tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]}}]})";
    EXPECT_EQ(whole(*tidier, other), json::parse(other));
}

TEST(ChatAsTextAnswers, AreChat) {
    const auto tidier = open("text-completion-openai");
    EXPECT_EQ(whole(*tidier, R"({"object":"text_completion","choices":[
        {"index":0,"text":"a","logprobs":null,"finish_reason":"stop"}]})"),
              R"({"object":"chat.completion","choices":[{"index":0,
        "message":{"role":"assistant","content":"a"},"finish_reason":"stop"}]})"_j);
    const auto first = chunk(*tidier, R"({"choices":[{"index":1,"text":"a"}]})");
    EXPECT_EQ(first["object"], "chat.completion.chunk");
    EXPECT_EQ(first["choices"][0]["delta"], R"({"role":"assistant","content":"a"})"_j);
    EXPECT_EQ(chunk(*tidier, R"({"choices":[{"index":1,"text":"b"}]})")["choices"][0]["delta"],
              R"({"content":"b"})"_j);
    EXPECT_EQ(chunk(*tidier, R"({"choices":[{"index":0,"text":"b"}]})")["choices"][0]["delta"],
              R"({"role":"assistant","content":"b"})"_j);
}

TEST(FimAnswers, AreTextCompletions) {
    const auto tidier = open("codestral", Endpoint::completions);
    EXPECT_EQ(whole(*tidier, R"({"object":"chat.completion","choices":[{"index":0,
        "message":{"role":"assistant","content":"a"},"finish_reason":"stop"}]})"),
              R"({"object":"text_completion","choices":[{"index":0,"text":"a",
        "finish_reason":"stop"}]})"_j);
    EXPECT_EQ(chunk(*tidier, R"({"choices":[{"index":0,"delta":{}}]})"),
              R"({"object":"text_completion","choices":[{"index":0,"text":""}]})"_j);
}

}  // namespace
}  // namespace tollweir
