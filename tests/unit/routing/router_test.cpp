#include "tollweir/routing/router.hpp"

#include <gtest/gtest.h>

#include <map>

namespace tollweir {
namespace {

Plan plan_for(const GroupMatch& match, std::string_view requested, std::minstd_rand& random) {
    Plan plan;
    make_plan(match, requested, random, plan);
    return plan;
}

struct Fleet {
    std::deque<Deployment> deployments;
    ModelGroup group{"fast", {}, {}};

    Deployment& add(std::string id) {
        auto& deployment = deployments.emplace_back();
        deployment.id = std::move(id);
        deployment.model = "m";
        group.deployments.push_back(&deployment);
        return deployment;
    }

    /// How often each deployment came first.
    std::map<std::string, int> firsts(int draws) const {
        std::minstd_rand random(1);
        std::map<std::string, int> counts;
        for (int i = 0; i < draws; ++i)
            ++counts
                [plan_for({&group, nullptr, {}}, "fast", random).candidates.front().deployment->id];
        return counts;
    }
};

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
    std::minstd_rand random(1);
    const auto plan = plan_for({&fleet.group, nullptr, {}}, "fast", random);
    std::map<std::string, int> seen;
    for (const auto& candidate : plan.candidates) ++seen[candidate.deployment->id];
    EXPECT_EQ(seen, (std::map<std::string, int>{{"a", 1}, {"b", 1}, {"c", 1}}));
}

TEST(MakePlan, GoesStraightToADeploymentNamedByItsId) {
    Fleet fleet;
    fleet.add("a").weight = 1000;
    const auto& only = fleet.add("b");
    std::minstd_rand random(1);
    const auto plan = plan_for({&fleet.group, &only, {}}, "b", random);
    ASSERT_EQ(plan.candidates.size(), 1u);
    EXPECT_EQ(plan.candidates.front().deployment, &only);
}

}  // namespace
}  // namespace tollweir
