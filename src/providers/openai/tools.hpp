#pragma once

#include "providers/openai/adaptation.hpp"

namespace tollweir {

/// The rules of a row that concern `tools` (and the old `functions`) and `tool_choice`.
Result<void> rewrite_tools(Adaptation& adaptation);

}  // namespace tollweir
