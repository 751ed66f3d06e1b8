#pragma once

#include "tollweir/core/deployment.hpp"
#include "tollweir/core/splice.hpp"

namespace tollweir {

/// Puts the deployment's own body fields in, after `Provider::adapt`: `extra_body` always,
/// `defaults` where the request is silent or null. The two spellings of one parameter
/// (`max_tokens` and `max_completion_tokens`, `thinking` and `reasoning_effort`) count as one,
/// since the adapter may have renamed what the request sent.
void set_deployment_fields(ObjectEdits& edits, const Deployment& deployment);

}  // namespace tollweir
