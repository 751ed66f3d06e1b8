#pragma once

#include <span>
#include <string>
#include <string_view>

#include "tollweir/auth/identity.hpp"
#include "tollweir/core/error.hpp"

namespace tollweir {

// Who may do what: values in, a decision out; no clock, no I/O. Order and wording:
// spec/management-api.md, 1.3 to 1.5. Errors are the client's to see.

/// The route that was matched, once, on the normalised path.
struct RouteFacts {
    std::string_view path;     // as it was matched
    std::string_view pattern;  // the route's own
    RouteGroups groups;
    bool only_reads = false;  // GET, HEAD
    bool by_role = false;     // of the management API: the role must admit it
};

/// Is the key in force: not blocked, not expired, its team and project not blocked?
Result<void> permit_key(const KeyRecord& key, WallTime now);

/// May the caller use this route at all? The key's `allowed_routes`, then its user's role. What a
/// self-managed route may touch is decided inside.
Result<void> permit_route(const Identity& caller, const RouteFacts& route);

/// A model that a client names, as lists of models are held against it.
struct WantedModel {
    std::string_view name;
    std::string_view group;                      // what it stands for: an alias's target
    std::span<const std::string> access_groups;  // `model_info.access_groups` of its deployments
};

/// May the key use this model? Its own list, then those of team, member, user (for keys without a
/// team), project and organization: all must admit it.
Result<void> permit_model(const KeyRecord& key, const WantedModel& model);

/// Whether a list admits the model: by name, pattern, access group, or since it names none.
bool admits(const AllowedModels& models, const WantedModel& model);

/// The model that is called in place of the requested one, after the check: the key's `aliases`,
/// then the team's. A view into the record or `requested` itself.
std::string_view rewrite_model(const KeyRecord& key, std::string_view requested);

}  // namespace tollweir
