#pragma once

#include "tollweir/core/error.hpp"
#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

// The routes of /credentials (docs/stored-settings.md): credentials that models name. For
// administrators; values are masked in answers.

net::Task<Result<void>> make_credential(RequestContext& context);
net::Task<Result<void>> list_credentials(RequestContext& context);
/// The name stands in the path, here and below.
net::Task<Result<void>> show_credential(RequestContext& context);
/// The id of a deployment stands in the path: what that one uses.
net::Task<Result<void>> show_credential_of_model(RequestContext& context);
net::Task<Result<void>> update_credential(RequestContext& context);
net::Task<Result<void>> remove_credential(RequestContext& context);

}  // namespace tollweir
