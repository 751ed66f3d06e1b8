#pragma once

#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

/// How long one try may take; from headers, body, key, deployment and configuration, in this order.
struct CallTimeouts {
    std::chrono::milliseconds whole;  // an answer that is not a stream
    std::chrono::milliseconds gap;    // of a stream: each gap
    std::chrono::milliseconds first;  // and its first event
    TimePoint end = kNever;           // of all tries together
    bool is_callers = false;          // the caller asked for less than the deployment would have
};
/// Errors (`bad_request`): the client asks for what is no time.
Result<CallTimeouts> choose_timeouts(const RequestContext& context, const Deployment& deployment);

/// One try at the leg's deployment: from the client's body to the end of the answer. `began` is
/// when its time began to run. An error is returned as long as nothing was sent to the client;
/// later ones end as an error event in the stream, and stand in `leg.broken`.
net::Task<Result<void>> run_attempt(RequestContext& context, Leg& leg, TimePoint began);

}  // namespace tollweir
