#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/admin/budgets/owner_budget.hpp"
#include "gateway/admin/keys/key_actor.hpp"
#include "tollweir/gateway/admin/admin_call.hpp"
#include "tollweir/storage/team_row.hpp"
#include "tollweir/storage/user_row.hpp"

namespace tollweir {

inline constexpr std::string_view kTeamErrors = "auth_error";
inline constexpr std::string_view kTeamTable = "LiteLLM_TeamTable";
inline constexpr BudgetOwner kTeamMemberBudget{"tollweir-team-member-"};

std::unexpected<GatewayError> team_not_found(const std::string& id);

/// The row as one object.
std::string team_row_json(const TeamRow& row);
/// The members of the row and what stands beside it, as an open object's.
Result<void> write_team(Sql& sql, JsonWriter& json, const TeamRow& row);

std::string team_scope(const std::string& id);
std::string member_scope(const std::string& team_id, const std::string& user_id);

/// What the actor is to a team.
enum class TeamPower : std::uint8_t {
    none,
    member,
    team_admin,
    manages,  // an administrator of the gateway, or of the team's organization
};
Result<TeamPower> team_power(Sql& sql, const AdminCall& call, const TeamRow& team);

/// A team under lock that the actor may change. Errors: `not_found`, `permission_denied`.
Result<TeamRow> lock_team(Sql& sql, const AdminCall& call, const std::string& id,
                          TeamPower least_power, std::string_view route);

/// Writes what differs, and notes it.
Result<void> save_team(Sql& sql, const AdminCall& call, const TeamRow& before, TeamRow after);

/// Somebody who joins a team.
struct Joining {
    std::string user_id;
    std::string user_email;
    std::string role = "user";
    BudgetFields budget;  // of the member in the team
};
/// Adds to the team's list, to the user's row, which is made where there is none, and the
/// membership. The team's row is locked and written by the caller. Errors: `bad_request` (is in it
/// already).
Result<UserRow> join_team(Sql& sql, const AdminCall& call, const Joining& joining, TeamRow& team);
/// Takes all of that away; the user stays. False: is not in it.
Result<bool> leave_team(Sql& sql, const std::string& user_id, TeamRow& team);

}  // namespace tollweir
