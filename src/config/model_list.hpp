#pragma once

#include <map>
#include <string>

#include "config/deployment_reader.hpp"
#include "config/settings.hpp"

namespace tollweir {

/// `credential_list`: the `credential_values` of each, by name.
using Credentials = std::map<std::string, const Node*>;
Credentials read_credentials(const LoadContext& context);

/// What the entries of a load share. What it is made of outlives it.
DeploymentContext deployment_context(const LoadContext& context, const Credentials& credentials,
                                     DeploymentIds& ids);

/// `model_list`, `credential_list` and `--model`: fills `config.deployments`.
void read_models(const LoadContext& context, Config& config);

}  // namespace tollweir
