#pragma once

#include "config/upstream_access.hpp"

namespace tollweir {

/// How a deployment at Azure shows who it is: key, token, or a login that gets one. What the entry
/// says comes before the environment, and in each a key before all else. Warns where there is
/// nothing, since calls will be refused.
void read_azure_credential(const DeploymentEntry& entry, Deployment& deployment);

}  // namespace tollweir
