#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tollweir {

/// Edits (insert, delete, replace, swap of neighbours) from one word to the other, case and the
/// difference of `-` and `_` apart. More than `most` counts as `most + 1`.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t most);

/// The candidate a misspelt `word` most likely meant: a third of its length may differ, two edits
/// at least and four at most. Empty: none is near.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

/// `; did you mean "api_base"?`, or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace tollweir
