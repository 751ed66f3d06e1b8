#pragma once

#include "tollweir/config/snapshot.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

/// What a call would cost: `model` and `messages`, the prompt alone; or what one has cost:
/// `completion_response`, an answer with its usage, else counted from what it says. Names of the
/// configuration and of the price table. Errors (`bad_request`): neither is given, or no price is
/// known. Source: spec/management-api.md 5.4.
Result<ChargedCost> calculate_spend(const Snapshot& snapshot, const ObjectView& body);

/// POST /spend/calculate: `{"cost":0.00031}`.
net::Task<Result<void>> show_calculated_spend(RequestContext& context);

}  // namespace tollweir
