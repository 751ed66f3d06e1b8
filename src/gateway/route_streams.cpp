// Of RouteRun: streams whose first word is late, and those that break after it.

#include <algorithm>

#include "tollweir/gateway/attempt.hpp"
#include "tollweir/gateway/booking.hpp"
#include "tollweir/gateway/continuation.hpp"
#include "tollweir/gateway/reserve.hpp"
#include "tollweir/gateway/route_run.hpp"
#include "tollweir/gateway/stream_race.hpp"
#include "tollweir/gateway/worker_state.hpp"

namespace tollweir {
namespace {

// A budget may have to ask the store for room first.
constexpr int kTriesForRoom = 3;
constexpr std::chrono::milliseconds kTimeForRoom{25};

}  // namespace

/// How long to wait for a first word before another deployment is asked too; nothing: no other is.
std::optional<std::chrono::microseconds> RouteRun::hedge_delay() const {
    const auto& view = context_.view;
    if (!match_.group->hedging || !view.stream || !can_stream(view.endpoint)) return std::nullopt;
    if (context_.plan.candidates.size() < 2 || context_.client->is_streaming()) return std::nullopt;
    for (const auto* mock : {"mock_response", "mock_timeout"})
        if (context_.config().allow_client_mocks && view.object.find(mock) != nullptr)
            return std::nullopt;
    return match_.group->hedging->delay();
}

/// Another leg beside the one under way: of a deployment that serves and has room. Null: there is
/// none, no budget has room for it, or enough streams were asked for twice.
Leg* RouteRun::open_second_leg() {
    auto& hedging = *match_.group->hedging;
    if (attempts_ >= kMaxAttempts || !hedging.spend()) return nullptr;
    const auto now = context_.now = Clock::now();
    for (auto& candidate : context_.plan.candidates) {
        const auto* deployment = candidate.deployment;
        const bool is_fit = std::ranges::find(tried_, deployment) == tried_.end() &&
                            deployment->health->cooldown.state(now) == Cooldown::State::serving &&
                            !deployment->mock_response;
        if (!is_fit) continue;
        if (candidate.model.empty())
            candidate.model = upstream_model(*deployment, match_.captures, called_);
        auto& leg = settlement_.open_leg(candidate);
        const auto reserved = try_reserve(context_, leg);
        if (reserved && *reserved && reserve_again(context_)) {
            tried_.push_back(deployment);
            last_ = deployment;
            ++attempts_;
            return &leg;
        }
        settlement_.drop_leg();
    }
    hedging.give_back();
    return nullptr;
}

/// Asks a second deployment where the first one's word is late; the first word of either counts.
/// The leg that serves is the last one then.
net::Task<Result<void>> RouteRun::run_hedged(Leg& first, TimePoint began,
                                             std::chrono::microseconds delay) {
    StreamRace race(context_);
    race.start(first, began);
    Leg* second = nullptr;
    bool is_decided = co_await race.wait_until(Clock::now() + delay);
    for (int tries = 0; !is_decided && second == nullptr && tries < kTriesForRoom; ++tries) {
        second = open_second_leg();
        if (second == nullptr)
            is_decided = co_await race.wait_until(after(Clock::now(), kTimeForRoom));
    }
    if (second != nullptr) race.start(*second, Clock::now());
    if (!is_decided) co_await race.wait_until(kNever);
    for (const auto& loser : co_await race.settle()) {
        learn(*loser.leg, std::unexpected(loser.error));
        const bool second_won = loser.leg == &first;
        // Of a call that was cut off late it is known that its word took longer.
        if (race.is_won() && loser.error.kind == ErrorKind::client_closed)
            match_.group->hedging->observe(loser.leg->response_time);
        // The last leg is booked; afterwards the one that serves is the last.
        if (second_won) std::swap(first, *second);
        settlement_.end_leg();
        if (race.is_won())
            context_.state->metrics.count_hedge(second_won, context_.legs.back().charged.total);
        std::swap(first, *second);
        if (!second_won) race.move_winner(*second);
    }
    if (second != nullptr) {
        last_ = context_.legs.back().deployment;
        if (!affinities_.empty()) pin(context_.legs.back());
        if (auto booked = open_booking(context_); !booked) {
            is_final_ = true;
            co_return booked;
        }
    }
    co_return co_await race.serve();
}

/// The client has got the beginning of a stream that may go on elsewhere.
bool RouteRun::is_broken(const Result<void>& outcome) const {
    return !outcome && context_.broken_stream && outcome.error().kind != ErrorKind::client_closed;
}

/// Sends a broken stream on from another deployment of its group, or from the groups that it falls
/// back on, as far as they can go on in the middle of an answer; else ends it with the error.
net::Task<Result<void>> RouteRun::go_on(GatewayError error) {
    const auto targets = targets_after(error);
    const auto most =
        wishes_.fallbacks.most.value_or(context_.config().router.fallbacks.max_fallbacks);
    const auto may_try = [this] {
        return attempts_ < kMaxAttempts && Clock::now() < last_moment();
    };
    Result<void> outcome = std::unexpected(error);
    if (may_try()) outcome = co_await go_on_in_group();
    if (visited_.empty()) visited_.push_back(match_.group->name);
    for (const auto& target : targets) {
        if (!is_broken(outcome) || !may_try() || context_.fallbacks >= most) break;
        if (!move_to(target)) continue;
        if (auto asked = ask_for_rest(target); !asked) continue;
        outcome = co_await enter_group();
        if (outcome) outcome = co_await serve();
        if (!outcome) settlement_.end_leg();
    }
    if (!is_broken(outcome)) {
        if (outcome) context_.state->metrics.count_continuation();
        co_return outcome;
    }
    co_return co_await end_broken_stream(context_, context_.legs.back(), std::move(error));
}

/// The deployments of the group that were not tried.
net::Task<Result<void>> RouteRun::go_on_in_group() {
    settlement_.end_leg();
    const GatewayError nobody(ErrorKind::unavailable, ErrorSource::gateway,
                              "nobody can go on with this stream");
    if (auto asked = ask_for_rest({match_.group->name}); !asked) co_return asked;
    Result<void> outcome = std::unexpected(nobody);
    for (;;) {
        plan();
        auto& candidates = context_.plan.candidates;
        std::erase_if(candidates, [this](const Candidate& candidate) {
            return std::ranges::find(tried_, candidate.deployment) != tried_.end();
        });
        if (candidates.empty() || attempts_ >= kMaxAttempts) co_return outcome;
        outcome = co_await serve();
        if (!is_broken(outcome)) co_return outcome;
        settlement_.end_leg();
    }
}

/// The request as it asks for the rest of the answer.
Result<void> RouteRun::ask_for_rest(const FallbackTarget& target) {
    const auto changes =
        continuation_changes(sent_body_, target.changes_json, *context_.broken_stream);
    if (!changes) return std::unexpected(changes.error());
    return change_body(*changes);
}

}  // namespace tollweir
