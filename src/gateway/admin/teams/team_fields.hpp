#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/admin/keys/key_change.hpp"
#include "gateway/admin/keys/key_fields.hpp"
#include "gateway/admin/teams/team_rows.hpp"
#include "tollweir/config/key_defaults.hpp"

namespace tollweir {

/// What new and update take. Of the key's fields: alias aside, what a team has as well (budgets,
/// rates, models, metadata).
struct TeamFields {
    KeyFields shared;
    Sent<std::string> alias;
    std::vector<Joining> members;
    Sent<std::string> model_aliases;
    Sent<std::vector<std::string>> member_permissions;
    Sent<std::vector<std::string>> default_member_models;
    /// `team_member_budget`, `team_member_budget_duration`, `team_member_rpm_limit`,
    /// `team_member_tpm_limit`: the budget row of members without one of their own.
    BudgetFields member_budget;

    const std::string& team_id() const;
};
/// Errors: `bad_request`, `unprocessable`.
Result<TeamFields> parse_new_team(Fields& body);
/// `team_id` says which.
Result<TeamFields> parse_team_update(Fields& body);

/// `member`: one object, or a list of them; spec/management-api.md, 3.2.
Result<std::vector<Joining>> parse_members_to_add(std::string_view json);
/// Budget and rates of one member in its team.
BudgetFields parse_member_budget(Fields& body);

/// What was not said about a new team, as the configuration has it.
void fill_team_defaults(const NewTeamParams& rules, TeamFields& fields);

/// Sets the columns that were sent, and the next resets that follow; not the rows beside. Pure.
/// Errors: `bad_request`.
Result<void> apply_team(const TeamFields& fields, const ChangeTime& time, TeamRow& row);

/// Routes that plain members may be given.
std::span<const std::string_view> member_routes();
/// Errors: `bad_request` (a route that is none of these).
Result<void> check_member_permissions(const std::vector<std::string>& routes);

}  // namespace tollweir
