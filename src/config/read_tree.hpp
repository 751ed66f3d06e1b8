#pragma once

#include "config/findings.hpp"
#include "config/node.hpp"
#include "tollweir/config/load.hpp"

namespace tollweir {

/// Resolves the references of a file whose includes are merged, puts variables and flags in place
/// and reads every section. Whether the result may be used, `findings` tells; its warnings and
/// files are the caller's to fill in. `outside`: the variables without the file's own.
LoadedConfig read_tree(Node root, const ConfigOverrides& overrides, const Environment& outside,
                       Findings& findings);

}  // namespace tollweir
