#pragma once

#include <deque>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tollweir/routing/router.hpp"

namespace tollweir {

using Names = std::vector<std::string>;
using Why = std::map<std::string, std::string>;

/// A model group without a network: deployments, what a request is like, and a clock.
struct Fleet {
    std::deque<Deployment> deployments;
    ModelGroup group{"fast", {}};
    RouterConfig config;
    RoutedCall call;
    std::minstd_rand random{1};

    Fleet() {
        call.now = TimePoint(std::chrono::hours(1));
        call.minute = 60;
    }

    Deployment& add(std::string id) {
        auto& deployment = deployments.emplace_back();
        deployment.id = std::move(id);
        deployment.model = "m";
        deployment.health = std::make_shared<Health>();
        group.deployments.push_back(&deployment);
        return deployment;
    }

    Plan plan(const GroupMatch& match) {
        Plan plan;
        make_plan(match, "fast", call, config, random, plan);
        return plan;
    }
    Plan plan() { return plan({&group, nullptr, {}}); }

    Names order(const GroupMatch& match) {
        Names names;
        for (const auto& candidate : plan(match).candidates)
            names.push_back(candidate.deployment->id);
        return names;
    }
    Names order() { return order({&group, nullptr, {}}); }

    Why why() {
        Why why;
        for (const auto& [deployment, reason] : plan().excluded)
            why[deployment->id] = name_of(reason);
        return why;
    }

    /// How often each deployment came first.
    std::map<std::string, int> firsts(int draws) {
        std::map<std::string, int> counts;
        for (int i = 0; i < draws; ++i) ++counts[plan().candidates.front().deployment->id];
        return counts;
    }
};

}  // namespace tollweir
