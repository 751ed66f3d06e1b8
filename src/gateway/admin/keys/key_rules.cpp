#include "gateway/admin/keys/key_rules.hpp"

#include <algorithm>

#include "gateway/admin/keys/key_change.hpp"
#include "tollweir/auth/auth_error.hpp"

namespace tollweir {
namespace {

std::unexpected<GatewayError> refuse(std::string message, std::string_view type = {}) {
    GatewayError error(ErrorKind::permission_denied, ErrorSource::client, std::move(message));
    if (!type.empty()) error.type_json = "\"" + std::string(type) + "\"";
    return std::unexpected(std::move(error));
}

bool is_owner(const KeyActor& actor, const KeyRow& key) {
    return !actor.user_id.empty() && key.user_id == actor.user_id;
}

bool is_permitted_member(const TeamRows& team, std::string_view route) {
    const auto& permitted = team.record->member_permissions;
    return std::ranges::find(permitted, route) != permitted.end();
}

/// Whether what the actor is in the key's team admits the action.
bool is_permitted_in_team(const KeyActor& actor, KeyAction action, const TeamRows* team) {
    switch (standing_in(team, actor.user_id)) {
        case TeamStanding::admin:
            return action != KeyAction::block;
        case TeamStanding::member:
            return (action == KeyAction::look || action == KeyAction::update ||
                    action == KeyAction::regenerate) &&
                   is_permitted_member(*team, route_of(action));
        case TeamStanding::none:
            break;
    }
    return false;
}

std::string_view or_none(std::string_view text) {
    return text.empty() ? std::string_view("None") : text;
}

/// An actor who is no admin makes a key in a team, or moves one there.
Result<void> permit_entry(const KeyActor& actor, const KeyRow& after, const TeamRows* team) {
    // A key of nobody's escapes what binds members.
    const std::string route =
        after.user_id.empty() ? "/key/service-account/generate" : "/key/generate";
    switch (standing_in(team, actor.user_id)) {
        case TeamStanding::admin:
            return {};
        case TeamStanding::member:
            if (is_permitted_member(*team, route)) return {};
            return refuse("Team member does not have permissions for endpoint: " + route +
                              ". You only have access to the following endpoints: " +
                              python_list(team->record->member_permissions) + " for team " +
                              after.team_id,
                          "team_member_permission_error");
        case TeamStanding::none:
            break;
    }
    return fail(ErrorKind::bad_request,
                "User=" + actor.user_id + " not assigned to team=" + after.team_id);
}

Result<void> permit_new_user(const KeyActor& actor, const KeyRow* before, const KeyRow& after,
                             const TeamRows* team) {
    // Nobody makes another's key their own, either.
    if (is_owner(actor, after) && (before == nullptr || is_owner(actor, *before))) return {};
    const bool leads = standing_in(team, actor.user_id) == TeamStanding::admin;
    const bool is_of_team = standing_in(team, after.user_id) != TeamStanding::none;
    if (leads && is_of_team) return {};
    // A service account's key is nobody's; the team vouches for it, as permit_entry has checked.
    const bool is_service_account = parse_key_metadata(after.metadata).service_account;
    if (before == nullptr && after.user_id.empty() && team != nullptr && is_service_account)
        return {};
    if (before == nullptr)
        return refuse("User can only create keys for themselves. Got user_id=" +
                      std::string(or_none(after.user_id)) +
                      ", Your ID=" + std::string(or_none(actor.user_id)));
    return refuse("User=" + std::string(or_none(actor.user_id)) + " is not allowed to update key=" +
                  before->key_name + " to belong to user=" + std::string(or_none(after.user_id)));
}

}  // namespace

std::string_view route_of(KeyAction action) {
    switch (action) {
        case KeyAction::look:
            return "/key/info";
        case KeyAction::update:
            return "/key/update";
        case KeyAction::remove:
            return "/key/delete";
        case KeyAction::block:
            return "/key/block";
        case KeyAction::regenerate:
            return "/key/regenerate";
        case KeyAction::reset_spend:
            return "/key/reset_spend";
    }
    return {};
}

Result<void> permit_action(const KeyActor& actor, KeyAction action, const KeyRow& key,
                           const TeamRows* team) {
    if (actor.is_admin()) return {};
    if (action == KeyAction::look) {
        if (actor.sees_all() || (actor.key && actor.key->hash == key.token)) return {};
    } else if (actor.sees_all()) {
        return refuse("user not allowed to access this route, role= proxy_admin_viewer.");
    }
    const bool owners_may = action == KeyAction::look || action == KeyAction::update ||
                            action == KeyAction::remove || action == KeyAction::regenerate;
    if (owners_may && is_owner(actor, key)) return {};
    if (is_permitted_in_team(actor, action, team)) return {};
    const auto role = std::string(name_of(actor.role));
    switch (action) {
        case KeyAction::look:
            return refuse("You are not allowed to access this key's info. Your role=" + role);
        case KeyAction::remove:
            return refuse("You are not authorized to delete this key");
        case KeyAction::block:
            return refuse("Only proxy admins can block and unblock keys. Your role=" + role);
        case KeyAction::update:
        case KeyAction::regenerate:
        case KeyAction::reset_spend:
            break;
    }
    return refuse("You are not allowed to change this key. Your role=" + role);
}

Result<void> permit_owners(const KeyActor& actor, const KeyRow* before, const KeyRow& after,
                           const KeyOwners& owners) {
    if (actor.is_admin()) return {};
    if (actor.user_id.empty())
        return refuse(
            "User can only create keys for themselves. The key that was presented "
            "belongs to no user");
    const auto changed = [&](std::string KeyRow::* column) {
        return before == nullptr ? !(after.*column).empty() : before->*column != after.*column;
    };
    const auto sheds = [&](std::string KeyRow::* column) {
        return before != nullptr && !(before->*column).empty() && (after.*column).empty();
    };
    // Their lists and budgets would bind it no longer.
    if (sheds(&KeyRow::team_id) || sheds(&KeyRow::organization_id) || sheds(&KeyRow::project_id))
        return refuse("Only proxy admins can take a key out of its team, organization or project");
    if (changed(&KeyRow::team_id) && !after.team_id.empty())
        if (auto good = permit_entry(actor, after, owners.team); !good) return good;
    if (before == nullptr || before->user_id != after.user_id) {
        if (auto good = permit_new_user(actor, before, after, owners.team); !good) return good;
        if (auto good = permit_handover(actor, after, owners.user); !good) return good;
    }
    if (changed(&KeyRow::organization_id) && !after.organization_id.empty()) {
        const bool is_of_team =
            owners.team != nullptr && owners.team->record->organization_id == after.organization_id;
        const bool is_of_key = actor.key && actor.key->organization_id == after.organization_id;
        if (!is_of_team && !is_of_key && !owners.is_admin_of_organization)
            return refuse("You are not authorized to make keys of organization " +
                          after.organization_id);
    }
    if (changed(&KeyRow::project_id) && !after.project_id.empty()) {
        const bool is_of_key = actor.key && actor.key->project_id == after.project_id;
        if (!is_of_key && (after.team_id.empty() || owners.project_team != after.team_id))
            return refuse("You are not authorized to make keys of project " + after.project_id);
    }
    return {};
}

Result<void> permit_handover(const KeyActor& actor, const KeyRow& key, const UserRecord* owner) {
    if (actor.is_admin() || owner == nullptr || is_owner(actor, key)) return {};
    const bool is_plain =
        owner->role == UserRole::internal_user || owner->role == UserRole::internal_user_viewer;
    if (is_plain || owner->role == actor.role) return {};
    return refuse("You are not allowed to have a key of a user whose role is " +
                  std::string(name_of(owner->role)) +
                  ". Your role=" + std::string(name_of(actor.role)));
}

}  // namespace tollweir
