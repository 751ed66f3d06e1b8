#pragma once

#include <string_view>

#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

/// Sends a whole answer, edited already, as the stream that the client asked for: begins it with
/// `context.headers` unless pings have gone out, and ends it. `cost`: goes into its usage. Errors:
/// `bad_gateway` (no choices in it), before anything was sent; `client_closed`.
net::Task<Result<void>> send_as_stream(RequestContext& context, std::string_view answer,
                                       const UsageCost& cost);

}  // namespace tollweir
