#pragma once

#include <string>

#include "providers/openai/dialects.hpp"
#include "tollweir/core/deployment.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/providers/provider.hpp"

namespace tollweir {

/// Absolute path and query of a call. An `api_base` may be a server's base or the whole URL of one
/// of its endpoints. Errors (`bad_request`): a name or an api-version that cannot stand in a URL.
Result<std::string> path_of_call(const OpenAiDialect& row, const Deployment& deployment,
                                 const UpstreamCall& call);

}  // namespace tollweir
