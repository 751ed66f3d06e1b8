#include "tollweir/gateway/settlement.hpp"

#include "tollweir/gateway/worker_state.hpp"

namespace tollweir {

Leg& Settlement::open_leg(const Deployment& deployment) {
    deployment.health->in_flight.fetch_add(1, std::memory_order_relaxed);
    context_.legs.push_back({&deployment, {}, true});
    return context_.legs.back();
}

Settlement::~Settlement() {
    for (const auto& leg : context_.legs) {
        auto& health = *leg.deployment->health;
        health.in_flight.fetch_sub(1, std::memory_order_relaxed);
        (leg.failed ? health.failures : health.successes).fetch_add(1, std::memory_order_relaxed);
        add(context_.record.usage, leg.usage);
        context_.state->metrics.count_tokens(leg.usage);
    }
    context_.legs.clear();
}

}  // namespace tollweir
