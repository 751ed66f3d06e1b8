#pragma once

#include "providers/openai/adaptation.hpp"

namespace tollweir {

/// The rules of a row that concern embeddings: the form of the vectors, token ids as input,
/// parameters it has no use for. spec/providers-openai-family.md 1.5.
Result<void> rewrite_embedding(Adaptation& adaptation);

}  // namespace tollweir
