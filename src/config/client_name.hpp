#pragma once

#include <string_view>

#include "tollweir/core/deployment.hpp"

namespace tollweir {

/// The name, or pattern, that clients ask for to get this deployment: of a team's own, the one that
/// the team knows.
inline std::string_view client_name(const Deployment& deployment) {
    const auto& policy = deployment.policy;
    const bool has_own = !policy.team_id.empty() && !policy.team_public_model_name.empty();
    return has_own ? policy.team_public_model_name : deployment.group;
}

}  // namespace tollweir
