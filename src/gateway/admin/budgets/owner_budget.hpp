#pragma once

#include <string>
#include <string_view>

#include "gateway/admin/budgets/budget_fields.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/gateway/admin/admin_call.hpp"

namespace tollweir {

// A customer, organization or tag has a budget by naming a row: one that others share, or one of
// its own, which comes and goes with it.

/// Ids that nobody may give: of rows that are somebody's own.
inline constexpr std::string_view kReservedBudgetPrefix = "tollweir-";

struct BudgetOwner {
    std::string_view prefix;  // of the ids of rows that are its own
    ResetRule rule = ResetRule::calendar;
    bool must_have = false;  // the column may not be null
};
inline constexpr BudgetOwner kCustomerBudget{"tollweir-customer-", ResetRule::exact};
inline constexpr BudgetOwner kOrganizationBudget{"tollweir-organization-", ResetRule::calendar,
                                                 true};
inline constexpr BudgetOwner kOrganizationMemberBudget{"tollweir-member-"};
inline constexpr BudgetOwner kTagBudget{"tollweir-tag-"};

/// Makes or changes rows so that `budget_id`, which the owner's row names, says what was sent.
/// Terms for an owner that shares a row part it from the others: it gets a row of its own that
/// begins as the shared one. Returns the row that it leaves behind, to be deleted once the owner's
/// row is written; empty: none. Errors: `bad_request` (no such row).
Result<std::string> save_owner_budget(Sql& sql, const AdminCall& call, const BudgetOwner& owner,
                                      const BudgetFields& fields, const ChangeTime& time,
                                      std::string& budget_id);

/// Deletes the row if it is an owner's own, once the owner's row does not name it any more.
Result<void> drop_owner_budget(Sql& sql, const BudgetOwner& owner, const std::string& budget_id);

/// The row as one object; null: none.
void write_budget_row(JsonWriter& json, const BudgetRow* row);
/// `litellm_budget_table` of an owner.
Result<void> write_budget_of(Sql& sql, JsonWriter& json, const std::string& budget_id);

}  // namespace tollweir
