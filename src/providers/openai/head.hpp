#pragma once

#include "providers/openai/dialects.hpp"
#include "tollweir/core/deployment.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/providers/provider.hpp"

namespace tollweir {

/// Path and headers of a request in OpenAI's dialect. Where neither deployment nor row has a key,
/// no credential. Errors (`bad_request`): a key or header that would break the head, a header that
/// is ours alone, a base path that is no path, a name or version that cannot stand in one.
Result<UpstreamHead> openai_head(const OpenAiDialect& row, const Deployment& deployment,
                                 const UpstreamCall& call);

}  // namespace tollweir
