#include "tollweir/core/prompt_bound.hpp"

#include <gtest/gtest.h>

#include <string>

#include "unit/core/padded.hpp"

namespace tollweir {
namespace {

const TokenCounter kCounter = TokenCounter::for_model("gpt-4o");

PromptSize size_of(std::string_view body, Endpoint endpoint = Endpoint::chat_completions) {
    const Padded padded(body);
    ObjectView view;
    EXPECT_TRUE(view.scan(padded.view()));
    return prompt_size(view, endpoint);
}

TEST(PromptSize, IsOfTheMembersThatBecomeThePrompt) {
    EXPECT_EQ(size_of(R"({"model":"m","messages":[1],"temperature":1,"tools":[22]})").bytes, 7U);
    EXPECT_EQ(
        size_of(R"({"prompt":"abc","suffix":"d","messages":[1]})", Endpoint::completions).bytes,
        8U);
    EXPECT_EQ(size_of(R"({"input":["a"],"model":"x"})", Endpoint::embeddings).bytes, 5U);
    EXPECT_EQ(size_of("{}"), PromptSize());
}

TEST(PromptSize, LeavesMediaOut) {
    const std::string data(10'000, 'A');
    const auto image = R"({"messages":[{"content":[{"type":"image_url","image_url":{"url":)"
                       R"("data:image/png;base64,)" +
                       data + R"("}},{"type":"text","text":"a; b"}]}]})";
    const auto bare = size_of(R"({"messages":[{"content":[{"type":"image_url","image_url":{"url":)"
                              R"("data:image/png;base64,"}},{"type":"text","text":"a; b"}]}]})");
    EXPECT_EQ(size_of(image), (PromptSize{bare.bytes, 1}));
    const auto sound = R"({"messages":[{"type":"input_audio","input_audio":{"data":")" + data +
                       R"(","format":"wav"}}]})";
    EXPECT_LT(size_of(sound).bytes, 100U);
    EXPECT_EQ(size_of(sound).media, 1U);
    // Each of several; a marker with no literal's end behind it, as no JSON has it, ends the
    // search.
    const auto two = R"({"input":[";base64,)" + data + R"(",";base64,)" + data + R"("]})";
    EXPECT_EQ(size_of(two, Endpoint::embeddings).media, 2U);
}

TEST(PromptBound, HoldsForUsualTextsBeforeAnythingIsLearnt) {
    const PromptBound bound;
    for (const std::string text :
         {"She asked: how far is the weir? Half a mile down the river, past the toll house.",
          "int main() { return f(x, y) + g(1234); }", "Wie weit ist es bis zum Wehr am Fluss?",
          "\u4f60\u597d\u4e16\u754c\u4eca\u5929\u5929\u6c14\u600e\u4e48\u6837"}) {
        const auto body = R"({"messages":[{"role":"user","content":")" + text + "\"}]}";
        const auto tokens = kCounter.count(text) + 9;
        const auto likely = bound.likely(size_of(body), kCounter);
        EXPECT_GE(likely, tokens) << text;
        EXPECT_LE(likely, 4 * tokens) << text;
        EXPECT_LT(bound.typical(size_of(body), kCounter), likely);
    }
    const PromptSize size{1000, 0};
    EXPECT_GT(bound.likely(size, TokenCounter::for_model("claude-x")),
              bound.likely(size, kCounter));
}

TEST(PromptBound, LearnsFromWhatUpstreamsReport) {
    PromptBound bound;
    for (int i = 0; i < 95; ++i) bound.observe({1000, 0}, 200);
    for (int i = 0; i < 5; ++i) bound.observe({1000, 0}, 900);
    EXPECT_GE(bound.likely({10'000, 0}, kCounter), 2000U);
    EXPECT_LE(bound.likely({10'000, 0}, kCounter), 2250U);
    EXPECT_LE(bound.typical({10'000, 0}, kCounter), 2250U);
    for (int i = 0; i < 40; ++i) bound.observe({1000, 0}, 900);
    EXPECT_GE(bound.likely({10'000, 0}, kCounter), 9000U);
    EXPECT_LE(bound.typical({10'000, 0}, kCounter), 2250U);
}

TEST(PromptBound, IsNeverMoreThanAnEighthAboveTheTruth) {
    for (std::uint64_t tokens = 200; tokens < 10'000; tokens += 37) {
        PromptBound bound;
        for (int i = 0; i < 8; ++i) bound.observe({10'000, 0}, tokens);
        const auto likely = bound.likely({10'000, 0}, kCounter);
        EXPECT_GE(likely + 3, tokens);  // a ratio is rounded down
        EXPECT_LE(likely, tokens + tokens / 8 + 3);
    }
}

TEST(PromptBound, LearnsNothingFromWhatSaysNothing) {
    PromptBound bound;
    const auto before = bound.likely({1000, 0}, kCounter);
    for (int i = 0; i < 50; ++i) {
        bound.observe({0, 0}, 100);
        bound.observe({1000, 1}, 5000);  // an image's tokens are not the text's
        bound.observe({1000, 0}, 0);
    }
    EXPECT_EQ(bound.likely({1000, 0}, kCounter), before);
    EXPECT_GT(bound.likely({1000, 1}, kCounter), before);
}

TEST(PromptBound, SurvivesAnyCount) {
    PromptBound bound;
    for (int i = 0; i < 20; ++i) {
        bound.observe({1, 0}, ~std::uint64_t{0});
        bound.observe({~std::uint64_t{0}, 0}, 1);
    }
    EXPECT_GT(bound.likely({1000, 0}, kCounter), 0U);
}

TEST(PromptBound, KnowsWhetherUpstreamsAreSilent) {
    PromptBound bound;
    EXPECT_FALSE(bound.is_silent());
    bound.observe_silence();
    EXPECT_TRUE(bound.is_silent());
    bound.observe({10, 0}, 3);
    EXPECT_FALSE(bound.is_silent());
}

}  // namespace
}  // namespace tollweir
