#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/deployment_id.hpp"
#include "config/section.hpp"
#include "config/settings.hpp"
#include "tollweir/core/deployment.hpp"

namespace tollweir {

/// What entries of `model_list` share.
struct DeploymentContext {
    const LoadContext& load;
    const std::map<std::string, const Node*>& credentials;  // by name: `credential_values`
    bool drop_params = false;
    bool uses_managed_identity = false;  // Azure's, where a deployment has no other credential
    bool modify_params = false;
    const Node* defaults = nullptr;  // router_settings.default_litellm_params; may be null
    DeploymentIds& ids;
};

/// Turns one entry of `model_list` into its deployments: one, or one an organization. None where
/// the entry has errors (in the findings) or is not for this environment.
std::vector<Deployment> read_deployments(const DeploymentContext& context, const Node& entry,
                                         const std::string& path);

}  // namespace tollweir
