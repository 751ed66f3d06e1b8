#include "tollweir/gateway/route_run.hpp"

#include <algorithm>
#include <deque>
#include <mutex>

#include "tollweir/core/json_parts.hpp"
#include "tollweir/core/log.hpp"
#include "tollweir/gateway/attempt.hpp"
#include "tollweir/gateway/booking.hpp"
#include "tollweir/gateway/call_notes.hpp"
#include "tollweir/gateway/json_body.hpp"
#include "tollweir/gateway/reserve.hpp"
#include "tollweir/gateway/timeouts.hpp"
#include "tollweir/gateway/worker_state.hpp"
#include "tollweir/limits/limiter.hpp"
#include "tollweir/net/wake.hpp"
#include "tollweir/routing/call_queues.hpp"
#include "tollweir/routing/cooldown_rules.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

// Candidates that are put in order; beyond them all of a group are busy, and any will do.
constexpr std::size_t kDepth = 4;

GatewayError client_left() {
    return {ErrorKind::client_closed, ErrorSource::client, "the client left"};
}

/// Others try, at this moment, every deployment that may be back.
GatewayError all_are_probed(const std::string& group) {
    GatewayError error(
        ErrorKind::rate_limited, ErrorSource::gateway,
        "No deployments available for selected model, Try again in 1 seconds. Passed "
        "model=" +
            group + ": another request tries whether one is back");
    error.retry_after = "1";
    return error;
}

/// Whether the body has a member that only the router reads: one look at each, since nearly none
/// has.
bool names_routing(const ObjectView& body) {
    constexpr std::string_view kNames[] = {"fallbacks",
                                           "priority",
                                           "num_retries",
                                           "max_fallbacks",
                                           "disable_fallbacks",
                                           "context_window_fallbacks",
                                           "content_policy_fallbacks"};
    for (const auto& member : body.members()) {
        const std::string_view key = member.key;
        if (key.size() < 8) continue;
        if (key.starts_with("mock_testing_") || std::ranges::find(kNames, key) != std::end(kNames))
            return true;
    }
    return false;
}

/// A failed try as an explanation of what was tried: no text of an upstream's, which may quote the
/// prompt.
std::string told(const std::string& target, const GatewayError& error) {
    return " Fallback '" + target + "' failed: " + std::to_string(error.http_status()) + " " +
           std::string(facts(error.kind).litellm_class) + ".";
}

const SlotCell* slots_of(const Deployment& deployment) {
    if (!deployment.cells) return nullptr;
    for (const auto& cell : deployment.cells->cells)
        if (cell->kind() == LimitKind::slots) return static_cast<const SlotCell*>(cell.get());
    return nullptr;
}

bool is_full(const Deployment& deployment) {
    const auto* slots = slots_of(deployment);
    if (slots == nullptr) return false;
    const std::lock_guard held(slots->bit);
    return slots->used >= slots->limit;
}

std::unexpected<GatewayError> invalid(std::string_view name, std::string_view expected) {
    GatewayError error(
        ErrorKind::bad_request, ErrorSource::client,
        "Invalid '" + std::string(name) + "': " + std::string(expected) + " is expected");
    error.param_json = "\"" + std::string(name) + "\"";
    return std::unexpected(std::move(error));
}

/// A whole number from 0 on, of the body; nothing: it is not there. Errors (`bad_request`).
Result<std::optional<std::int64_t>> read_priority(const ObjectView& body) {
    const auto* member = find_given(body, "priority");
    if (member == nullptr) return std::nullopt;
    const auto count = json_integer(member->value);
    if (count && *count >= 0 && *count <= 255) return count;
    return invalid("priority", "a whole number from 0 to 255");
}

Result<std::optional<std::int64_t>> read_num_retries(const RequestContext& context) {
    constexpr std::string_view kHeader = "x-litellm-num-retries";
    constexpr std::string_view kField = "num_retries";
    constexpr std::int64_t kMost = 100;
    std::string_view name = kHeader;
    auto text = context.client->head().find(kHeader);
    if (const auto* member = find_given(context.view.object, kField); !text && member != nullptr) {
        name = kField;
        text = member->value;
    }
    if (!text) return std::nullopt;
    const auto count = json_integer(*text);
    if (count && *count >= 0) return std::min(*count, kMost);
    return invalid(name, "a number from 0 on");
}

}  // namespace

net::Task<Result<void>> RouteRun::run() {
    sent_body_ = context_.view.object.text();
    says_something_ = names_routing(context_.view.object);
    if (auto read = read_wishes(); !read) co_return read;
    // The usual way needs no coroutine of its own.
    auto entered = try_enter_group();
    if (!entered) {
        entered = co_await reserve_waiting(context_);
        is_final_ = !*entered;
    }
    auto outcome = std::move(*entered);
    if (outcome) outcome = co_await serve();
    if (!outcome && may_go_on(outcome.error()))
        outcome = co_await fall_back(std::move(outcome.error()));
    if (is_broken(outcome)) outcome = co_await go_on(std::move(outcome.error()));
    co_return outcome;
}

/// Plans the group's route and takes what the call likely uses from every limit of the caller's.
/// Nothing: a budget must be asked for first.
std::optional<Result<void>> RouteRun::try_enter_group() {
    context_.record.group = match_.group->name;
    context_.group_begin = context_.legs.size();
    tried_.clear();
    retries_ = 0;
    is_final_ = false;
    match_.group->retries->earn();
    if (match_.group->hedging && context_.view.stream)
        match_.group->hedging->earn(context_.config().router.hedging.max_share);
    estimate_prompt(context_, match_);
    if (says_something_ && context_.config().allow_client_mocks)
        if (auto failure = testing_failure()) return std::unexpected(std::move(*failure));
    if (!context_.config().router.optional_checks.empty()) find_pinned();
    plan();
    if (context_.plan.candidates.empty())
        return std::unexpected(no_candidate(context_.plan, routed_call()));
    estimate_cost(context_, context_.plan.candidates.front());
    auto reserved = try_reserve(context_);
    is_final_ = reserved && !*reserved;
    return reserved;
}

net::Task<Result<void>> RouteRun::enter_group() {
    auto entered = try_enter_group();
    if (entered) co_return std::move(*entered);
    auto reserved = co_await reserve_waiting(context_);
    is_final_ = !reserved;
    co_return reserved;
}

/// Tries deployments of the group until one answers or no other try may help.
net::Task<Result<void>> RouteRun::serve() {
    for (;;) {
        const auto late = hedge_delay();
        // A second leg must not move the first.
        if (late) context_.legs.reserve(context_.legs.size() + 2);
        auto chosen = must_queue() ? Chosen{nullptr, false, true, {}} : choose();
        if (chosen.is_full) chosen = co_await wait_for_slot(std::move(chosen));
        if (chosen.waits) {
            auto reserved = co_await reserve_waiting(context_, *chosen.leg);
            if (!reserved) {
                settlement_.drop_leg();
                last_->health->cooldown.release_probe();
                chosen = {nullptr, false, false, std::move(reserved.error())};
            }
        }
        Result<void> outcome;
        if (chosen.leg != nullptr) outcome = open_booking(context_);
        is_final_ = !outcome;
        if (chosen.leg == nullptr) {
            outcome = std::unexpected(std::move(chosen.refusal));
        } else if (outcome) {
            ++attempts_;
            if (!affinities_.empty()) pin(*chosen.leg);
            context_.max_retries = chosen.leg->deployment->policy.num_retries.value_or(
                asked_retries().value_or(context_.config().router.retries.num_retries));
            // The first try's time began with the request.
            const auto began = attempts_ == 1 ? context_.client->arrival() : context_.now;
            if (late && !chosen.leg->deployment->mock_response)
                outcome = co_await run_hedged(*chosen.leg, began, *late);
            else
                outcome = co_await run_attempt(context_, *chosen.leg, began);
            learn(context_.legs.back(), outcome);
        }
        if (outcome || !may_go_on(outcome.error())) co_return outcome;
        if (chosen.leg != nullptr) settlement_.end_leg();
        const auto delay = next_delay(outcome.error());
        if (!delay || context_.now + *delay >= last_moment()) co_return outcome;
        if (delay->count() > 0 && !co_await pause(*delay)) co_return std::unexpected(client_left());
        ++retries_;
        ++context_.retries;
        context_.state->metrics.count_retry();
        plan();
        if (context_.plan.candidates.empty()) co_return outcome;
    }
}

/// The groups that the failed ones name, and those that these name, until one serves.
net::Task<Result<void>> RouteRun::fall_back(GatewayError first) {
    auto targets = targets_after(first);
    std::deque<FallbackTarget> pending(targets.begin(), targets.end());
    visited_.emplace_back(match_.group->name);
    const auto& config = context_.config().router.fallbacks;
    const auto most = wishes_.fallbacks.most.value_or(config.max_fallbacks);
    std::string tried;
    while (!pending.empty() && context_.fallbacks < most && attempts_ < kMaxAttempts) {
        const auto target = std::move(pending.front());
        pending.pop_front();
        if (!move_to(target)) continue;
        if (auto asked = ask_group(target); !asked) co_return asked;
        auto outcome = co_await enter_group();
        if (outcome) outcome = co_await serve();
        if (outcome || outcome.error().kind == ErrorKind::client_closed ||
            context_.client->has_begun() || context_.client->is_streaming())
            co_return outcome;
        tried += told(target.name, outcome.error());
        targets = targets_after(outcome.error());
        pending.insert(pending.begin(), targets.begin(), targets.end());
    }
    first.message += tried;
    co_return std::unexpected(std::move(first));
}

net::Task<bool> RouteRun::pause(milliseconds time) {
    net::Wake wake(context_.state->worker.context());
    context_.client->cancel_on_leave(&wake);
    const auto reason = co_await wake.wait_until(after(Clock::now(), time));
    context_.client->cancel_on_leave(nullptr);
    context_.now = Clock::now();
    co_return reason == net::Wake::Reason::timed_out;
}

RoutedCall RouteRun::routed_call() const {
    RoutedCall call;
    call.endpoint = context_.view.endpoint;
    call.stream = context_.view.stream;
    call.team_id = team_id();
    if (context_.config().router.tag_filtering) {
        call.tags = context_.notes.tags;
        call.user_agent = context_.client->head().find("user-agent").value_or("");
    }
    if (context_.named.customer) call.region = context_.named.customer->region;
    call.prompt_tokens = context_.estimate.prompt.tokens;
    call.body = &context_.view.object;
    call.depth = kDepth;
    call.pinned = pinned_;
    call.goes_on = context_.broken_stream != nullptr;
    call.tried = {tried_.data(), tried_.size()};
    call.now = context_.now;
    call.minute = minute_of(context_.arrived);
    call.second = second_of_minute(context_.arrived);
    const auto is_out = [&call](const Deployment* deployment) {
        return deployment->health->cooldown.state(call.now) != Cooldown::State::serving;
    };
    if (std::ranges::any_of(match_.group->deployments, is_out))
        call.has_fallbacks = has_fallbacks(ErrorKind::rate_limited);
    return call;
}

void RouteRun::plan() {
    const auto& config = context_.config().router;
    if (config.tag_filtering) take_call_notes(context_);
    if (config.pre_call_checks) count_prompt_for_checks(context_, match_);
    make_plan(match_, called_, routed_call(), config, context_.state->random, context_.plan);
}

/// The first deployment of the plan that has room for the call.
RouteRun::Chosen RouteRun::choose() {
    Chosen chosen;
    const auto now = context_.now;
    for (auto& candidate : context_.plan.candidates) {
        auto& cooldown = candidate.deployment->health->cooldown;
        if (cooldown.state(now) == Cooldown::State::may_probe && !cooldown.claim_probe(now) &&
            context_.plan.candidates.size() > 1)
            continue;
        last_ = candidate.deployment;
        tried_.push_back(last_);
        if (candidate.model.empty())
            candidate.model = upstream_model(*last_, match_.captures, called_);
        auto& leg = settlement_.open_leg(candidate);
        auto reserved = try_reserve(context_, leg);
        if (!reserved || *reserved) {
            chosen.leg = &leg;
            chosen.waits = !reserved;
            return chosen;
        }
        // A limit of the deployment's is no failure of its: the next one is asked at once.
        settlement_.drop_leg();
        cooldown.release_probe();
        chosen.refusal = std::move(reserved->error());
        chosen.is_full = chosen.is_full || is_full(*candidate.deployment);
    }
    if (chosen.refusal.message.empty()) chosen.refusal = all_are_probed(match_.group->name);
    return chosen;
}

/// Whether calls of this group wait for a slot: then nobody may overtake them.
bool RouteRun::must_queue() const {
    const auto has_slots = [](const Deployment* deployment) { return slots_of(*deployment); };
    return std::ranges::any_of(match_.group->deployments, has_slots) &&
           context_.state->queues->has_waiters(match_.group->name);
}

/// Waits in the group's queue until a deployment has room, no longer than a try may take.
net::Task<RouteRun::Chosen> RouteRun::wait_for_slot(Chosen chosen) {
    const auto timeouts = choose_timeouts(context_, *context_.plan.candidates.front().deployment);
    if (!timeouts) co_return Chosen{nullptr, false, false, timeouts.error()};
    auto& queues = *context_.state->queues;
    const std::string group = match_.group->name;
    const auto& key = context_.identity.key;
    const auto waiter =
        queues.join(group, key ? key->hash : std::string(), priority(), context_.state->worker);
    if (!waiter) co_return chosen.refusal.message.empty() ? choose() : chosen;
    const auto time = context_.view.stream ? timeouts->gap : timeouts->whole;
    const auto deadline = std::min(last_moment(), after(Clock::now(), time));
    for (;;) {
        const auto now = context_.now = Clock::now();
        if (queues.is_first(group, *waiter)) {
            plan();
            chosen = context_.plan.candidates.empty()
                         ? Chosen{nullptr, false, false, no_candidate(context_.plan, routed_call())}
                         : choose();
            if (chosen.leg != nullptr || !chosen.is_full) break;
        }
        if (now >= deadline) {
            if (chosen.refusal.message.empty()) chosen = choose();
            break;
        }
        context_.client->cancel_on_leave(&waiter->wake);
        const auto reason = co_await waiter->wake.wait_until(
            std::min(deadline, after(now, CallQueues::kLookAgain)));
        context_.client->cancel_on_leave(nullptr);
        if (reason == net::Wake::Reason::cancelled) {
            chosen = {nullptr, false, false, client_left()};
            break;
        }
    }
    queues.leave(group, *waiter);
    co_return chosen;
}

/// Its place among those who wait: lower is earlier.
std::int64_t RouteRun::priority() const {
    if (wishes_.priority) return *wishes_.priority;
    return context_.config().router.default_priority.value_or(0);
}

/// `mock_testing_*`: the first group fails without a call, so that its fallbacks can be tried.
std::optional<GatewayError> RouteRun::testing_failure() {
    struct Test {
        std::string_view field;
        ErrorKind kind;
    };
    constexpr Test kTests[] = {
        {"mock_testing_fallbacks", ErrorKind::internal},
        {"mock_testing_context_fallbacks", ErrorKind::context_window_exceeded},
        {"mock_testing_context_window_fallbacks", ErrorKind::context_window_exceeded},
        {"mock_testing_content_policy_fallbacks", ErrorKind::content_policy_violation},
        {"mock_testing_rate_limit_error", ErrorKind::rate_limited},
    };
    if (context_.fallbacks > 0) return std::nullopt;
    for (const auto& [field, kind] : kTests)
        if (const auto* asked = find_given(context_.view.object, field);
            asked != nullptr && asked->value == "true")
            return GatewayError(kind, ErrorSource::gateway,
                                "This is a mock failure of model group '" + match_.group->name +
                                    "', asked for with '" + std::string(field) + "'.");
    return std::nullopt;
}

Result<void> RouteRun::read_wishes() {
    const auto retries = read_num_retries(context_);
    if (!retries) return std::unexpected(retries.error());
    wishes_.num_retries = *retries;
    if (!says_something_) return {};
    auto fallbacks = read_request_fallbacks(context_.view.object);
    if (!fallbacks) return std::unexpected(std::move(fallbacks.error()));
    const auto priority = read_priority(context_.view.object);
    if (!priority) return std::unexpected(priority.error());
    wishes_.fallbacks = std::move(*fallbacks);
    wishes_.priority = *priority;
    return {};
}

/// Whether another try, here or in another group, may follow.
bool RouteRun::may_go_on(const GatewayError& error) const {
    const auto& client = *context_.client;
    return !is_final_ && error.kind != ErrorKind::client_closed && !client.has_begun() &&
           !client.is_streaming() && attempts_ < kMaxAttempts && context_.now < last_moment();
}

/// When the time of all tries together has run out.
TimePoint RouteRun::last_moment() const {
    const auto& total = context_.config().total_timeout;
    return total ? after(context_.client->arrival(), *total) : kNever;
}

/// How long to wait before the next try in this group; nothing: there is none.
std::optional<milliseconds> RouteRun::next_delay(const GatewayError& error) {
    if (last_ == nullptr) return std::nullopt;
    const auto& config = context_.config().router.retries;
    const auto now = context_.now;
    RetryState state;
    state.group = match_.group->name;
    state.asked = asked_retries();
    state.keys_policy = keys_retry_policy();
    state.retries = retries_;
    state.has_fallbacks = has_fallbacks(error.kind);
    for (const auto* deployment : match_.group->deployments)
        if (std::ranges::find(tried_, deployment) == tried_.end() &&
            deployment->health->cooldown.state(now) == Cooldown::State::serving)
            ++state.others_left;
    if (!should_retry(config, *last_, state, error)) return std::nullopt;
    // All were tried: once more from the beginning, if the group has retries left for that.
    if (state.others_left == 0) {
        if (!match_.group->retries->spend(now)) return std::nullopt;
        tried_.clear();
    }
    return retry_delay(config, state, error, context_.state->random);
}

/// Another group serves from now on: its limits bind, and what was reserved for the one before is
/// given back. False: there is none of the name, or it was asked before.
bool RouteRun::move_to(const FallbackTarget& target) {
    auto match = context_.snapshot->find_group(target.name, team_id());
    if (!match || was_visited(target.name)) return false;
    visited_.push_back(target.name);
    ++context_.fallbacks;
    context_.state->metrics.count_fallback();
    settlement_.leave_group();
    match_ = std::move(*match);
    called_ = target.name;
    return true;
}

/// The request as the fallback wants it, whose name the client reads from now on.
Result<void> RouteRun::ask_group(const FallbackTarget& target) {
    context_.requested_model = target.name;
    if (!target.changes_json.empty()) return change_body(target.changes_json);
    if (changed_body_.empty()) return {};
    changed_body_.clear();
    return openai_front().scan(context_.view.endpoint, sent_body_, context_.view);
}

/// The client's body with other members in place of its own.
Result<void> RouteRun::change_body(const std::string& changes_json) {
    const auto endpoint = context_.view.endpoint;
    if (auto scanned = openai_front().scan(endpoint, sent_body_, context_.view); !scanned)
        return scanned;
    ObjectEdits edits;
    edits.reset(context_.view.object);
    const auto changes = json_members(changes_json).value_or(JsonParts());
    for (const auto& [name, value] : changes) {
        if (name == "model") continue;
        const auto* member = context_.view.object.find(name);
        member != nullptr ? edits.replace(*member, value) : edits.append(name, value);
    }
    Pieces pieces;
    edits.splice(pieces);
    std::string body;
    for (const auto piece : pieces) body += piece;
    body.reserve(body.size() + kJsonPadding);
    changed_body_ = std::move(body);
    return openai_front().scan(endpoint, changed_body_, context_.view);
}

/// What the try says of the deployment's health.
void RouteRun::learn(Leg& leg, const Result<void>& outcome) {
    context_.now = Clock::now();
    const GatewayError* error = !outcome ? &outcome.error() : leg.broken.get();
    if (error != nullptr && error->kind == ErrorKind::client_closed) {
        return leg.deployment->health->cooldown.release_probe();
    }
    Outcome told;
    told.error = error;
    told.callers_timeout = leg.callers_timeout;
    told.now = context_.now;
    told.minute = minute_of(context_.arrived);
    const auto& config = context_.config().router;
    const bool has_others =
        error != nullptr &&
        (others_serve(*match_.group, *leg.deployment, told.now) || has_fallbacks(error->kind));
    const auto out_for = note_outcome(*leg.deployment, config.cooldowns, told, has_others);
    if (!out_for) return;
    context_.state->metrics.count_cooldown();
    log_warning("deployment " + leg.deployment->id + " of model group '" + match_.group->name +
                "' is left out for " + std::to_string(out_for->count()) +
                " ms or more: " + std::string(facts(error->kind).litellm_class));
}

FallbackSources RouteRun::sources() const {
    return fallback_sources(wishes_.fallbacks, context_.identity.key.get(),
                            context_.config().router.fallbacks);
}

/// What the request says, else its key, else the key's team.
std::optional<std::int64_t> RouteRun::asked_retries() const {
    if (wishes_.num_retries) return wishes_.num_retries;
    const auto from = sources();
    if (from.key != nullptr && from.key->num_retries) return from.key->num_retries;
    return from.team != nullptr ? from.team->num_retries : std::nullopt;
}

const ErrorCounts* RouteRun::keys_retry_policy() const {
    const auto from = sources();
    for (const auto* owner : {from.key, from.team}) {
        if (owner == nullptr || !owner->retries_by_group) continue;
        for (const auto& [group, policy] : *owner->retries_by_group)
            if (group == match_.group->name) return &policy;
    }
    return nullptr;
}

std::string_view RouteRun::team_id() const {
    const auto& key = context_.identity.key;
    return key ? std::string_view(key->team_id) : std::string_view();
}

bool RouteRun::was_visited(std::string_view group) const {
    return std::ranges::find(visited_, group) != visited_.end();
}

/// Groups that were not asked yet: where none is left, trying what cools is better than a certain
/// error.
bool RouteRun::has_fallbacks(ErrorKind kind) const {
    return std::ranges::any_of(
        fallbacks_for(sources(), match_.group->name, kind),
        [this](const FallbackTarget& target) { return !was_visited(target.name); });
}

std::vector<FallbackTarget> RouteRun::targets_after(const GatewayError& error) const {
    auto targets = fallbacks_for(sources(), match_.group->name, error.kind);
    // A customer's own model, where its region has none of those asked for.
    const auto& customer = context_.named.customer;
    const bool is_elsewhere = std::ranges::find(context_.plan.excluded, Exclusion::other_region,
                                                &Excluded::why) != context_.plan.excluded.end();
    if (customer && !customer->default_model.empty() && is_elsewhere)
        targets.push_back({customer->default_model});
    return targets;
}

}  // namespace tollweir
