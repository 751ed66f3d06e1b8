#pragma once

#include "tollweir/core/charge.hpp"
#include "tollweir/core/clock.hpp"
#include "tollweir/core/error.hpp"

namespace tollweir {

/// What the client hears of a refusal: LiteLLM's messages (spec/management-api.md 4.1,
/// spec/data-plane.md 7.3), true times, and the headers that go with them. `budget_status` is that
/// of a budget which is used up; `now` is the time of day.
GatewayError to_error(const Refusal& refusal, int budget_status, WallTime now);

}  // namespace tollweir
