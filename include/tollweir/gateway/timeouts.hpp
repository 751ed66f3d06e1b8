#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "tollweir/core/clock.hpp"
#include "tollweir/core/error.hpp"

namespace tollweir {

struct Deployment;
struct RequestContext;

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

/// What the client asked for, in a header or a body field; nothing if it did not. Errors
/// (`bad_request`): what it asked for is no time.
Result<std::optional<std::chrono::milliseconds>> asked_seconds(const RequestContext& context,
                                                               std::string_view header,
                                                               std::string_view field);

}  // namespace tollweir
