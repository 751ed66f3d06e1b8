#include <gtest/gtest.h>

#include "unit/routing/fleet.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kDraws = 20'000;
constexpr int kSlack = 300;  // four standard deviations of a fair share

Fleet fleet_of(RoutingStrategy strategy) {
    Fleet fleet;
    fleet.group.strategy.strategy = strategy;
    return fleet;
}

TEST(LeastBusy, AsksTheOneWithTheFewestCallsUnderWay) {
    auto fleet = fleet_of(RoutingStrategy::least_busy);
    fleet.add("a").health->in_flight = 3;
    fleet.add("b").health->in_flight = 1;
    fleet.add("c").health->in_flight = 2;
    EXPECT_EQ(fleet.order(), (Names{"b", "c", "a"}));
}

TEST(LeastBusy, DrawsAmongEquals) {
    auto fleet = fleet_of(RoutingStrategy::least_busy);
    for (const auto* id : {"a", "b"}) fleet.add(id);
    EXPECT_NEAR(fleet.firsts(kDraws)["a"], kDraws / 2, kSlack);
}

// Calls of different lengths over a simulated fleet: nobody is ever more than one call busier than
// the least busy was when it was chosen.
TEST(LeastBusy, KeepsAFleetLevel) {
    auto fleet = fleet_of(RoutingStrategy::least_busy);
    for (const auto* id : {"a", "b", "c", "d", "e"}) fleet.add(id);
    std::multimap<int, Health*> ends;
    for (int now = 0; now < 2'000; ++now) {
        for (auto end = ends.begin(); end != ends.end() && end->first <= now; end = ends.erase(end))
            --end->second->in_flight;
        auto& chosen = *fleet.plan().candidates.front().deployment->health;
        for (const auto& other : fleet.deployments)
            ASSERT_LE(chosen.in_flight.load(), other.health->in_flight.load());
        ++chosen.in_flight;
        ends.emplace(now + 1 + static_cast<int>(fleet.random() % 40), &chosen);
    }
}

TEST(LatencyBased, AsksTheQuickest) {
    auto fleet = fleet_of(RoutingStrategy::latency_based);
    fleet.add("slow").health->latency.add(0.2, 10, fleet.call.now);
    fleet.add("quick").health->latency.add(0.1, 10, fleet.call.now);
    EXPECT_EQ(fleet.order(), (Names{"quick", "slow"}));
}

TEST(LatencyBased, StreamsGoByTheTimeToTheFirstToken) {
    auto fleet = fleet_of(RoutingStrategy::latency_based);
    auto& a = *fleet.add("a").health;
    auto& b = *fleet.add("b").health;
    a.latency.add(0.1, 10, fleet.call.now);
    a.first_token.add(0.9, 10, fleet.call.now);
    b.latency.add(0.2, 10, fleet.call.now);
    b.first_token.add(0.3, 10, fleet.call.now);
    EXPECT_EQ(fleet.order().front(), "a");
    fleet.call.stream = true;
    EXPECT_EQ(fleet.order().front(), "b");
}

TEST(LatencyBased, TakesThoseWithinTheBufferAsEqual) {
    auto fleet = fleet_of(RoutingStrategy::latency_based);
    fleet.group.strategy.lowest_latency_buffer = 0.5;
    fleet.add("a").health->latency.add(1.0, 10, fleet.call.now);
    fleet.add("b").health->latency.add(1.4, 10, fleet.call.now);
    fleet.add("c").health->latency.add(1.6, 10, fleet.call.now);
    auto firsts = fleet.firsts(kDraws);
    EXPECT_NEAR(firsts["a"], kDraws / 2, kSlack);
    EXPECT_NEAR(firsts["b"], kDraws / 2, kSlack);
    EXPECT_EQ(firsts["c"], 0);
}

// In LiteLLM a deployment without samples always wins; here it gets a bounded share.
TEST(LatencyBased, TriesTheUnknownNowAndThen) {
    auto fleet = fleet_of(RoutingStrategy::latency_based);
    fleet.add("known").health->latency.add(0.1, 10, fleet.call.now);
    fleet.add("new");
    EXPECT_NEAR(fleet.firsts(kDraws)["new"], kDraws / 10, kSlack);
}

TEST(LatencyBased, ForgetsOldSamples) {
    auto fleet = fleet_of(RoutingStrategy::latency_based);
    fleet.group.strategy.latency_ttl = seconds(60);
    fleet.add("a").health->latency.add(9.0, 10, fleet.call.now);
    fleet.call.now += seconds(61);
    fleet.add("b").health->latency.add(1.0, 10, fleet.call.now);
    EXPECT_GT(fleet.firsts(kDraws)["a"], 0) << "it gets another chance";
}

// The fleet drifts: the quickest becomes slow, and within some tens of its samples the others
// serve.
TEST(LatencyBased, FollowsAFleetThatChanges) {
    auto fleet = fleet_of(RoutingStrategy::latency_based);
    std::map<std::string, double> seconds_a_token{{"a", 0.01}, {"b", 0.02}, {"c", 0.03}};
    for (const auto& [id, time] : seconds_a_token) fleet.add(id);
    const auto run = [&](int calls) {
        std::map<std::string, int> served;
        for (int i = 0; i < calls; ++i) {
            fleet.call.now += milliseconds(10);
            const auto& chosen = *fleet.plan().candidates.front().deployment;
            ++served[chosen.id];
            chosen.health->latency.add(seconds_a_token[chosen.id], 10, fleet.call.now);
        }
        return served;
    };
    run(200);
    EXPECT_GT(run(1'000)["a"], 950);
    seconds_a_token["a"] = 0.5;
    run(20);
    EXPECT_GT(run(1'000)["b"], 950);
}

TEST(UsageBased, AsksTheOneThatWasUsedLeastThisMinute) {
    for (const auto strategy : {RoutingStrategy::usage_based, RoutingStrategy::usage_based_v2}) {
        auto fleet = fleet_of(strategy);
        fleet.add("a").health->tokens.add(500, fleet.call.minute);
        fleet.add("b").health->tokens.add(100, fleet.call.minute);
        EXPECT_EQ(fleet.order(), (Names{"b", "a"}));
        fleet.call.minute += 1;
        EXPECT_NEAR(fleet.firsts(kDraws)["a"], kDraws / 2, kSlack) << "a new minute";
    }
}

TEST(UsageBased, KeepsToRpmAndTpmExactly) {
    auto fleet = fleet_of(RoutingStrategy::usage_based_v2);
    auto& limited = fleet.add("a");
    limited.rpm = 3;
    limited.tpm = 100;
    fleet.call.prompt_tokens = 50;
    auto& health = *limited.health;
    health.requests.add(2, fleet.call.minute);
    health.tokens.add(50, fleet.call.minute);
    EXPECT_EQ(fleet.order(), (Names{"a"})) << "the third request, and the hundredth token";
    health.tokens.add(1, fleet.call.minute);
    EXPECT_EQ(fleet.order(), (Names{}));
    fleet.call.second = 42;
    EXPECT_EQ(no_candidate(fleet.plan(), fleet.call).retry_after.value_or(""), "18");
}

// Calls of different sizes: the tokens of a minute stay level, and no deployment starves.
TEST(UsageBased, LevelsTokens) {
    auto fleet = fleet_of(RoutingStrategy::usage_based_v2);
    for (const auto* id : {"a", "b", "c"}) fleet.add(id);
    for (int i = 0; i < 3'000; ++i)
        fleet.plan().candidates.front().deployment->health->tokens.add(fleet.random() % 100,
                                                                       fleet.call.minute);
    const auto tokens = [&](std::size_t i) {
        return static_cast<double>(fleet.deployments[i].health->tokens.in(fleet.call.minute));
    };
    EXPECT_NEAR(tokens(0), tokens(1), 100);
    EXPECT_NEAR(tokens(1), tokens(2), 100);
}

std::shared_ptr<const ModelPrice> price(std::int64_t input, std::int64_t output) {
    auto price = std::make_shared<ModelPrice>();
    price->set({PriceUnit::input_token, ServiceTier::standard, 0, input});
    price->set({PriceUnit::output_token, ServiceTier::standard, 0, output});
    return price;
}

TEST(CostBased, AsksTheCheapestAndTheFirstOfEquals) {
    auto fleet = fleet_of(RoutingStrategy::cost_based);
    fleet.add("dear").price = price(5'000'000, 5'000'000);
    fleet.add("cheap").price = price(1'000'000, 2'000'000);
    fleet.add("as cheap").price = price(2'000'000, 1'000'000);
    fleet.add("unknown");
    EXPECT_EQ(fleet.order(), (Names{"cheap", "as cheap", "dear", "unknown"}));
}

TEST(CostBased, PassesOverWhatIsUsedUp) {
    auto fleet = fleet_of(RoutingStrategy::cost_based);
    auto& cheap = fleet.add("cheap");
    cheap.price = price(1, 1);
    cheap.rpm = 1;
    fleet.add("dear").price = price(9, 9);
    cheap.health->requests.add(1, fleet.call.minute);
    EXPECT_EQ(fleet.order(), (Names{"dear"}));
}

}  // namespace
}  // namespace tollweir
