#pragma once

#include "tollweir/core/error.hpp"
#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

// The routes of /model that change what the store has (spec/management-api.md 3.6,
// docs/stored-models.md). Administrators, and of a team's own models its administrators.

net::Task<Result<void>> make_model(RequestContext& context);
net::Task<Result<void>> update_model(RequestContext& context);
/// The id stands in the path.
net::Task<Result<void>> patch_model(RequestContext& context);
net::Task<Result<void>> remove_model(RequestContext& context);

}  // namespace tollweir
