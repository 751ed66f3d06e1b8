#pragma once

#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

/// POST /utils/token_counter: the tokens of `prompt`, `messages` or `contents` for `model`, counted
/// here (docs/token-counting.md). Long texts are counted in steps, between which the worker serves
/// others. Errors (`bad_request`): no model, nothing to count.
net::Task<Result<void>> count_tokens(RequestContext& context);

}  // namespace tollweir
