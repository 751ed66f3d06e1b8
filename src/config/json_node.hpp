#pragma once

#include <optional>
#include <string_view>

#include "config/node.hpp"

namespace tollweir {

/// A JSON text as if it stood in a file, without a place. Of a key given twice the last one counts.
/// Nothing: malformed, or nested too deeply.
std::optional<Node> node_of_json(std::string_view text);

}  // namespace tollweir
