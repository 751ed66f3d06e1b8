#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/storage/row_columns.hpp"

namespace tollweir {

/// A row of LiteLLM_EndUserTable: somebody whom a client names in its calls. Empty texts stand for
/// null.
struct CustomerRow {
    std::string user_id;
    std::string alias;
    bool blocked = false;
    PicodollarSum spend = 0;
    std::string allowed_model_region;
    std::string default_model;
    std::string budget_id;
    std::string object_permission_id;

    friend bool operator==(const CustomerRow&, const CustomerRow&) = default;
};

/// In the order in which they are shown.
std::span<const RowColumn<CustomerRow>> customer_columns();

// What changes rows belongs into a transaction of the caller's.

Result<std::optional<CustomerRow>> find_customer(Sql& sql, std::string_view id,
                                                 RowLock lock = RowLock::none);
/// In the order of their ids; those that are not there are left out.
Result<std::vector<CustomerRow>> find_customers(Sql& sql, std::span<const std::string> ids,
                                                RowLock lock = RowLock::none);
/// By id.
Result<std::vector<CustomerRow>> list_customers(Sql& sql, std::size_t offset, std::size_t most);
/// Errors: `conflict` (there is such a row).
Result<void> insert_customer(Sql& sql, const CustomerRow& row);
/// Writes the columns that differ.
Result<void> update_customer(Sql& sql, const CustomerRow& before, const CustomerRow& after);
Result<void> delete_customers(Sql& sql, std::span<const std::string> ids);

}  // namespace tollweir
