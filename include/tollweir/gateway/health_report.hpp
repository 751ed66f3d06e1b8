#pragma once

#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

class HealthChecker;

/// Answers GET /health: without a key a short status, since deployment manifests probe it so; with
/// one what a real call to every deployment that it may use gave (spec/data-plane.md, 10.2), or to
/// those of `?model=` or `?model_id=`. Where checks run in the background: what the last round
/// gave, and `{}` before it.
net::Task<Result<void>> report_health(RequestContext& context, const HealthChecker& checker);

}  // namespace tollweir
