#pragma once

#include "tollweir/config/snapshot.hpp"
#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

/// What a billed request has once it may go on. The reservation of limits and budgets joins here.
struct Admitted {
    GroupMatch match;
    /// The name that is called: what the client asked for, or what its key's or team's alias makes
    /// of it. A view into the context.
    std::string_view model;
};

/// The steps of every billed route before its own work: the body, bounded and scanned; the model
/// group it names; whether this caller may use it; what it may cost. Who the caller is has been
/// decided on the matched route before. Errors are the client's to see.
net::Task<Result<Admitted>> admit(RequestContext& context, Endpoint endpoint);

}  // namespace tollweir
