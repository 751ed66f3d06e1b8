#pragma once

#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

/// One try at the leg's deployment: from the client's body to the end of the answer. `began` is
/// when its time began to run. An error is returned as long as nothing was sent to the client;
/// later ones end as an error event in the stream, and stand in `leg.broken`, or leave the stream
/// open with `context.broken_stream` set, where it may go on elsewhere.
net::Task<Result<void>> run_attempt(RequestContext& context, Leg& leg, TimePoint began);

/// Past the commit point: the failure goes into the stream, which then ends properly. Errors:
/// `client_closed`.
net::Task<Result<void>> end_broken_stream(RequestContext& context, Leg& leg, GatewayError error);

}  // namespace tollweir
