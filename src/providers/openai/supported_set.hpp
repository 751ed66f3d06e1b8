#pragma once

#include <string_view>

#include "providers/openai/dialects.hpp"
#include "tollweir/core/endpoint.hpp"

namespace tollweir {

/// The parameters that may be sent to `model` of this dialect at all. `model`: the base model where
/// one is known.
ParamSet supported_set(const OpenAiDialect& row, Endpoint endpoint, std::string_view model);

}  // namespace tollweir
