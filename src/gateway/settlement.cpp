#include "tollweir/gateway/settlement.hpp"

#include "tollweir/gateway/worker_state.hpp"

namespace tollweir {

namespace {

void add(Usage& sum, const Usage& usage) {
    sum.prompt_tokens += usage.prompt_tokens;
    sum.completion_tokens += usage.completion_tokens;
    sum.total_tokens += usage.total_tokens;
    sum.cached_tokens += usage.cached_tokens;
    sum.cache_write_tokens += usage.cache_write_tokens;
    sum.reasoning_tokens += usage.reasoning_tokens;
    sum.audio_prompt_tokens += usage.audio_prompt_tokens;
    sum.audio_completion_tokens += usage.audio_completion_tokens;
    sum.reported = sum.reported || usage.reported;
}

}  // namespace

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
