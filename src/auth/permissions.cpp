#include "tollweir/auth/permissions.hpp"

#include <algorithm>

#include "tollweir/auth/auth_error.hpp"
#include "tollweir/core/time_text.hpp"
#include "tollweir/providers/registry.hpp"

namespace tollweir {
namespace {

constexpr RouteGroups kEverybodys =
    kLlmRoutes | RouteGroup::mcp | RouteGroup::agent | RouteGroup::info | RouteGroup::self_managed;

/// What a role adds to what everybody may. Source: 1.5, last paragraph.
RouteGroups added_by(UserRole role) {
    switch (role) {
        case UserRole::internal_user:
            return RouteGroup::key_management | RouteGroup::spend_tracking |
                   RouteGroup::global_spend_tracking;
        case UserRole::internal_user_viewer:
            return RouteGroup::spend_tracking | RouteGroup::global_spend_tracking;
        case UserRole::org_admin:
            return RouteGroup::key_management | RouteGroup::spend_tracking |
                   RouteGroup::global_spend_tracking | RouteGroup::organization;
        case UserRole::proxy_admin:
        case UserRole::proxy_admin_viewer:
        case UserRole::team:
        case UserRole::customer:
            break;
    }
    return {};
}

Result<void> permit_viewer(const RouteFacts& route) {
    if (route.only_reads) return {};
    return std::unexpected(auth_error(
        ErrorKind::permission_denied,
        "user not allowed to access this route, role= proxy_admin_viewer. Trying to access: " +
            std::string(route.path)));
}

/// `*` in an entry takes anything; both ends are anchored.
bool fits(std::string_view pattern, std::string_view name) {
    auto star = pattern.find('*');
    if (star == pattern.npos) return pattern == name;
    if (!name.starts_with(pattern.substr(0, star))) return false;
    name.remove_prefix(star);
    for (;;) {
        pattern.remove_prefix(star + 1);
        star = pattern.find('*');
        const auto literal = pattern.substr(0, star);
        if (star == pattern.npos) return name.ends_with(literal);
        const auto at = name.find(literal);
        if (at == name.npos) return false;
        name.remove_prefix(at + literal.size());
    }
}

bool fits_any(const AllowedModels& models, std::string_view name) {
    return std::ranges::any_of(models.names(), [name](const std::string& entry) {
        return entry.contains('*') && fits(entry, name);
    });
}

/// `openai/*` admits `gpt-4o`: by whom a bare name is known to be served.
bool fits_with_provider(const AllowedModels& models, std::string_view name) {
    const auto resolved = resolve_model(name, {}, {});
    if (!resolved || resolved->model != name) return false;  // it names its provider already
    return fits_any(models,
                    std::string(resolved->provider->provider->name()) + "/" + resolved->model);
}

bool admits_name(const AllowedModels& models, std::string_view name) {
    return models.holds(name) ||
           (models.has_patterns() && (fits_any(models, name) || fits_with_provider(models, name)));
}

std::unexpected<GatewayError> denied(std::string_view owner, const std::vector<std::string>& models,
                                     std::string_view model) {
    const std::string who(owner);
    return std::unexpected(auth_error(ErrorKind::authentication,
                                      who + " not allowed to access model. This " + who +
                                          " can only access models=" + python_list(models) +
                                          ". Tried to access " + std::string(model),
                                      who + "_model_access_denied", "model"));
}

std::unexpected<GatewayError> no_default_model(std::string_view model) {
    return std::unexpected(
        auth_error(ErrorKind::authentication,
                   "User not allowed to access model. No default model access, only team models "
                   "allowed. Tried to access " +
                       std::string(model),
                   "key_model_access_denied", "model"));
}

bool is_team_alias(const KeyRecord& key, const WantedModel& model) {
    return key.team && find_name(key.team->model_aliases, model.name) != nullptr;
}

Result<void> permit_by_key(const KeyRecord& key, const WantedModel& model) {
    // A key whose team is gone must not be left with everything.
    if (key.skips_model_check || (key.models.names_all_of_team() && key.team)) return {};
    if (admits(key.models, model) || is_team_alias(key, model)) return {};
    const auto& granted = key.access_group_models;
    if (!granted.empty() && admits(AllowedModels(granted), model)) return {};
    if (key.models.refuses_defaults()) return no_default_model(model.name);
    return denied("key", key.models.names(), model.name);
}

Result<void> permit_by_team(const KeyRecord& key, const WantedModel& model) {
    if (!key.team) return {};
    if (!admits(key.team->models, model) && !is_team_alias(key, model))
        return denied("team", key.team->models.names(), model.name);
    if (!key.member || admits(key.member->models, model)) return {};
    return std::unexpected(
        auth_error(ErrorKind::authentication,
                   "Team member not allowed to access model. User=" + key.user_id +
                       ", Team=" + key.team_id + ", Model=" + std::string(model.name) +
                       ". Allowed member models = " + python_list(key.member->models.names()),
                   "team_model_access_denied", "model"));
}

Result<void> permit_by_user(const KeyRecord& key, const WantedModel& model) {
    if (!key.user || !key.team_id.empty()) return {};
    if (key.user->models.refuses_defaults()) return no_default_model(model.name);
    if (!admits(key.user->models, model))
        return denied("user", key.user->models.names(), model.name);
    return {};
}

}  // namespace

Result<void> permit_key(const KeyRecord& key, WallTime now) {
    const auto refuse = [](std::string message) {
        return std::unexpected(auth_error(ErrorKind::authentication, std::move(message)));
    };
    if (key.blocked)
        return refuse(
            "Authentication Error, Key is blocked. Update via `/key/unblock` if you're an admin.");
    if (key.expires && *key.expires <= now)
        return std::unexpected(auth_error(ErrorKind::authentication,
                                          "Authentication Error - Expired Key. Key Expiry time " +
                                              rfc3339(*key.expires) + " and current time " +
                                              rfc3339(now),
                                          "expired_key", key.name));
    if (key.team && key.team->blocked)
        return refuse("Authentication Error, Team=" + key.team_id +
                      " is blocked. Update via `/team/unblock` if you're an admin.");
    if (key.project && key.project->blocked)
        return refuse("Authentication Error, Project=" + key.project_id + " is blocked.");
    return {};
}

Result<void> permit_route(const Identity& caller, const RouteFacts& route) {
    if (caller.is_master()) return {};
    if (route.groups.intersects(RouteGroup::master_only))
        return std::unexpected(
            auth_error(ErrorKind::authentication,
                       "Authentication Error, Tried to access route=" + std::string(route.path) +
                           ", which is only for MASTER KEY"));
    if (!caller.key) return {};
    const auto& key = *caller.key;
    if (!key.allowed_routes.admit(route.path, route.pattern, route.groups))
        return std::unexpected(auth_error(
            ErrorKind::permission_denied,
            "Virtual key is not allowed to call this route. Only allowed to call routes: " +
                python_list(key.allowed_routes.entries()) +
                ". Tried to call route: " + std::string(route.path)));
    const auto role = key.role();
    if (role == UserRole::proxy_admin) return {};
    if (role == UserRole::proxy_admin_viewer) return permit_viewer(route);
    if (!route.by_role || route.groups.intersects(kEverybodys | added_by(role))) return {};
    if (key.may_read_global_spend && route.only_reads &&
        route.groups.intersects(RouteGroup::global_spend_tracking))
        return {};
    return std::unexpected(
        auth_error(ErrorKind::authentication,
                   "Authentication Error, Only proxy admin can be used to generate, delete, update "
                   "info for new keys/users/teams. Route=" +
                       std::string(route.path) + ". Your role=" + std::string(name_of(role)) +
                       ". Your user_id=" + masked_id(key.user_id)));
}

bool admits(const AllowedModels& models, const WantedModel& model) {
    if (models.admits_all()) return true;
    for (const auto& group : model.access_groups)
        if (models.holds(group)) return true;
    if (admits_name(models, model.name)) return true;
    return !model.group.empty() && model.group != model.name && admits_name(models, model.group);
}

Result<void> permit_model(const KeyRecord& key, const WantedModel& model) {
    if (auto good = permit_by_key(key, model); !good) return good;
    if (auto good = permit_by_team(key, model); !good) return good;
    if (auto good = permit_by_user(key, model); !good) return good;
    if (key.project && !admits(key.project->models, model))
        return denied("project", key.project->models.names(), model.name);
    if (key.organization && !admits(key.organization->models, model))
        return denied("org", key.organization->models.names(), model.name);
    return {};
}

std::string_view rewrite_model(const KeyRecord& key, std::string_view requested) {
    if (const auto* actual = find_name(key.aliases, requested)) requested = *actual;
    if (key.team)
        if (const auto* actual = find_name(key.team->model_aliases, requested)) requested = *actual;
    return requested;
}

}  // namespace tollweir
