#pragma once

#include <string_view>

#include "providers/openai/dialects.hpp"
#include "tollweir/core/deployment.hpp"
#include "tollweir/core/splice.hpp"
#include "tollweir/providers/provider.hpp"

namespace tollweir {

/// What a body that passes through still needs before it goes to an upstream of this dialect:
/// gateway fields out, parameters that the upstream or the model refuses dropped or refused, others
/// renamed or rewritten. spec/providers-openai-family.md 4 and 5, spec/data-plane.md 2.3.
Result<AnswerNeeds> adapt_openai_body(ObjectEdits& edits, const OpenAiDialect& row,
                                      const Deployment& deployment, const UpstreamCall& call);

/// The name that decides the rules of models: the base model where one is known and the row asks
/// for OpenAI's rules, else `model`.
std::string_view model_family(const OpenAiDialect& row, const Deployment& deployment,
                              std::string_view model);

}  // namespace tollweir
