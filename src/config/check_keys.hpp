#pragma once

#include "config/findings.hpp"
#include "config/node.hpp"

namespace tollweir {

/// Looks at every key of the file: unknown ones, those not active yet and those without effect are
/// warnings, those that must not be ignored errors. Values are their readers' business.
void check_keys(const Node& root, Findings& findings);

/// The same for the environment variables that no key stands for.
void check_variables(const Node& variables, Findings& findings);

}  // namespace tollweir
