#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tollweir/api/front.hpp"
#include "tollweir/core/error.hpp"

namespace tollweir {

/// `data` of an embeddings answer (a JSON array) with each `embedding` in the form wanted: numbers,
/// or the base64 of their little-endian float32s; all else stays as it is. Nothing where all have
/// it already. Errors (`bad_gateway`): not JSON, a number that no float32 can hold, a text that is
/// no base64 of float32s.
Result<std::optional<std::string>> embeddings_in_form(std::string_view data, EmbeddingForm form);

}  // namespace tollweir
