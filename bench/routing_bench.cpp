// What a plan costs a request: CPU time of a thread for make_plan over groups of 1, 3 and 300
// deployments, by every strategy. `routing_bench [plans]`.

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <string>

#include "thread_clock.hpp"
#include "tollweir/routing/router.hpp"

using namespace tollweir;

namespace {

double ns_a_plan(RoutingStrategy strategy, int deployments, long plans) {
    std::deque<Deployment> fleet;
    ModelGroup group{"fast", {}};
    group.strategy.strategy = strategy;
    std::minstd_rand random(1);
    RoutedCall call;
    call.now = Clock::now();
    call.minute = 1;
    call.depth = 4;  // as requests ask
    for (int i = 0; i < deployments; ++i) {
        auto& deployment = fleet.emplace_back();
        deployment.model = "gpt-4o-mini-2024-07-18";
        deployment.weight = 1 + i % 3;
        deployment.health = std::make_shared<Health>();
        deployment.health->latency.add(0.01 * i, 10, call.now);
        group.deployments.push_back(&deployment);
    }
    const RouterConfig config;
    Plan plan;
    const double begin = thread_ns();
    for (long i = 0; i < plans; ++i)
        make_plan({&group, nullptr, {}}, "fast", call, config, random, plan);
    return (thread_ns() - begin) / static_cast<double>(plans);
}

}  // namespace

int main(int argc, char** argv) {
    const long plans = argc > 1 ? std::atol(argv[1]) : 100'000;
    constexpr const char* kNames[] = {"simple-shuffle", "least-busy",     "latency-based",
                                      "usage-based",    "usage-based-v2", "cost-based"};
    std::printf("%-16s %8s %8s %8s  ns a plan\n", "deployments", "1", "3", "300");
    for (int i = 0; i < 6; ++i) {
        const auto strategy = static_cast<RoutingStrategy>(i);
        std::printf("%-16s %8.0f %8.0f %8.0f\n", kNames[i], ns_a_plan(strategy, 1, plans),
                    ns_a_plan(strategy, 3, plans), ns_a_plan(strategy, 300, plans / 100));
    }
    return 0;
}
