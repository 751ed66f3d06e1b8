#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tollweir/core/price.hpp"

namespace tollweir {

// Models that the table has no row for, but of which something is known all the same.

/// The row for models of this size at Fireworks or Together: by the number of parameters that the
/// name tells (`llama-v3p1-8b`, `mixtral-8x7b`). Empty: no such row.
std::string size_class(std::string_view provider, std::string_view model);

/// By the second, LiteLLM's price of a GPU: models of Replicate and SageMaker.
std::optional<ModelPrice> price_by_machine(std::string_view provider, std::string_view model);

/// What holds for every Claude of these names; it has no price.
std::optional<ModelPrice> any_claude(std::string_view provider, std::string_view model);

}  // namespace tollweir
