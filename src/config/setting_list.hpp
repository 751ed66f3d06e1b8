#pragma once

#include <vector>

#include "config/findings.hpp"
#include "config/node.hpp"
#include "tollweir/config/explain.hpp"

namespace tollweir {

/// What a loaded tree says, key by key. `variables`: those that no key stands for.
std::vector<Setting> list_settings(const Node& root, const Node& variables,
                                   const Findings& findings);

}  // namespace tollweir
