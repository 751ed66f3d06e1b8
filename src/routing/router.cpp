#include "tollweir/routing/router.hpp"

#include <algorithm>
#include <cmath>

namespace tollweir {

namespace {

using Measure = double (*)(const Deployment&);

/// The first attribute that tells the deployments apart, as a weight; null: all are equal.
Measure choose_measure(const std::vector<const Deployment*>& deployments) {
    constexpr Measure kMeasures[] = {
        [](const Deployment& deployment) { return deployment.weight; },
        [](const Deployment& deployment) { return static_cast<double>(deployment.rpm); },
        [](const Deployment& deployment) { return static_cast<double>(deployment.tpm); },
    };
    for (const auto measure : kMeasures)
        if (std::ranges::any_of(deployments, [&](const auto* d) { return measure(*d) > 0; }))
            return measure;
    return nullptr;
}

}  // namespace

void make_plan(const GroupMatch& match, std::string_view requested, std::minstd_rand& random,
               Plan& plan) {
    plan.candidates.clear();
    plan.group = match.group->name;
    const auto add = [&](const Deployment& deployment) {
        plan.candidates.push_back(
            {&deployment, upstream_model(deployment, match.captures, requested)});
    };
    if (match.only != nullptr) {
        add(*match.only);
        return;
    }
    const auto& deployments = match.group->deployments;
    if (deployments.size() == 1) {
        add(*deployments.front());
        return;
    }
    // Weighted order without replacement: the smallest of Exp(1)/weight comes first (Efraimidis and
    // Spirakis, 2006), so each place is drawn in proportion to the weights that are left.
    const auto& given = match.group->weights;
    const auto measure = given.empty() ? choose_measure(deployments) : nullptr;
    std::vector<std::pair<double, const Deployment*>> drawn;
    std::exponential_distribution<double> exponential(1.0);
    for (std::size_t i = 0; i < deployments.size(); ++i) {
        const auto own = measure != nullptr ? measure(*deployments[i]) : 1.0;
        const auto weight = given.empty() ? own : given[i];
        const auto key = exponential(random);
        drawn.emplace_back(weight > 0 ? key / weight : HUGE_VAL, deployments[i]);
    }
    std::ranges::sort(drawn, {}, [](const auto& pair) { return pair.first; });
    for (const auto& [key, deployment] : drawn) add(*deployment);
}

}  // namespace tollweir
