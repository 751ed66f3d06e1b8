#include "tollweir/routing/router.hpp"

#include <gtest/gtest.h>

#include <map>
#include <ranges>

#include "unit/routing/fleet.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kDraws = 20'000;
// Four standard deviations of a fair share of kDraws.
constexpr int kSlack = 300;

TEST(MakePlan, DrawsByWeight) {
    Fleet fleet;
    fleet.add("a").weight = 3;
    fleet.add("b").weight = 1;
    EXPECT_NEAR(fleet.firsts(kDraws)["a"], kDraws * 3 / 4, kSlack);
}

TEST(MakePlan, DrawsByRpmWhereNobodyHasAWeight) {
    Fleet fleet;
    fleet.add("a").rpm = 100;
    fleet.add("b").rpm = 900;
    EXPECT_NEAR(fleet.firsts(kDraws)["b"], kDraws * 9 / 10, kSlack);
}

TEST(MakePlan, UsesAnAttributeThatOnlyALaterDeploymentHas) {
    Fleet fleet;
    fleet.add("a");
    fleet.add("b").weight = 1;
    EXPECT_EQ(fleet.firsts(kDraws)["b"], kDraws);
}

TEST(MakePlan, DrawsByTheGroupsOwnWeights) {
    Fleet fleet;
    fleet.add("a").weight = 1000;
    fleet.add("b");
    fleet.group.weights = {1, 3};
    EXPECT_NEAR(fleet.firsts(kDraws)["b"], kDraws * 3 / 4, kSlack);
}

TEST(MakePlan, IsFairWithoutAttributes) {
    Fleet fleet;
    for (const auto* id : {"a", "b", "c", "d"}) fleet.add(id);
    for (const auto& [id, count] : fleet.firsts(kDraws))
        EXPECT_NEAR(count, kDraws / 4, kSlack) << id;
}

TEST(MakePlan, HoldsEveryDeploymentOnce) {
    Fleet fleet;
    for (const auto* id : {"a", "b", "c"}) fleet.add(id);
    std::map<std::string, int> seen;
    for (const auto& candidate : fleet.plan().candidates) ++seen[candidate.deployment->id];
    EXPECT_EQ(seen, (std::map<std::string, int>{{"a", 1}, {"b", 1}, {"c", 1}}));
}

TEST(MakePlan, GoesStraightToADeploymentNamedByItsIdWhateverItsHealth) {
    Fleet fleet;
    fleet.add("a").weight = 1000;
    auto& only = fleet.add("b");
    only.health->cooldown.begin(fleet.call.now, seconds(60));
    EXPECT_EQ(fleet.order({&fleet.group, &only, {}}), (Names{"b"}));
}

// What requests do: they need the first few of a large group only.
TEST(MakePlan, DrawsTheFirstFewOfManyByWeight) {
    Fleet fleet;
    for (int i = 0; i < 30; ++i) fleet.add(std::to_string(i)).weight = i < 10 ? 3 : 1;
    fleet.add("none");
    fleet.call.depth = 4;
    auto firsts = fleet.firsts(kDraws);
    EXPECT_NEAR(firsts["0"], kDraws * 3 / 50, kSlack);
    EXPECT_NEAR(firsts["29"], kDraws / 50, kSlack);
    EXPECT_EQ(firsts["none"], 0);
    const auto plan = fleet.plan();
    EXPECT_EQ(plan.candidates.size(), 31u) << "the rest follow in any order";
    std::map<std::string, int> seen;
    for (const auto& candidate : plan.candidates) ++seen[candidate.deployment->id];
    EXPECT_EQ(seen.size(), 31u);
    EXPECT_FALSE(plan.candidates[3].model.empty());
    EXPECT_TRUE(plan.candidates[4].model.empty());
}

TEST(MakePlan, LeavesOutWhatCoolsAndTellsSo) {
    Fleet fleet;
    fleet.add("a").health->cooldown.begin(fleet.call.now, seconds(5));
    fleet.add("b");
    EXPECT_EQ(fleet.order(), (Names{"b"}));
    EXPECT_EQ(fleet.why(), (Why{{"a", "cooling"}}));
    fleet.call.now += seconds(6);
    EXPECT_EQ(fleet.firsts(kDraws).size(), 2u);
}

TEST(MakePlan, LetsOnlyOneRequestTryWhatMayBeBack) {
    Fleet fleet;
    auto& cooldown = fleet.add("a").health->cooldown;
    fleet.add("b");
    cooldown.begin(fleet.call.now, seconds(5));
    fleet.call.now += seconds(6);
    ASSERT_TRUE(cooldown.claim_probe(fleet.call.now));
    EXPECT_FALSE(cooldown.claim_probe(fleet.call.now));
    EXPECT_EQ(fleet.order(), (Names{"b"}));
    cooldown.end();
    EXPECT_EQ(fleet.order().size(), 2u);
}

TEST(MakePlan, TriesWhatCoolsRatherThanFailWithoutFallbacks) {
    Fleet fleet;
    fleet.add("a").health->cooldown.begin(fleet.call.now, seconds(5));
    EXPECT_EQ(fleet.order(), (Names{"a"}));
    fleet.call.has_fallbacks = true;
    EXPECT_EQ(fleet.order(), (Names{}));
    const auto error = no_candidate(fleet.plan(), fleet.call);
    EXPECT_EQ(error.kind, ErrorKind::rate_limited);
    EXPECT_EQ(error.retry_after.value_or(""), "5");
}

TEST(MakePlan, PrefersTheLowestOrderOfThoseThatServe) {
    Fleet fleet;
    auto& first = fleet.add("a");
    first.order = 1;
    fleet.add("b").order = 2;
    fleet.add("c").order = 2;
    fleet.add("d");
    EXPECT_EQ(fleet.order(), (Names{"a"}));
    first.health->cooldown.begin(fleet.call.now, seconds(5));
    EXPECT_EQ(fleet.firsts(kDraws).size(), 2u);
    EXPECT_EQ(fleet.why().at("d"), "later_order");
}

TEST(MakePlan, AsksThoseThatWereNotTriedFirst) {
    Fleet fleet;
    auto& first = fleet.add("a");
    first.order = 1;
    auto& second = fleet.add("b");
    second.order = 2;
    const Deployment* one[] = {&first};
    fleet.call.tried = one;
    EXPECT_EQ(fleet.order(), (Names{"b"}));
    const Deployment* both[] = {&first, &second};
    fleet.call.tried = both;
    EXPECT_EQ(fleet.order(), (Names{"a"})) << "all were tried: from the beginning";
}

TEST(MakePlan, PassesOverTheSlowAsLongAsOthersAreQuick) {
    Fleet fleet;
    fleet.group.strategy.latency_threshold = milliseconds(2000);
    auto& wished = fleet.add("a");
    wished.order = 1;
    auto& next = fleet.add("b");
    next.order = 2;
    EXPECT_EQ(fleet.order(), (Names{"a"})) << "nothing is known yet";
    wished.health->duration.add(3.0, 10, fleet.call.now);
    EXPECT_EQ(fleet.order(), (Names{"b"}));
    next.health->duration.add(4.0, 10, fleet.call.now);
    EXPECT_EQ(fleet.order(), (Names{"a"})) << "all are slow: the one wished for";
}

TEST(MakePlan, RoutesByTags) {
    Fleet fleet;
    fleet.config.tag_filtering = true;
    fleet.add("free").policy.tags = {"free"};
    fleet.add("paid").policy.tags = {"paid", "eu"};
    fleet.add("rest").policy.tags = {"default"};
    fleet.add("bare");
    EXPECT_EQ(fleet.order(), (Names{"rest"})) << "a request without tags";
    std::vector<std::string> tags{"eu", "free"};
    fleet.call.tags = tags;
    EXPECT_EQ(fleet.firsts(kDraws).size(), 2u) << "any";
    fleet.config.tags_match_any = false;
    EXPECT_EQ(fleet.order(), (Names{"rest"})) << "nobody has both";
    tags = {"paid", "eu"};
    EXPECT_EQ(fleet.order(), (Names{"paid"})) << "all";
}

TEST(MakePlan, RefusesTagsThatNobodyHas) {
    Fleet fleet;
    fleet.config.tag_filtering = true;
    fleet.add("a").policy.tags = {"free"};
    const std::vector<std::string> tags{"paid"};
    fleet.call.tags = tags;
    EXPECT_EQ(fleet.order(), (Names{}));
    EXPECT_EQ(no_candidate(fleet.plan(), fleet.call).http_status(), 401);
}

TEST(MakePlan, MatchesTheUserAgent) {
    Fleet fleet;
    fleet.config.tag_filtering = true;
    fleet.add("a").policy.tag_patterns = {*Pattern::compile("^User-Agent: claude-code/")};
    fleet.add("b").policy.tags = {"default"};
    fleet.call.user_agent = "claude-code/2.1";
    EXPECT_EQ(fleet.order(), (Names{"a"}));
    fleet.call.user_agent = "curl/8";
    EXPECT_EQ(fleet.order(), (Names{"b"}));
}

TEST(MakePlan, KeepsTeamsAndRegionsApart) {
    Fleet fleet;
    fleet.add("a").policy.team_id = "red";
    fleet.add("b").policy.region = "eu-west-1";
    fleet.add("c").policy.region = "eastus2";
    EXPECT_EQ(fleet.why(), (Why{{"a", "other_team"}}));
    fleet.call.region = "eu";
    EXPECT_EQ(fleet.order(), (Names{"b"}));
    fleet.call.region = "us";
    EXPECT_EQ(fleet.order(), (Names{"c"}));
    fleet.call.region = "ap-south-1";
    EXPECT_EQ(no_candidate(fleet.plan(), fleet.call).kind, ErrorKind::bad_request);
}

TEST(MakePlan, ChecksPromptsAndRatesOnlyWhereAskedTo) {
    Fleet fleet;
    fleet.add("a").policy.max_input_tokens = 100;
    auto& limited = fleet.add("b");
    limited.rpm = 1;
    fleet.call.prompt_tokens = 101;
    limited.health->requests.add(1, fleet.call.minute);
    EXPECT_EQ(fleet.why(), (Why{}));
    fleet.config.pre_call_checks = true;
    EXPECT_EQ(fleet.why(), (Why{{"a", "context_window"}, {"b", "rate_limit"}}));
    EXPECT_EQ(no_candidate(fleet.plan(), fleet.call).kind, ErrorKind::rate_limited);
    ++fleet.call.minute;
    EXPECT_EQ(fleet.order(), (Names{"b"}));
}

TEST(MakePlan, TellsOfAPromptThatIsTooLongForAll) {
    Fleet fleet;
    fleet.config.pre_call_checks = true;
    fleet.add("a").policy.max_input_tokens = 100;
    fleet.call.prompt_tokens = 101;
    EXPECT_EQ(no_candidate(fleet.plan(), fleet.call).kind, ErrorKind::context_window_exceeded);
}

TEST(MakePlan, LeavesOutWhatFailedItsHealthCheckUnlessAllDid) {
    Fleet fleet;
    fleet.config.routes_by_health = true;
    auto& a = *fleet.add("a").health;
    auto& b = *fleet.add("b").health;
    a.check_failed = true;
    a.checked_at = fleet.call.now.time_since_epoch().count();
    EXPECT_EQ(fleet.order(), (Names{"b"}));
    b.check_failed = true;
    b.checked_at = fleet.call.now.time_since_epoch().count();
    EXPECT_EQ(fleet.order().size(), 2u);
    fleet.call.now += std::chrono::hours(1);
    b.check_failed = false;
    EXPECT_EQ(fleet.order().size(), 2u) << "an old check says nothing";
}

}  // namespace
}  // namespace tollweir
