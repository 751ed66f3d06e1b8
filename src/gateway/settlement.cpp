#include "tollweir/gateway/settlement.hpp"

#include "tollweir/gateway/booking.hpp"
#include "tollweir/gateway/worker_state.hpp"
#include "tollweir/limits/limiter.hpp"

namespace tollweir {

Leg& Settlement::open_leg(const Candidate& candidate) {
    candidate.deployment->health->in_flight.fetch_add(1, std::memory_order_relaxed);
    auto& leg = context_.legs.emplace_back();
    leg.deployment = candidate.deployment;
    leg.model = candidate.model;
    return leg;
}

Settlement::~Settlement() {
    const auto now = Clock::now();
    for (auto& leg : context_.legs) book(leg, now);
    close_booking(context_);
    settle(now);
    context_.legs.clear();
}

void Settlement::book(Leg& leg, TimePoint now) {
    auto& health = *leg.deployment->health;
    health.in_flight.fetch_sub(1, std::memory_order_relaxed);
    (leg.failed ? health.failures : health.successes).fetch_add(1, std::memory_order_relaxed);
    add(context_.record.usage, leg.usage);
    context_.state->metrics.count_tokens(leg.usage);
    if (!leg.sent) return leg.reservation.release();
    // One that failed with nothing used costs nothing, also where a request or its time has a
    // price.
    if (!leg.failed || leg.usage != Usage{}) price_leg(context_, leg);
    if (!leg.reservation.empty())
        context_.state->limiter->settle(leg.reservation, leg.usage, leg.charged.total, now);
    learn(leg);
}

/// What answers and prompts of the group are like, for the estimates of later calls.
void Settlement::learn(const Leg& leg) {
    const auto* group = context_.estimate.group;
    if (group == nullptr || leg.failed) return;
    if (!leg.usage.reported) return group->prompts->observe_silence();
    if (leg.usage.completion_tokens > 0) group->bound->observe(leg.usage.completion_tokens);
    group->prompts->observe(context_.estimate.prompt.size, leg.usage.prompt_tokens);
}

/// A call that reached no upstream has used nothing: the reservation gives back what it took.
void Settlement::settle(TimePoint now) {
    if (context_.reservation.empty()) return;
    Picodollars cost = 0;
    bool sent = false;
    for (const auto& leg : context_.legs) {
        cost = add_saturated(cost, leg.charged.total);
        sent = sent || leg.sent;
    }
    if (sent)
        context_.state->limiter->settle(context_.reservation, context_.record.usage, cost, now);
    else
        context_.reservation.release();
}

}  // namespace tollweir
