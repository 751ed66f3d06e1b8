#pragma once

#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

/// Answers GET /health: without a key that we know a short status, since deployment manifests probe
/// it so; with the master key what a real call to every deployment gave
/// (spec/data-plane.md, 10.2), or to those of `?model=` or `?model_id=`.
net::Task<Result<void>> report_health(RequestContext& context);

}  // namespace tollweir
