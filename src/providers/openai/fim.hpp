#pragma once

#include "providers/openai/adaptation.hpp"

namespace tollweir {

/// Fill-in-the-middle takes one prompt that is a text. Errors (`bad_request`): several, or ids.
Result<void> rewrite_fim_prompt(Adaptation& adaptation);

}  // namespace tollweir
