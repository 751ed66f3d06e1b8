#pragma once

#include "config/upstream_access.hpp"

namespace tollweir {

/// How the deployment is used: limits, budgets, tags, health, prices. After its provider is known.
void read_policy(const DeploymentEntry& entry, Deployment& deployment);

/// Whether a key of `litellm_params` or `model_info` gives a price.
bool names_cost(std::string_view key);

}  // namespace tollweir
