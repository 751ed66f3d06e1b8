#pragma once

#include "tollweir/gateway/request_context.hpp"
#include "tollweir/gateway/settlement.hpp"
#include "tollweir/gateway/upstream_body.hpp"
#include "tollweir/net/task.hpp"
#include "tollweir/routing/router.hpp"

namespace tollweir {

/// How long one request may take; from headers, body, deployment and configuration, in this order.
struct CallTimeouts {
    std::chrono::milliseconds whole;  // an answer that is not a stream
    std::chrono::milliseconds gap;    // of a stream: first byte and each gap
};
/// Errors (`bad_request`): the client asks for what is no time.
Result<CallTimeouts> choose_timeouts(const RequestContext& context, const Deployment& deployment);

/// Goes through the plan, an attempt a deployment: from the client's body to the end of the answer.
/// Retries and fallbacks will choose here; until then its first candidate decides. An error is
/// returned as long as nothing was sent to the client; later ones end as an error event in the
/// stream.
net::Task<Result<void>> run_plan(RequestContext& context, const Plan& plan, Settlement& settlement);

}  // namespace tollweir
