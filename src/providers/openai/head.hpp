#pragma once

#include <string_view>

#include "tollweir/core/deployment.hpp"
#include "tollweir/core/error.hpp"

namespace tollweir {

/// Path and headers of a request in OpenAI's dialect. `default_key` is sent where the deployment
/// has no key; both empty: no Authorization. Errors (`bad_request`): a key or header that would
/// break the head, a header that is ours alone, a base path that is no path.
Result<UpstreamHead> openai_head(const Deployment& deployment, Endpoint endpoint,
                                 std::string_view default_key);

}  // namespace tollweir
