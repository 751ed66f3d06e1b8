#include "tollweir/routing/affinity.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "unit/core/padded.hpp"

namespace tollweir {
namespace {

using std::chrono::seconds;

TEST(Affinity, HoldsUntilItsEnd) {
    AffinityTable table;
    const auto now = Clock::now();
    const auto who = affinity_of("caller", "m", "k");
    EXPECT_EQ(table.find(who, now), 0U);
    table.pin(who, 7, now + seconds(10));
    EXPECT_EQ(table.find(who, now + seconds(9)), 7U);
    EXPECT_EQ(table.find(who, now + seconds(10)), 0U);
    table.pin(who, 8, now + seconds(20));
    EXPECT_EQ(table.find(who, now + seconds(10)), 8U);
}

TEST(Affinity, KeepsKindsGroupsAndNamesApart) {
    const auto one = affinity_of("caller", "m", "k");
    EXPECT_NE(one, affinity_of("session", "m", "k"));
    EXPECT_NE(one, affinity_of("caller", "n", "k"));
    EXPECT_NE(one, affinity_of("caller", "m", "l"));
    EXPECT_NE(affinity_of("caller", "mk", ""), affinity_of("caller", "m", "k"));
    EXPECT_EQ(one, affinity_of("caller", "m", "k"));
}

TEST(Affinity, IsSafeFromManyThreads) {
    AffinityTable table;
    const auto now = Clock::now();
    std::vector<std::jthread> threads;
    for (AffinityId thread = 1; thread <= 4; ++thread)
        threads.emplace_back([&table, now, thread] {
            for (AffinityId who = 1; who < 20'000; ++who) {
                table.pin(who, thread, now + seconds(10));
                const auto found = table.find(who, now);
                EXPECT_TRUE(found >= 1 && found <= 4);
            }
        });
}

std::string beginning(const std::string& body) {
    const Padded text(body);
    ObjectView view;
    EXPECT_TRUE(view.scan(text.view()));
    return cached_beginning(view);
}

TEST(Affinity, APromptBeginsWithItsToolsAndEndsWithTheLastMark) {
    EXPECT_EQ(beginning(R"({"messages":[{"a":1},{"cache_control":{}},{"b":"\"cache_control\""}],)"
                        R"("tools":[{"t":1}]})"),
              R"([{"t":1}]{"a":1}{"cache_control":{}})");
    EXPECT_EQ(beginning(R"({"messages":[{"a":1}]})"), "");
    EXPECT_EQ(beginning(R"({"messages":"\"cache_control\""})"), "");
    EXPECT_EQ(beginning(R"({})"), "");
}

}  // namespace
}  // namespace tollweir
