#pragma once

#include "config/findings.hpp"
#include "config/node.hpp"
#include "tollweir/config/load.hpp"

namespace tollweir {

/// Puts what flags say into the file's tree, over what stands there, and what environment variables
/// say where a key is absent; so that readers look in one place, and everybody knows the origin of
/// a value. After references are resolved.
void apply_flags(Node& root, const ConfigOverrides& overrides);
void apply_variables(Node& root, const Environment& environment);

/// The variables that no key stands for, as a mapping of those that are set.
Node gather_variables(const Environment& environment);

}  // namespace tollweir
