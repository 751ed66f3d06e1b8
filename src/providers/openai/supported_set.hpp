#pragma once

#include <string_view>

#include "providers/openai/dialects.hpp"
#include "tollweir/core/endpoint.hpp"

namespace tollweir {

/// The parameters that may be sent to a model of this dialect. `family` is the name that decides
/// the rules of models: see `model_family`.
ParamSet supported_set(const OpenAiDialect& row, Endpoint endpoint, std::string_view family);

/// What the row leaves out for this model without a word.
ParamSet dropped_set(const OpenAiDialect& row, std::string_view family);

}  // namespace tollweir
