#pragma once

#include <filesystem>
#include <vector>

#include "config/findings.hpp"
#include "config/node.hpp"
#include "tollweir/core/price_table.hpp"
#include "tollweir/core/shared_value.hpp"

namespace tollweir {

/// Reads the file that `tollweir_settings.model_prices` names, relative to `folder`, and adds it to
/// `files`. Each mistake in it becomes an error with its line. Null: none is named.
SharedValue<PriceFile> load_own_prices(const Node& root, const std::filesystem::path& folder,
                                       std::vector<std::filesystem::path>& files,
                                       Findings& findings);

}  // namespace tollweir
