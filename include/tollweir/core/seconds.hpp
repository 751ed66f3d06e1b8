#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace tollweir {

/// A positive number of seconds as clients and rows write it, `2` or `0.5`, as milliseconds, at
/// least one. Nothing: no number, not positive, or over 1e9.
std::optional<std::chrono::milliseconds> parse_seconds(std::string_view text);

}  // namespace tollweir
