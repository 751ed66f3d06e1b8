#include "tollweir/gateway/settlement.hpp"

#include <algorithm>
#include <chrono>

#include "tollweir/gateway/booking.hpp"
#include "tollweir/gateway/worker_state.hpp"
#include "tollweir/limits/limiter.hpp"
#include "tollweir/routing/call_queues.hpp"

namespace tollweir {
namespace {

/// What the legs of the group that is asked now have used.
struct Used {
    Usage usage;
    Picodollars cost = 0;
    bool sent = false;
};

Used used_by_group(const RequestContext& context) {
    Used used;
    for (auto i = context.group_begin; i < context.legs.size(); ++i) {
        const auto& leg = context.legs[i];
        add(used.usage, leg.usage);
        used.cost = add_saturated(used.cost, leg.charged.total);
        used.sent = used.sent || leg.sent;
    }
    return used;
}

/// A call that waits has its turn once this one's slot is free.
struct Turn {
    const RequestContext& context;
    bool has_slots;

    ~Turn() {
        if (has_slots && context.state->queues != nullptr)
            context.state->queues->wake_first(context.record.group);
    }
};

double seconds(std::chrono::microseconds time) {
    return std::chrono::duration<double>(time).count();
}

}  // namespace

Leg& Settlement::open_leg(Candidate& candidate) {
    candidate.deployment->health->in_flight.fetch_add(1, std::memory_order_relaxed);
    auto& leg = context_.legs.emplace_back();
    leg.deployment = candidate.deployment;
    leg.model = std::move(candidate.model);
    return leg;
}

void Settlement::end_leg() {
    auto& leg = context_.legs.back();
    if (leg.ended) return;
    if (leg.usage != Usage{}) {
        price_leg(context_, leg);
        keep_scopes(context_, leg.reservation, leg.charged.total);
    }
    // Booked now: its slot and its place among the busy are for others.
    book(leg, Clock::now());
}

void Settlement::drop_leg() {
    context_.legs.back().deployment->health->in_flight.fetch_sub(1, std::memory_order_relaxed);
    context_.legs.pop_back();
}

void Settlement::leave_group() {
    const auto used = used_by_group(context_);
    if (used.usage != Usage{}) {
        keep_scopes(context_, context_.reservation, used.cost);
        settle(Clock::now());
    } else {
        context_.reservation.release();  // no call of this group's has come to anything
    }
    context_.group_begin = context_.legs.size();
}

Settlement::~Settlement() {
    const auto now = context_.now = Clock::now();
    for (auto& leg : context_.legs) book(leg, now);
    close_booking(context_);
    settle(now);
    context_.legs.clear();
}

void Settlement::book(Leg& leg, TimePoint now) {
    if (leg.ended) return;
    leg.ended = true;
    auto& health = *leg.deployment->health;
    health.in_flight.fetch_sub(1, std::memory_order_relaxed);
    (leg.failed ? health.failures : health.successes).fetch_add(1, std::memory_order_relaxed);
    add(context_.record.usage, leg.usage);
    context_.state->metrics.count_tokens(leg.usage);
    const Turn turn{context_, leg.deployment->policy.max_parallel_requests.has_value()};
    if (!leg.sent) return leg.reservation.release();
    learn(leg, now);
    // One that failed with nothing used costs nothing, also where a request or its time has a
    // price.
    if (!leg.failed || leg.usage != Usage{}) price_leg(context_, leg);
    if (!leg.reservation.empty())
        context_.state->limiter->settle(leg.reservation, leg.usage, leg.charged.total, now);
}

/// What answers and prompts of the group are like, for the estimates of later calls, and what the
/// deployment is like, for the router.
void Settlement::learn(const Leg& leg, TimePoint now) {
    const auto* group = context_.estimate.group;
    if (group == nullptr) return;
    auto& health = *leg.deployment->health;
    const auto minute = minute_of(context_.arrived);
    const auto samples = group->strategy.latency_samples;
    const auto took = seconds(leg.response_time);
    health.requests.add(1, minute);
    health.tokens.add(leg.usage.prompt_tokens + leg.usage.completion_tokens, minute);
    if (leg.failed) {
        // One that ran into its time-out would look quick, had it not been tried.
        if (leg.timed_out) {
            health.duration.add(took, samples, now);
            health.latency.add(took, samples, now);
        }
        return;
    }
    health.duration.add(took, samples, now);
    if (leg.first_token.count() > 0) {
        health.first_token.add(seconds(leg.first_token), samples, now);
    } else {
        const auto tokens = std::max<std::uint64_t>(1, leg.usage.completion_tokens);
        health.latency.add(took / static_cast<double>(tokens), samples, now);
    }
    if (group->hedging && leg.first_token.count() > 0) group->hedging->observe(leg.first_token);
    if (!leg.usage.reported) return group->prompts->observe_silence();
    if (leg.usage.completion_tokens > 0) group->bound->observe(leg.usage.completion_tokens);
    group->prompts->observe(context_.estimate.prompt.size, leg.usage.prompt_tokens);
}

/// A call that reached no upstream has used nothing: the reservation gives back what it took.
void Settlement::settle(TimePoint now) {
    if (context_.reservation.empty()) return;
    const auto used = used_by_group(context_);
    if (used.sent)
        context_.state->limiter->settle(context_.reservation, used.usage, used.cost, now);
    else
        context_.reservation.release();
}

}  // namespace tollweir
