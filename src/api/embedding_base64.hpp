#pragma once

#include <string>
#include <string_view>

#include "tollweir/core/error.hpp"

namespace tollweir {

/// `data` of an embeddings answer (a JSON array) with each `embedding` that is an array of numbers
/// as the base64 of its little-endian float32s; all else stays as it is. Errors (`bad_gateway`):
/// not JSON, a number that no float32 can hold.
Result<std::string> with_base64_embeddings(std::string_view data);

}  // namespace tollweir
