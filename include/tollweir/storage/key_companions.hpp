#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tollweir/core/money.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

// Rows that a key has beside its own, written in the same transaction.

/// A budget row of one key alone begins so; others are shared.
inline constexpr std::string_view kOwnBudgetPrefix = "tollweir-key-";

/// Makes the budget row that carries a key's soft budget. Returns its id.
Result<std::string> insert_own_budget(Sql& sql, Picodollars soft_budget, std::string_view author,
                                      WallTime now);
Result<void> set_soft_budget(Sql& sql, std::string_view budget_id,
                             std::optional<Picodollars> soft_budget, std::string_view author,
                             WallTime now);
Result<void> delete_budget(Sql& sql, std::string_view budget_id);

/// Of a JSON object with lists of names and `mcp_tool_permissions`; others are ignored. Replaces
/// the row `id`, or makes one where it is empty. Returns the row's id.
Result<std::string> save_object_permission(Sql& sql, std::string_view id, std::string_view json);
/// As JSON; `null` if there is no such row.
Result<std::string> show_object_permission(Sql& sql, std::string_view id);

/// The team of a project; empty: none, or no such project.
Result<std::string> find_project_team(Sql& sql, std::string_view project_id);

/// `{"user_id", "user_email", "user_alias", "user_role"}`; `null` if there is no such row.
Result<std::string> show_user(Sql& sql, std::string_view user_id);

}  // namespace tollweir
