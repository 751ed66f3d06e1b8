#include "tollweir/gateway/reserve.hpp"

#include <algorithm>
#include <span>

#include "tollweir/core/cost.hpp"
#include "tollweir/core/json_parts.hpp"
#include "tollweir/core/prompt_count.hpp"
#include "tollweir/gateway/error_reply.hpp"
#include "tollweir/gateway/worker_state.hpp"
#include "tollweir/limits/limiter.hpp"
#include "tollweir/routing/router.hpp"

namespace tollweir {

namespace {

std::string_view bare(std::string_view json_text) {
    return json_text.size() >= 2 && json_text.front() == '"'
               ? json_text.substr(1, json_text.size() - 2)
               : std::string_view();
}

/// What of the request decides its price beside tokens.
CallFacts facts_of(const ChatView& view) {
    CallFacts facts;
    for (const auto& member : view.object.members()) {
        if (member.key == "service_tier") {
            facts.tier = parse_service_tier(bare(member.value));
        } else if (member.key == "web_search_options") {
            if (const auto options = json_members(member.value))
                facts.search_context =
                    parse_search_context(bare(find_part(*options, "search_context_size")));
        }
    }
    return facts;
}

ReserveRequest request_of(const RequestContext& context) {
    const auto& estimate = context.estimate;
    ReserveRequest request;
    request.model = context.record.group;
    request.prompt_tokens = estimate.prompt.tokens;
    request.completion_tokens = estimate.completion_tokens;
    request.cost = estimate.cost;
    request.is_free = estimate.group->is_free;
    return request;
}

ReserveRequest caller_request(const RequestContext& context) {
    auto request = request_of(context);
    if (const auto& key = context.identity.key) request.key = key->cells.get();
    request.more = context.named.sets;
    return request;
}

ReserveRequest deployment_request(const RequestContext& context,
                                  std::span<const CellSet* const> sets) {
    auto request = request_of(context);
    request.more = sets;
    request.binds_gateway = false;
    return request;
}

std::optional<Result<void>> take(std::optional<Result<Reservation>> reserved, Reservation& into) {
    if (!reserved) return std::nullopt;
    if (!*reserved) return std::unexpected(std::move(reserved->error()));
    into = std::move(**reserved);
    return Result<void>{};
}

/// With what the operator takes off and adds; 0 where no price is known.
Picodollars likely_charge(const RequestContext& context, const Deployment& deployment,
                          std::string_view model, std::uint64_t prompt_tokens,
                          std::uint64_t answer_tokens) {
    const auto* price = context.snapshot->price_for(deployment, model);
    if (price == nullptr) return 0;
    const auto cost = likely_cost(*price, prompt_tokens, answer_tokens, context.estimate.facts);
    return charge(cost, deployment.cost_terms).total;
}

net::Task<Result<void>> wait_for(RequestContext& context, ReserveRequest request,
                                 Reservation& into) {
    net::CancelSlot slot;
    context.client->cancel_on_leave(&slot);
    auto& state = *context.state;
    auto reserved = co_await state.limiter->reserve(request, state.worker, slot);
    context.client->cancel_on_leave(nullptr);
    context.now = Clock::now();
    if (!reserved) {
        tell_cut(*context.client, reserved.error());
        co_return std::unexpected(std::move(reserved.error()));
    }
    into = std::move(*reserved);
    co_return Result<void>{};
}

}  // namespace

void estimate_prompt(RequestContext& context, const GroupMatch& match) {
    const auto& group = *match.group;
    auto& estimate = context.estimate;
    estimate = {};
    estimate.group = &group;
    estimate.facts = facts_of(context.view);
    const auto& first = match.only != nullptr ? *match.only : *group.deployments.front();
    estimate.prompt =
        estimate_prompt_tokens(context.view, *group.prompts, token_counter_for(first, first.model));
}

void count_prompt_for_checks(RequestContext& context, const GroupMatch& match) {
    auto& prompt = context.estimate.prompt;
    const auto is_over = [&prompt](const Deployment* deployment) {
        const auto most = max_input_tokens(*deployment);
        return most && prompt.tokens > static_cast<std::uint64_t>(std::max<std::int64_t>(0, *most));
    };
    const auto& deployments = match.group->deployments;
    const auto found = std::ranges::find_if(deployments, is_over);
    if (found == deployments.end()) return;
    prompt.tokens = count_prompt_tokens(context.view.object, context.view.endpoint,
                                        token_counter_for(**found, (*found)->model));
}

void estimate_cost(RequestContext& context, const Candidate& candidate) {
    const auto& deployment = *candidate.deployment;
    auto& estimate = context.estimate;
    const auto& group = *estimate.group;
    if (context.view.stream && group.prompts->is_silent())
        estimate.counted_prompt =
            count_prompt_tokens(context.view.object, context.view.endpoint,
                                token_counter_for(deployment, candidate.model));
    if (can_stream(context.view.endpoint))
        estimate.completion_tokens =
            group.bound->likely(asked_completion_tokens(context.view, &deployment));
    estimate.cost = likely_charge(context, deployment, candidate.model, estimate.prompt.tokens,
                                  estimate.completion_tokens);
}

std::optional<Result<void>> try_reserve(RequestContext& context) {
    auto* limiter = context.state->limiter;
    if (limiter == nullptr) return Result<void>{};
    return take(limiter->try_reserve(caller_request(context), context.now), context.reservation);
}

net::Task<Result<void>> reserve_waiting(RequestContext& context) {
    return wait_for(context, caller_request(context), context.reservation);
}

std::optional<Result<void>> try_reserve(RequestContext& context, Leg& leg) {
    auto* limiter = context.state->limiter;
    const auto* cells = leg.deployment->cells.get();
    if (limiter == nullptr || cells == nullptr || cells->empty()) return Result<void>{};
    const CellSet* const sets[] = {cells};
    return take(limiter->try_reserve(deployment_request(context, sets), context.now),
                leg.reservation);
}

net::Task<Result<void>> reserve_waiting(RequestContext& context, Leg& leg) {
    const CellSet* const sets[] = {leg.deployment->cells.get()};
    co_return co_await wait_for(context, deployment_request(context, sets), leg.reservation);
}

bool reserve_again(RequestContext& context) {
    if (context.reservation.empty()) return true;
    const auto& estimate = context.estimate;
    const auto& leg = context.legs.back();
    Usage more;
    more.prompt_tokens = estimate.prompt.tokens;
    more.completion_tokens = estimate.completion_tokens;
    const auto cost = likely_charge(context, *leg.deployment, leg.model, more.prompt_tokens,
                                    more.completion_tokens);
    return context.state->limiter->grow(context.reservation, more, cost, Clock::now());
}

void grow_reservation(RequestContext& context, std::uint64_t tokens) {
    auto& estimate = context.estimate;
    if (tokens <= estimate.completion_tokens || context.legs.empty()) return;
    auto& leg = context.legs.back();
    if (context.reservation.empty() && leg.reservation.empty()) return;
    constexpr std::uint64_t kLeastStep = 64;
    Usage more;
    more.completion_tokens = std::max(tokens, kLeastStep);
    const auto cost = likely_charge(context, *leg.deployment, leg.model, 0, more.completion_tokens);
    estimate.completion_tokens += more.completion_tokens;
    const auto now = Clock::now();
    auto& limiter = *context.state->limiter;
    if (!context.reservation.empty()) limiter.grow(context.reservation, more, cost, now);
    if (!leg.reservation.empty()) limiter.grow(leg.reservation, more, cost, now);
}

}  // namespace tollweir
