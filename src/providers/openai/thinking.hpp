#pragma once

#include "providers/openai/adaptation.hpp"

namespace tollweir {

/// The rules of a row that concern `thinking` and `reasoning_effort`. Tells whether the model is
/// going to reason, as far as the request and the model's name say.
Result<bool> rewrite_thinking(Adaptation& adaptation);

}  // namespace tollweir
