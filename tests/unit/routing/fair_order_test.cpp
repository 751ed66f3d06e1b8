#include "tollweir/routing/fair_order.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace tollweir {
namespace {

struct Waiting {
    FairOrder order;
    std::unordered_map<FairOrder::Ticket, std::string> callers;

    FairOrder::Ticket join(const std::string& caller, std::int64_t priority = 0) {
        const auto ticket = order.join(caller, priority);
        callers[ticket] = caller;
        return ticket;
    }
    /// Serves so many and tells whose calls they were.
    std::string serve(int count) {
        std::string served;
        for (int i = 0; i < count; ++i) {
            const auto first = order.first();
            served += callers.at(first);
            order.leave(first);
        }
        return served;
    }
};

TEST(FairOrder, ServesOneCallersCallsAsTheyCame) {
    FairOrder order;
    const auto first = order.join("a", 0);
    order.join("a", 0);
    EXPECT_EQ(order.first(), first);
}

TEST(FairOrder, TakesTurnsAmongCallers) {
    Waiting waiting;
    for (int i = 0; i < 6; ++i) waiting.join("a");
    waiting.join("b");
    waiting.join("b");
    waiting.join("c");
    EXPECT_EQ(waiting.serve(9), "abcabaaaa");
}

TEST(FairOrder, LetsAnewcomerInAtTheTurnThatIsServed) {
    Waiting waiting;
    for (int i = 0; i < 100; ++i) waiting.join("a");
    EXPECT_EQ(waiting.serve(50), std::string(50, 'a'));
    waiting.join("b");
    EXPECT_LE(waiting.serve(3).find('b'), 2u);
}

TEST(FairOrder, LowerPrioritiesGoFirst) {
    Waiting waiting;
    waiting.join("a", 5);
    waiting.join("b", 1);
    waiting.join("c", 5);
    waiting.join("b", 1);
    EXPECT_EQ(waiting.serve(4), "bbac");
}

TEST(FairOrder, ForgetsThoseThatLeave) {
    FairOrder order;
    const auto first = order.join("a", 0);
    const auto second = order.join("b", 0);
    order.leave(first);
    order.leave(first);
    EXPECT_EQ(order.first(), second);
    order.leave(second);
    EXPECT_TRUE(order.empty());
}

// Whoever has calls waiting all the time is served as often as the others, to within one.
TEST(FairOrder, StarvesNobody) {
    Waiting waiting;
    for (int i = 0; i < 200; ++i) waiting.join("a");
    for (int i = 0; i < 3; ++i) waiting.join("b");
    std::unordered_map<char, int> served;
    for (int i = 0; i < 300; ++i) {
        const auto caller = waiting.serve(1);
        ++served[caller.front()];
        waiting.join(caller);
        EXPECT_LE(std::abs(served['a'] - served['b']), 1);
    }
}

}  // namespace
}  // namespace tollweir
