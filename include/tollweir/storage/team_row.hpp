#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/storage/row_columns.hpp"

namespace tollweir {

/// A row of LiteLLM_TeamTable, every column under its own name. Empty texts stand for null.
struct TeamRow {
    std::string team_id;
    std::string team_alias;
    std::string organization_id;
    std::string object_permission_id;
    std::vector<std::string> admins;
    std::vector<std::string> members;
    std::string members_with_roles = "[]";  // parse_members
    std::string metadata = "{}";
    std::optional<Picodollars> max_budget;
    std::optional<Picodollars> soft_budget;
    std::string budget_duration;
    std::optional<WallTime> budget_reset_at;
    std::optional<std::int64_t> max_parallel_requests;
    std::optional<std::int64_t> tpm_limit;
    std::optional<std::int64_t> rpm_limit;
    PicodollarSum spend = 0;
    std::vector<std::string> models;
    bool blocked = false;
    std::string model_spend = "{}";
    std::string model_max_budget = "{}";
    std::string budget_limits;    // JSON or null
    std::string router_settings;  // JSON or null
    std::vector<std::string> team_member_permissions;
    std::vector<std::string> access_group_ids;
    std::vector<std::string> policies;
    std::vector<std::string> default_team_member_models;
    std::optional<std::int64_t> model_id;  // of the team's names for models
    bool allow_team_guardrail_config = false;
    std::optional<WallTime> created_at;
    std::optional<WallTime> updated_at;

    friend bool operator==(const TeamRow&, const TeamRow&) = default;
};
std::span<const RowColumn<TeamRow>> team_columns();

/// An item of `members_with_roles`.
struct TeamMember {
    std::string user_id;
    std::string user_email;
    std::string role = "user";  // or `admin`

    friend bool operator==(const TeamMember&, const TeamMember&) = default;
};
/// What is none is left out; `{}`, LiteLLM's default of the column, has none.
std::vector<TeamMember> parse_members(std::string_view json);
std::string members_json(std::span<const TeamMember> members);

// What changes rows belongs into a transaction of the caller's.

Result<std::optional<TeamRow>> find_team_row(Sql& sql, std::string_view id,
                                             RowLock lock = RowLock::none);
/// In the order of their ids; those that are not there are left out.
Result<std::vector<TeamRow>> find_team_rows(Sql& sql, std::span<const std::string> ids,
                                            RowLock lock = RowLock::none);
/// Errors: `conflict` (there is such a team).
Result<void> insert_team_row(Sql& sql, const TeamRow& row);
/// Writes the columns that differ.
Result<void> update_team_row(Sql& sql, const TeamRow& before, const TeamRow& after);

struct TeamDeletion {
    std::string by;
    std::string by_api_key;
    std::string changed_by;
    WallTime at;
};
/// Moves the rows into LiteLLM_DeletedTeamTable, and takes memberships and names of models along.
Result<void> archive_teams(Sql& sql, std::span<const std::string> ids,
                           const TeamDeletion& deletion);

/// The team's names for models, as a JSON object; replaces the row `id`, or makes one where it is
/// empty. Returns the row's id.
Result<std::int64_t> save_model_aliases(Sql& sql, std::optional<std::int64_t> id,
                                        std::string_view aliases, std::string_view author,
                                        WallTime now);
/// `{"model_aliases": {...}, ...}`, or `null` if there is no such row.
Result<std::string> show_model_aliases(Sql& sql, std::optional<std::int64_t> id);

/// A row of LiteLLM_TeamMembership.
struct MembershipOfTeam {
    std::string user_id;
    std::string team_id;
    std::string budget_id;
    PicodollarSum spend = 0;
};
/// By team, then by user.
Result<std::vector<MembershipOfTeam>> memberships_of_teams(Sql& sql,
                                                           std::span<const std::string> ids);
Result<std::optional<MembershipOfTeam>> find_membership(Sql& sql, std::string_view user_id,
                                                        std::string_view team_id);
/// Makes the row where it is missing.
Result<void> save_membership(Sql& sql, std::string_view user_id, std::string_view team_id,
                             std::string_view budget_id);
Result<void> set_membership_spend(Sql& sql, std::string_view user_id, std::string_view team_id,
                                  PicodollarSum spend);
Result<void> delete_membership(Sql& sql, std::string_view user_id, std::string_view team_id);
/// Of a user who is gone.
Result<void> delete_memberships_of(Sql& sql, std::string_view user_id);

/// Which teams are listed; empty: any.
struct TeamFilter {
    std::string user_id;  // its members
    std::string organization_id;
    bool without_organization = false;
    std::string team_id;
    std::string alias;  // a part of it, whatever its case
};
bool is_team_sort(std::string_view column);

struct ListedTeams {
    std::vector<TeamRow> teams;
    std::int64_t total = 0;
};
/// `sort`: checked by is_team_sort; ties by id.
Result<ListedTeams> list_team_rows(Sql& sql, const TeamFilter& filter, std::string_view sort,
                                   bool descending, std::size_t offset, std::size_t count);

/// The tokens of the keys of teams, or of users.
Result<std::vector<std::string>> tokens_of_teams(Sql& sql, std::span<const std::string> ids);
Result<std::vector<std::string>> tokens_of_users(Sql& sql, std::span<const std::string> ids);

}  // namespace tollweir
