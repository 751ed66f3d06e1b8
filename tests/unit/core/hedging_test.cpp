#include "tollweir/core/hedging.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace tollweir {
namespace {

using Microseconds = Hedging::Microseconds;

TEST(Hedging, KnowsWhatIsLateOnceEnoughHasCome) {
    Hedging hedging;
    for (std::size_t i = 1; i < Hedging::kLeastSamples; ++i) {
        hedging.observe(Microseconds(100));
        EXPECT_FALSE(hedging.delay());
    }
    hedging.observe(Microseconds(900));
    EXPECT_EQ(hedging.delay(), Microseconds(900));
}

TEST(Hedging, TellsThe95thPercentileOfTheLastOnes) {
    Hedging hedging;
    for (int i = 0; i < 1000; ++i) hedging.observe(Microseconds(1'000'000));
    for (std::size_t i = 1; i <= Hedging::kSamples; ++i)
        hedging.observe(Microseconds(static_cast<std::int64_t>(i)));
    EXPECT_EQ(hedging.delay(), Microseconds(Hedging::kSamples * 95 / 100 + 1));
}

TEST(Hedging, SpendsNoMoreThanItsShare) {
    Hedging hedging;
    EXPECT_FALSE(hedging.spend());
    int spent = 0;
    for (int i = 0; i < 1000; ++i) {
        hedging.earn(0.05);
        if (hedging.spend()) ++spent;
    }
    EXPECT_EQ(spent, 50);
}

TEST(Hedging, KeepsAFewThatWereNotSpent) {
    Hedging hedging;
    for (int i = 0; i < 1000; ++i) hedging.earn(1);
    for (std::int64_t i = 0; i < Hedging::kMostKept; ++i) EXPECT_TRUE(hedging.spend());
    EXPECT_FALSE(hedging.spend());
    hedging.give_back();
    EXPECT_TRUE(hedging.spend());
}

TEST(Hedging, HoldsWithManyThreads) {
    Hedging hedging;
    std::atomic<int> spent{0};
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread)
        threads.emplace_back([&] {
            for (int i = 0; i < 5000; ++i) {
                hedging.earn(0.1);
                hedging.observe(Microseconds(i + 1));
                if (hedging.spend()) ++spent;
            }
        });
    threads.clear();
    EXPECT_LE(spent, 2000);
    EXPECT_GE(spent, 2000 - Hedging::kMostKept);
    EXPECT_TRUE(hedging.delay());
}

}  // namespace
}  // namespace tollweir
