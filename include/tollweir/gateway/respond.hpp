#pragma once

#include <string_view>

#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

inline constexpr std::string_view kJson = "application/json";

/// Answers with a body that is not a model's. Adds to `context.headers`, notes the status. An error
/// (`client_closed`) if the client has left.
net::Task<Result<void>> respond(RequestContext& context, int status, std::string_view content_type,
                                std::string_view body);

}  // namespace tollweir
