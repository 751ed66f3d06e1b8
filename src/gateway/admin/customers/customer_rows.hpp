#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/admin/budgets/owner_budget.hpp"
#include "tollweir/storage/customer_row.hpp"

namespace tollweir {

inline constexpr std::string_view kCustomerErrors = "internal_server_error";
inline constexpr std::string_view kCustomerTable = "LiteLLM_EndUserTable";

/// What new and update take. Plain values, each checked for itself.
struct CustomerFields {
    std::string user_id;
    Sent<std::string> alias;
    Sent<bool> blocked;
    Sent<Picodollars> spend;
    Sent<std::string> allowed_model_region;
    Sent<std::string> default_model;
    Sent<std::string> object_permission;
    BudgetFields budget;
};
Result<CustomerFields> parse_customer(Fields& body);

/// Sets the columns that were sent; not the rows beside. Pure.
void apply_customer(const CustomerFields& fields, CustomerRow& row);

/// The row with its budget and its object permission.
Result<std::string> customer_json(Sql& sql, const CustomerRow& row);
/// An array, with the budgets of all read at once.
Result<std::string> customers_json(Sql& sql, const std::vector<CustomerRow>& rows);
/// The row alone, for the audit log.
std::string customer_row_json(const CustomerRow& row);

std::string customer_scope(const std::string& id);

/// `user_ids` of a body, not empty.
Result<std::vector<std::string>> parse_customer_ids(Fields& body);

}  // namespace tollweir
