#pragma once

#include <optional>

#include "tollweir/core/hash.hpp"
#include "tollweir/gateway/request_context.hpp"
#include "tollweir/gateway/routes.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

/// Who asks, and may they use the route that was matched? Decided once; `context.identity` tells
/// afterwards. A key that this worker does not know comes back as its digest: then
/// `authorize_after_look_up` must decide, and only then a coroutine is needed. `path` is
/// normalised. Errors: spec/management-api.md 1.4.
Result<std::optional<Sha256Digest>> authorize(RequestContext& context, const Route& route,
                                              std::string_view path);

net::Task<Result<void>> authorize_after_look_up(RequestContext& context, const Route& route,
                                                std::string_view path, Sha256Digest digest);

}  // namespace tollweir
