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

/// A row of LiteLLM_BudgetTable, every column under its own name. Empty texts stand for null.
struct BudgetRow {
    std::string budget_id;
    std::optional<Picodollars> max_budget;
    std::optional<Picodollars> soft_budget;
    std::optional<std::int64_t> max_parallel_requests;
    std::optional<std::int64_t> tpm_limit;
    std::optional<std::int64_t> rpm_limit;
    std::string model_max_budget;  // JSON or null
    std::string budget_duration;
    std::optional<WallTime> budget_reset_at;
    std::vector<std::string> allowed_models;
    std::optional<WallTime> created_at;
    std::string created_by;
    std::optional<WallTime> updated_at;
    std::string updated_by;

    friend bool operator==(const BudgetRow&, const BudgetRow&) = default;
};

/// In the order in which they are shown.
std::span<const RowColumn<BudgetRow>> budget_columns();

// What changes rows belongs into a transaction of the caller's.

Result<std::optional<BudgetRow>> find_budget_row(Sql& sql, std::string_view id,
                                                 RowLock lock = RowLock::none);
/// In the order of their ids; those that are not there are left out.
Result<std::vector<BudgetRow>> find_budget_rows(Sql& sql, std::span<const std::string> ids);
/// The newest first, at most so many.
Result<std::vector<BudgetRow>> list_budget_rows(Sql& sql, std::size_t most);
/// Errors: `conflict` (there is such a row).
Result<void> insert_budget_row(Sql& sql, const BudgetRow& row);
/// Writes the columns that differ.
Result<void> update_budget_row(Sql& sql, const BudgetRow& before, const BudgetRow& after);
Result<void> delete_budget_row(Sql& sql, std::string_view id);

/// How many rows name a budget row, by what they are.
struct BudgetUse {
    std::string_view what;  // `keys`, `customers`, `organizations` ...
    std::size_t count = 0;
};
/// Only those that do: of keys, customers, tags, projects, organizations, members of teams and of
/// organizations, and teams whose members have it by default.
Result<std::vector<BudgetUse>> find_budget_uses(Sql& sql, std::string_view id);
/// Nobody names the row any more, but organizations and teams: they must have one.
Result<void> release_budget_row(Sql& sql, std::string_view id);

}  // namespace tollweir
