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

/// Whether parameters say where a deployment is called.
bool names_address(const Node& params);
/// Whether the credential that an entry names does, and stands in the store: somebody named it
/// through an API.
bool has_stored_address(const Credentials& credentials, const Node& entry);
/// Reads an entry whose address somebody named through an API: credentials of ours, of the
/// environment or the defaults of all deployments, never go there.
std::vector<Deployment> read_without_our_credentials(const LoadContext& load,
                                                     const Credentials& credentials,
                                                     DeploymentIds& ids, const Node& entry,
                                                     const std::string& path);

/// `model_list`, `credential_list` and `--model`: fills `config.deployments`.
void read_models(const LoadContext& context, Config& config);

}  // namespace tollweir
