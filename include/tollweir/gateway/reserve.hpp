#pragma once

#include <optional>

#include "tollweir/gateway/admission.hpp"
#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

/// How long the prompt is likely to be, and what of the request decides its price: begins
/// `context.estimate` for this group.
void estimate_prompt(RequestContext& context, const GroupMatch& match);
/// The prompt's length exactly, where the estimate is over what some deployment of the group takes.
void count_prompt_for_checks(RequestContext& context, const GroupMatch& match);
/// What the call is likely to come to at this candidate: ends `context.estimate`.
void estimate_cost(RequestContext& context, const Candidate& candidate);

/// Takes the likely use from every limit that binds the caller, all or none, into
/// `context.reservation`. Nothing: a budget must be asked for first; then `reserve_waiting` does.
/// Errors: `rate_limited`, `budget_exceeded`; `unavailable` and `client_closed` while waiting.
std::optional<Result<void>> try_reserve(RequestContext& context);
net::Task<Result<void>> reserve_waiting(RequestContext& context);

/// The same of what hangs on a deployment, before each try at it: into `leg.reservation`.
std::optional<Result<void>> try_reserve(RequestContext& context, Leg& leg);
net::Task<Result<void>> reserve_waiting(RequestContext& context, Leg& leg);

/// The last leg is to be called beside another: the same is asked of the caller's limits again.
/// False: a budget has no room for it now.
bool reserve_again(RequestContext& context);

/// A stream has said `tokens` so far: asks every limit for as much again once that is more than was
/// reserved. What a limit has no room for is used all the same, since the stream goes on; it counts
/// when the call is settled.
void grow_reservation(RequestContext& context, std::uint64_t tokens);

}  // namespace tollweir
