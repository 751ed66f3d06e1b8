#include "tollweir/core/text_tally.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

const TokenCounter kCounter = TokenCounter::for_model("gpt-4o");

std::string chunk(std::string_view text) {
    std::string json = R"([{"index":0,"delta":{"content":)";
    append_json_string(json, text);
    return json + R"(},"logprobs":null,"finish_reason":null}])";
}

/// The text in chunks of so many bytes each.
TextTally tally_of(std::string_view text, std::size_t piece) {
    TextTally tally;
    tally.add_choices(R"([{"index":0,"delta":{"role":"assistant","content":""}}])");
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size())))
        tally.add_choices(chunk(text.substr(0, piece)));
    return tally;
}

std::string repeated(std::string_view text, std::size_t bytes) {
    std::string all;
    while (all.size() < bytes) all += text;
    return all;
}

constexpr std::string_view kProse =
    "The weir keeper counts what floats by, and writes it into his book. \"Half a mile,\" he "
    "said.\n";

TEST(TextTally, CountsShortAnswersExactlyHoweverTheyAreCut) {
    const auto text = std::string(kProse) + "Then 42 more.";
    for (std::size_t piece = 1; piece <= text.size(); ++piece)
        EXPECT_EQ(tally_of(text, piece).tokens(kCounter), kCounter.count(text)) << piece;
}

TEST(TextTally, OfNothingIsNothing) {
    TextTally tally;
    EXPECT_TRUE(tally.empty());
    tally.add_choices("[]");
    tally.add_choices(R"([{"index":0,"delta":{"role":"assistant","content":null}}])");
    EXPECT_TRUE(tally.empty());
    EXPECT_EQ(tally.tokens(kCounter), 0U);
}

TEST(TextTally, TakesAllThatIsSaid) {
    TextTally tally;
    tally.add_choices(R"([{"delta":{"reasoning_content":"hello "}}])");
    tally.add_choices(R"([{"delta":{"refusal":"world"}}])");
    tally.add_choices(R"([{"delta":{"tool_calls":[{"function":{"arguments":"{\"a\":1}"}}]}}])");
    tally.add_choices(R"([{"text":" tail"}])");
    EXPECT_EQ(tally.tokens(kCounter), kCounter.count("hello world{\"a\":1} tail"));
}

TEST(TextTally, PutsEscapesBackTogether) {
    TextTally tally;
    tally.add_choices(R"([{"delta":{"content":"\ud83d"}}])");
    tally.add_choices(R"([{"delta":{"content":"\ude00"}}])");
    EXPECT_EQ(tally.tokens(kCounter), kCounter.count("\xF0\x9F\x98\x80"));
}

TEST(TextTally, IsNearTheTruthForLongAnswersOfOneKind) {
    for (const std::size_t bytes : {2'000UL, 20'000UL, 500'000UL})
        for (const std::size_t piece : {4UL, 37UL, 3'000UL}) {
            const auto text = repeated(kProse, bytes);
            const auto truth = static_cast<double>(kCounter.count(text));
            const auto told = static_cast<double>(tally_of(text, piece).tokens(kCounter));
            EXPECT_NEAR(told / truth, 1, 0.05) << bytes << " in pieces of " << piece;
        }
}

TEST(TextTally, CutsTheSampleAtNoEscape) {
    // Every place of the cut within `\u00e9` and `\n`.
    for (std::size_t shift = 0; shift < 8; ++shift) {
        std::string inside(TextTally::kSampleBytes - 8 + shift, 'a');
        std::string json = R"([{"delta":{"content":")" + inside + R"(\u00e9\n\u00e9\"tail"}}])";
        TextTally tally;
        tally.add_choices(json);
        // A torn escape would be counted as the letters it is written with.
        EXPECT_NEAR(static_cast<double>(tally.tokens(kCounter)),
                    static_cast<double>(kCounter.count(inside + "\u00e9\n\u00e9\"tail")), 8);
    }
}

TEST(TextTally, KnowsChunksThatDifferInTheirTextOnly) {
    TextTally tally;
    EXPECT_FALSE(tally.add_choices(chunk("hello")));
    EXPECT_TRUE(tally.add_choices(chunk(" world")));
    EXPECT_TRUE(tally.add_choices(chunk("")));
    EXPECT_TRUE(tally.add_choices(chunk(" \"quoted\\\"")));
    EXPECT_EQ(tally.tokens(kCounter), kCounter.count("hello world \"quoted\\\""));
    // The frame's bytes on both sides, and more than a text between.
    EXPECT_FALSE(tally.add_choices(
        R"([{"index":0,"delta":{"content":"a"},"finish_reason":"stop","delta":{"content":)"
        R"("b"},"logprobs":null,"finish_reason":null}])"));
    EXPECT_FALSE(tally.add_choices(R"([{"index":0,"delta":{},"finish_reason":"stop"}])"));
    EXPECT_FALSE(tally.add_choices(R"([{"index":0,"delta":{"content":"})"));
    EXPECT_FALSE(tally.add_choices(""));
}

TEST(TextTally, FollowsTheFactorOfTheCounter) {
    const auto claude = TokenCounter::for_model("claude-x");
    EXPECT_EQ(tally_of(kProse, 9).tokens(claude), claude.count(kProse));
}

}  // namespace
}  // namespace tollweir
