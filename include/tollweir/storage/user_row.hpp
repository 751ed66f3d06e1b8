#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/storage/row_columns.hpp"

namespace tollweir {

/// A row of LiteLLM_UserTable, every column but the password under its own name. Empty texts stand
/// for null.
struct UserRow {
    std::string user_id;
    std::string user_alias;
    std::string team_id;
    std::string sso_user_id;
    std::string organization_id;
    std::string object_permission_id;
    std::string user_email;
    std::string user_role;
    std::vector<std::string> teams;
    std::vector<std::string> models;
    PicodollarSum spend = 0;
    std::string metadata = "{}";
    std::optional<Picodollars> max_budget;
    std::string budget_duration;
    std::optional<WallTime> budget_reset_at;
    std::optional<std::int64_t> max_parallel_requests;
    std::optional<std::int64_t> tpm_limit;
    std::optional<std::int64_t> rpm_limit;
    std::vector<std::string> allowed_cache_controls;
    std::vector<std::string> policies;
    std::string model_spend = "{}";
    std::string model_max_budget = "{}";
    std::optional<WallTime> created_at;
    std::optional<WallTime> updated_at;

    friend bool operator==(const UserRow&, const UserRow&) = default;
};
std::span<const RowColumn<UserRow>> user_columns();

// What changes rows belongs into a transaction of the caller's.

Result<std::optional<UserRow>> find_user_row(Sql& sql, std::string_view id,
                                             RowLock lock = RowLock::none);
/// In the order of their ids; those that are not there are left out.
Result<std::vector<UserRow>> find_user_rows(Sql& sql, std::span<const std::string> ids,
                                            RowLock lock = RowLock::none);
/// The users of an address, whatever its case; more than one only in rows of old.
Result<std::vector<UserRow>> find_users_by_email(Sql& sql, std::string_view email);
/// Errors: `conflict` (there is such a user, or one of that `sso_user_id`).
Result<void> insert_user_row(Sql& sql, const UserRow& row);
/// Writes the columns that differ.
Result<void> update_user_row(Sql& sql, const UserRow& before, const UserRow& after);
Result<void> delete_user_rows(Sql& sql, std::span<const std::string> ids);

/// Which users are listed; empty: any.
struct UserFilter {
    std::string role;
    std::vector<std::string> user_ids;
    std::vector<std::string> sso_user_ids;
    std::string email;  // a part of it, whatever its case
    std::string team;
    std::vector<std::string> organization_ids;  // members of any of them
};
/// Names of columns that may be sorted by.
bool is_user_sort(std::string_view column);

struct ListedUsers {
    std::vector<UserRow> users;
    std::int64_t total = 0;
};
/// `sort`: checked by is_user_sort; ties by id.
Result<ListedUsers> list_user_rows(Sql& sql, const UserFilter& filter, std::string_view sort,
                                   bool descending, std::size_t offset, std::size_t count);

/// How many keys each user has; who has none is left out.
Result<std::map<std::string, std::int64_t>> count_keys_of_users(Sql& sql,
                                                                std::span<const std::string> ids);

/// The organizations in which the user has the role `org_admin`.
Result<std::vector<std::string>> administered_organizations(Sql& sql, std::string_view user_id);

}  // namespace tollweir
