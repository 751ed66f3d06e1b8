#include "tollweir/core/completion_bound.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace tollweir {
namespace {

void observe(CompletionBound& bound, std::uint64_t tokens, int times) {
    for (int i = 0; i < times; ++i) bound.observe(tokens);
}

TEST(CompletionBound, TakesTheClientsWordWhileNothingIsKnown) {
    CompletionBound bound;
    EXPECT_EQ(bound.likely(std::nullopt), CompletionBound::kUnknown);
    EXPECT_EQ(bound.likely(50), 50u);
    EXPECT_EQ(bound.likely(100'000), 100'000u);
    observe(bound, 10, 7);
    EXPECT_EQ(bound.likely(100'000), 100'000u);
}

TEST(CompletionBound, LearnsWhatNineteenOfTwentyStayBelow) {
    CompletionBound bound;
    for (int i = 0; i < 20; ++i) {
        observe(bound, 100, 19);
        observe(bound, 5000, 1);
    }
    EXPECT_GE(bound.likely(std::nullopt), 100u);
    EXPECT_LE(bound.likely(std::nullopt), 125u);
    EXPECT_EQ(bound.likely(20), 20u);
    EXPECT_LE(bound.likely(100'000), 125u);
    // One more in a hundred, and the long ones count.
    for (int i = 0; i < 4; ++i) observe(bound, 5000, 2);
    observe(bound, 100, 92);
    EXPECT_GE(bound.likely(std::nullopt), 5000u);
}

TEST(CompletionBound, IsNeverMoreThanAQuarterAboveTheTruth) {
    for (std::uint64_t tokens = 1; tokens < 300'000; tokens += 1 + tokens / 7) {
        CompletionBound bound;
        observe(bound, tokens, 8);
        EXPECT_GE(bound.likely(std::nullopt), tokens);
        EXPECT_LE(bound.likely(std::nullopt), tokens + tokens / 4);
    }
}

TEST(CompletionBound, ForgetsWhatIsLongAgo) {
    CompletionBound bound;
    observe(bound, 4000, 500);
    EXPECT_GE(bound.likely(std::nullopt), 4000u);
    observe(bound, 10, 2000);
    EXPECT_LE(bound.likely(std::nullopt), 12u);
}

TEST(CompletionBound, HoldsAtItsEnds) {
    CompletionBound bound;
    observe(bound, 0, 8);
    EXPECT_EQ(bound.likely(std::nullopt), 1u);
    observe(bound, ~std::uint64_t{0}, 100);
    EXPECT_GE(bound.likely(std::nullopt), 1'000'000u);
}

TEST(CompletionBound, IsSharedByThreads) {
    CompletionBound bound;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&] { observe(bound, 100, 5000); });
    for (auto& thread : threads) thread.join();
    EXPECT_GE(bound.likely(std::nullopt), 100u);
    EXPECT_LE(bound.likely(std::nullopt), 125u);
}

}  // namespace
}  // namespace tollweir
