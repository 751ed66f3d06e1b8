#pragma once

#include <optional>
#include <string_view>

#include "providers/openai/adaptation.hpp"

namespace tollweir {

/// The rules of a row that concern `response_format`, but for the forced tool (json_tool).
Result<void> rewrite_response_format(Adaptation& adaptation);

/// Moves `temperature` to the nearest value the row takes.
void clamp_temperature(Adaptation& adaptation);

/// A number of the body; nothing if the text is none.
std::optional<double> number_in(std::string_view json);

}  // namespace tollweir
