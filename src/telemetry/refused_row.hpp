#pragma once

#include <filesystem>

#include "tollweir/core/error.hpp"
#include "tollweir/core/spend_row.hpp"

namespace tollweir {

/// Keeps a row that the store refuses for good as a journal of its own in `directory`, durably,
/// where nobody adopts it: its folder's name begins with a dot. Once the store can take it, the
/// folder is renamed without the dot. Returns the folder. Errors: the disk refuses.
Result<std::filesystem::path> keep_refused_row(const std::filesystem::path& directory,
                                               const SpendRow& row);

}  // namespace tollweir
