#pragma once

#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

/// `GET /health/services?service=`: whether alerts and records of calls reach a service. Errors
/// (`bad_request`): none is named, or it is no service; `unprocessable`: the configuration sends
/// nothing there; `not_implemented`: this version does not.
net::Task<Result<void>> test_health_service(RequestContext& context);

}  // namespace tollweir
