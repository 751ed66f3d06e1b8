#pragma once

#include <map>
#include <string>

#include "config/findings.hpp"
#include "config/node.hpp"
#include "tollweir/config/load.hpp"

namespace tollweir {

/// Replaces every text that is `os.environ/NAME` or `env/NAME`, at any depth and in lists, by the
/// variable's value: `true` and `false` become booleans, an absent variable null and a warning.
/// `path` is the node's own.
void resolve_references(Node& node, const std::string& path, const Environment& environment,
                        Findings& findings);

/// Reads the section `environment_variables`: later entries see earlier ones. References elsewhere
/// in the file see them before the process's own.
std::map<std::string, std::string> read_environment_variables(Node* section,
                                                              const Environment& environment,
                                                              Findings& findings);

/// `variables` first, then `outer`.
Environment layered(std::map<std::string, std::string> variables, Environment outer);

}  // namespace tollweir
