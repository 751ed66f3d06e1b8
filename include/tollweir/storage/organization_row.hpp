#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/storage/row_columns.hpp"

namespace tollweir {

/// A row of LiteLLM_OrganizationTable. Empty texts stand for null.
struct OrganizationRow {
    std::string organization_id;
    std::string organization_alias;
    std::string budget_id;
    PicodollarSum spend = 0;
    std::string metadata = "{}";
    std::vector<std::string> models;
    std::string model_spend = "{}";
    std::string object_permission_id;
    std::optional<WallTime> created_at;
    std::string created_by;
    std::optional<WallTime> updated_at;
    std::string updated_by;

    friend bool operator==(const OrganizationRow&, const OrganizationRow&) = default;
};
std::span<const RowColumn<OrganizationRow>> organization_columns();

/// A row of LiteLLM_OrganizationMembership.
struct OrganizationMemberRow {
    std::string user_id;
    std::string organization_id;
    std::string user_role;
    PicodollarSum spend = 0;
    std::string budget_id;
    std::optional<WallTime> created_at;
    std::optional<WallTime> updated_at;

    friend bool operator==(const OrganizationMemberRow&, const OrganizationMemberRow&) = default;
};
std::span<const RowColumn<OrganizationMemberRow>> organization_member_columns();

// What changes rows belongs into a transaction of the caller's.

Result<std::optional<OrganizationRow>> find_organization(Sql& sql, std::string_view id,
                                                         RowLock lock = RowLock::none);
/// In the order of their ids; those that are not there are left out.
Result<std::vector<OrganizationRow>> find_organization_rows(Sql& sql,
                                                            std::span<const std::string> ids,
                                                            RowLock lock = RowLock::none);

struct OrganizationFilter {
    std::string member;      // a user's id; empty: whoever is in it
    std::string id;          // empty: all
    std::string alias_part;  // found anywhere in the alias, whatever its case
};
/// The newest first.
Result<std::vector<OrganizationRow>> list_organizations(Sql& sql, const OrganizationFilter& filter,
                                                        std::size_t most);
/// Errors: `conflict` (there is such a row).
Result<void> insert_organization(Sql& sql, const OrganizationRow& row);
/// Writes the columns that differ.
Result<void> update_organization(Sql& sql, const OrganizationRow& before,
                                 const OrganizationRow& after);
Result<void> delete_organization(Sql& sql, const std::string& id);

Result<std::vector<OrganizationMemberRow>> find_organization_members(Sql& sql, std::string_view id);
Result<std::vector<OrganizationMemberRow>> find_organizations_of_user(Sql& sql,
                                                                      std::string_view user_id);
Result<std::optional<OrganizationMemberRow>> find_organization_member(Sql& sql, std::string_view id,
                                                                      std::string_view user_id,
                                                                      RowLock lock);
Result<void> insert_organization_member(Sql& sql, const OrganizationMemberRow& row);
/// Role and budget.
Result<void> update_organization_member(Sql& sql, const OrganizationMemberRow& row);
Result<void> delete_organization_member(Sql& sql, const OrganizationMemberRow& row);

/// `{"team_id", "team_alias", "models", ...}` of the organization's teams, as a JSON array.
Result<std::string> show_organization_teams(Sql& sql, std::string_view id);

/// What keeps an organization from being deleted.
struct OrganizationUse {
    std::vector<std::string> teams;
    std::vector<std::string> keys;  // hashes; of the organization itself, not of its teams
};
Result<OrganizationUse> find_organization_use(Sql& sql, std::string_view id);

/// The user of an id or, where that is empty, of an e-mail address; empty: there is none.
Result<std::string> find_user_id(Sql& sql, std::string_view user_id, std::string_view email);
/// A user without rights of its own, for members whom nobody has made yet.
Result<void> insert_plain_user(Sql& sql, std::string_view user_id, std::string_view email,
                               WallTime now);

}  // namespace tollweir
