#include "tollweir/gateway/usage_estimate.hpp"

#include <gtest/gtest.h>

#include "unit/core/padded.hpp"

namespace tollweir {
namespace {

class UsageEstimateTest : public testing::Test {
protected:
    const ChatView& scanned(std::string_view body, Endpoint endpoint = Endpoint::chat_completions) {
        bodies_.push_back(std::make_unique<Padded>(body));
        EXPECT_TRUE(openai_front().scan(endpoint, bodies_.back()->view(), view));
        return view;
    }
    std::optional<std::uint64_t> asked(std::string_view body,
                                       Endpoint endpoint = Endpoint::chat_completions) {
        return asked_completion_tokens(scanned(body, endpoint), &deployment);
    }

    ChatView view;
    Deployment deployment;
    const TokenCounter counter = TokenCounter::for_model("gpt-4o");

private:
    std::vector<std::unique_ptr<Padded>> bodies_;
};

TEST_F(UsageEstimateTest, ThePromptsBytesTellItsTokens) {
    const PromptBound learnt;
    const auto estimate = estimate_prompt_tokens(
        scanned(R"({"model":"m","messages":[{"role":"user","content":"Hello!"}]})"), learnt,
        counter);
    EXPECT_EQ(estimate.size.bytes, 36U);
    EXPECT_EQ(estimate.tokens, learnt.likely(estimate.size, counter));
    EXPECT_GE(estimate.tokens, 9U);
}

TEST_F(UsageEstimateTest, TheClientsBoundIsTakenForEachOfItsAnswers) {
    EXPECT_EQ(asked(R"({"messages":[]})"), std::nullopt);
    EXPECT_EQ(asked(R"({"max_tokens":10})"), 10U);
    EXPECT_EQ(asked(R"({"max_tokens":10,"max_completion_tokens":20})"), 20U);
    EXPECT_EQ(asked(R"({"max_tokens":10,"max_completion_tokens":null,"n":3})"), 30U);
    EXPECT_EQ(asked(R"({"max_tokens":10,"n":0})"), 10U);
    EXPECT_EQ(asked(R"({"max_tokens":10,"best_of":4,"n":2})", Endpoint::completions), 40U);
    EXPECT_EQ(asked(R"({"max_tokens":10,"best_of":4})"), 10U);
    EXPECT_EQ(asked(R"({"max_tokens":"many"})"), std::nullopt);
    EXPECT_EQ(asked(R"({"max_tokens":-5})"), std::nullopt);
    EXPECT_EQ(asked(R"({"max_tokens":99999999999999,"n":99999999999})"), 10'000'000'000'000U);
    EXPECT_EQ(asked(R"({"input":"a"})", Endpoint::embeddings), 0U);
}

TEST_F(UsageEstimateTest, TheDeploymentsBoundCountsWhereItIsSent) {
    deployment.defaults = {{"max_tokens", "7"}};
    EXPECT_EQ(asked("{}"), 7U);
    EXPECT_EQ(asked(R"({"max_tokens":10})"), 10U);
    deployment.extra_body = {{"max_tokens", "8"}};
    EXPECT_EQ(asked(R"({"max_tokens":10})"), 8U);
    EXPECT_EQ(asked_completion_tokens(scanned("{}")), std::nullopt);
}

TEST_F(UsageEstimateTest, AStreamsUseIsWhatItSaidAndWhatItsPromptLikelyWas) {
    const PromptBound learnt;
    TextTally tally;
    tally.add_choices(R"([{"delta":{"content":"hello world"}}])");
    const PromptSize prompt{400, 0};
    const auto usage = estimated_usage(prompt, std::nullopt, learnt, counter, tally);
    EXPECT_EQ(usage.prompt_tokens, learnt.typical(prompt, counter));
    EXPECT_EQ(usage.completion_tokens, 2U);
    EXPECT_EQ(usage.total_tokens, usage.prompt_tokens + 2);
    EXPECT_TRUE(usage.estimated);
    EXPECT_FALSE(usage.reported);
    EXPECT_EQ(estimated_usage(prompt, 9, learnt, counter, tally).prompt_tokens, 9U);
}

// The sums are those of spec/providers-openai-family.md, section 6.
TEST_F(UsageEstimateTest, AWholeAnswersUseIsCounted) {
    const auto& request =
        scanned(R"({"model":"m","messages":[{"role":"user","content":"Hello!"}]})");
    const auto usage =
        counted_usage(request, counter,
                      R"([{"index":0,"message":{"role":"assistant","content":"hello world"}}])");
    EXPECT_EQ(usage.prompt_tokens, 9U);
    EXPECT_EQ(usage.completion_tokens, 2U);
    EXPECT_EQ(usage.total_tokens, 11U);
    EXPECT_TRUE(usage.estimated);
    EXPECT_EQ(
        counted_usage(scanned(R"({"input":"hello world"})", Endpoint::embeddings), counter, "")
            .total_tokens,
        2U);
}

}  // namespace
}  // namespace tollweir
