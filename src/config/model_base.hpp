#pragma once

#include <set>
#include <string>
#include <vector>

#include "config/node.hpp"
#include "tollweir/config/load.hpp"
#include "tollweir/config/stored_models.hpp"

namespace tollweir {

/// What a load leaves behind, so that rows of the store can be read as the file was.
struct ModelBase {
    Node root;
    Node variables;
    Environment environment;
    ConfigOverrides overrides;
    std::set<std::string> ids;       // of the file's deployments
    std::vector<std::string> files;  // what positions of nodes point into
    Node unresolved;                 // `root` as it was read; null where the store adds nothing
    Environment outside;             // without the file's variables
};

}  // namespace tollweir
