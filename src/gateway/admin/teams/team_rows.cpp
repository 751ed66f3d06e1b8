#include "gateway/admin/teams/team_rows.hpp"

#include <algorithm>

#include "gateway/admin/keys/key_checks.hpp"
#include "gateway/admin/row_json.hpp"
#include "gateway/admin/stored_rows.hpp"
#include "tollweir/core/ids.hpp"
#include "tollweir/core/scope.hpp"
#include "tollweir/storage/budgets.hpp"
#include "tollweir/storage/key_companions.hpp"
#include "tollweir/storage/organization_row.hpp"

namespace tollweir {
namespace {

bool is_same_member(const TeamMember& member, const std::string& user_id,
                    const std::string& email) {
    return user_id.empty() ? !email.empty() && member.user_email == email
                           : member.user_id == user_id;
}

/// The user whom somebody adds: found by id, else by address, else made.
Result<UserRow> find_or_make_user(Sql& sql, const Joining& joining, WallTime now) {
    auto id = find_user_id(sql, joining.user_id, joining.user_email);
    if (!id) return std::unexpected(id.error());
    if (id->empty()) {
        *id = joining.user_id;
        if (id->empty()) append_uuid4(*id);
        if (auto made = insert_plain_user(sql, *id, joining.user_email, now); !made)
            return std::unexpected(made.error());
    }
    auto row = find_user_row(sql, *id, RowLock::update);
    if (!row) return std::unexpected(row.error());
    if (!*row)
        return fail(ErrorKind::internal, "a user that was there is gone", ErrorSource::gateway);
    return std::move(**row);
}

}  // namespace

std::unexpected<GatewayError> team_not_found(const std::string& id) {
    return row_error(ErrorKind::not_found, "Team not found, passed team_id=" + id, kTeamErrors,
                     "team_id");
}

std::string team_row_json(const TeamRow& row) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    write_columns(json, row, team_columns());
    json.end_object();
    return out;
}

Result<void> write_team(Sql& sql, JsonWriter& json, const TeamRow& row) {
    write_columns(json, row, team_columns());
    const auto aliases = show_model_aliases(sql, row.model_id);
    if (!aliases) return std::unexpected(aliases.error());
    json.key("litellm_model_table").raw(*aliases);
    const auto permission = show_object_permission(sql, row.object_permission_id);
    if (!permission) return std::unexpected(permission.error());
    json.key("object_permission").raw(*permission);
    return {};
}

std::string team_scope(const std::string& id) {
    return scope_key({.kind = ScopeKind::team, .id = id});
}

std::string member_scope(const std::string& team_id, const std::string& user_id) {
    return scope_key({.kind = ScopeKind::team_member, .id = team_id, .member = user_id});
}

Result<TeamPower> team_power(Sql& sql, const AdminCall& call, const TeamRow& team) {
    const KeyActor actor(call.caller);
    if (actor.is_admin()) return TeamPower::manages;
    if (!team.organization_id.empty()) {
        const auto own =
            find_organization_member(sql, team.organization_id, actor.user_id, RowLock::none);
        if (!own) return std::unexpected(own.error());
        if (*own && (*own)->user_role == "org_admin") return TeamPower::manages;
    }
    if (actor.user_id.empty()) return TeamPower::none;
    if (std::ranges::find(team.admins, actor.user_id) != team.admins.end())
        return TeamPower::team_admin;
    for (const auto& member : parse_members(team.members_with_roles))
        if (member.user_id == actor.user_id)
            return member.role == "admin" ? TeamPower::team_admin : TeamPower::member;
    const bool listed = std::ranges::find(team.members, actor.user_id) != team.members.end();
    return listed ? TeamPower::member : TeamPower::none;
}

Result<TeamRow> lock_team(Sql& sql, const AdminCall& call, const std::string& id,
                          TeamPower least_power, std::string_view route) {
    auto row = find_team_row(sql, id, RowLock::update);
    if (!row) return std::unexpected(row.error());
    if (!*row && KeyActor(call.caller).is_admin()) return team_not_found(id);
    const auto power = *row ? team_power(sql, call, **row) : TeamPower::none;
    if (!power) return std::unexpected(power.error());
    if (*power < least_power)
        return row_error(ErrorKind::permission_denied,
                         "Call not allowed. User not proxy admin OR team admin. route=" +
                             std::string(route) + ", team_id=" + id,
                         kTeamErrors);
    return std::move(**row);
}

Result<void> save_team(Sql& sql, const AdminCall& call, const TeamRow& before, TeamRow after) {
    after.updated_at = WallClock::now();
    if (auto written = update_team_row(sql, before, after); !written) return written;
    return audit_row(sql, call, kTeamTable, "updated", after.team_id, team_row_json(before),
                     team_row_json(after));
}

Result<UserRow> join_team(Sql& sql, const AdminCall& call, const Joining& joining, TeamRow& team) {
    const auto time = change_time(call);
    auto user = find_or_make_user(sql, joining, time.now);
    if (!user) return user;
    auto members = parse_members(team.members_with_roles);
    const bool is_in = std::ranges::any_of(members, [&](const TeamMember& member) {
        return is_same_member(member, user->user_id, user->user_email);
    });
    if (is_in)
        return row_error(ErrorKind::bad_request,
                         "User=" + user->user_id +
                             " already in team. Please use `/team/member_update` to update role.",
                         "team_member_already_in_team", "user_id");
    members.push_back({user->user_id, user->user_email, joining.role});
    team.members_with_roles = members_json(members);
    if (std::ranges::find(user->teams, team.team_id) == user->teams.end()) {
        const auto before = *user;
        user->teams.push_back(team.team_id);
        if (auto written = update_user_row(sql, before, *user); !written)
            return std::unexpected(written.error());
    }
    std::string budget;
    if (joining.budget.gives_terms()) {
        auto saved = save_owner_budget(sql, call, kTeamMemberBudget, joining.budget, time, budget);
        if (!saved) return std::unexpected(saved.error());
    }
    if (auto saved = save_membership(sql, user->user_id, team.team_id, budget); !saved)
        return std::unexpected(saved.error());
    return user;
}

Result<bool> leave_team(Sql& sql, const std::string& user_id, TeamRow& team) {
    auto members = parse_members(team.members_with_roles);
    const auto count = members.size() + team.members.size() + team.admins.size();
    std::erase_if(members, [&](const TeamMember& member) { return member.user_id == user_id; });
    std::erase(team.members, user_id);
    std::erase(team.admins, user_id);
    if (members.size() + team.members.size() + team.admins.size() == count) return false;
    team.members_with_roles = members_json(members);
    const auto user = find_user_row(sql, user_id, RowLock::update);
    if (!user) return std::unexpected(user.error());
    if (*user) {
        auto after = **user;
        std::erase(after.teams, team.team_id);
        if (auto written = update_user_row(sql, **user, after); !written)
            return std::unexpected(written.error());
    }
    const auto membership = find_membership(sql, user_id, team.team_id);
    if (!membership) return std::unexpected(membership.error());
    if (*membership) {
        if (auto gone = delete_membership(sql, user_id, team.team_id); !gone)
            return std::unexpected(gone.error());
        auto dropped = drop_owner_budget(sql, kTeamMemberBudget, (*membership)->budget_id);
        if (!dropped) return std::unexpected(dropped.error());
    }
    if (auto dropped = drop_budgets_of(sql, member_scope(team.team_id, user_id)); !dropped)
        return std::unexpected(dropped.error());
    return true;
}

}  // namespace tollweir
