#include <algorithm>

#include "gateway/admin/customers/customer_rows.hpp"
#include "gateway/admin/stored_rows.hpp"
#include "tollweir/gateway/admin/customers.hpp"
#include "tollweir/storage/budgets.hpp"

namespace tollweir {
namespace {

using CustomerIds = std::vector<std::string>;

std::string joined(const CustomerIds& ids) {
    std::string out;
    for (const auto& id : ids) out.append(out.empty() ? "" : ", ").append(id);
    return out;
}

CustomerIds missing_of(const CustomerIds& ids, const std::vector<CustomerRow>& rows) {
    CustomerIds missing;
    for (const auto& id : ids)
        if (std::ranges::find(rows, id, &CustomerRow::user_id) == rows.end()) missing.push_back(id);
    return missing;
}

Result<void> remove_in(Sql& sql, const AdminCall& call, const CustomerIds& ids) {
    const auto rows = find_customers(sql, ids, RowLock::update);
    if (!rows) return std::unexpected(rows.error());
    if (const auto missing = missing_of(ids, *rows); !missing.empty())
        return row_error(ErrorKind::not_found,
                         "End User Id(s)=" + joined(missing) + " do not exist in db", "not_found",
                         "user_ids");
    if (auto deleted = delete_customers(sql, ids); !deleted) return deleted;
    for (const auto& row : *rows) {
        if (auto gone = drop_owner_budget(sql, kCustomerBudget, row.budget_id); !gone) return gone;
        auto noted = audit_row(sql, call, kCustomerTable, "deleted", row.user_id,
                               customer_row_json(row), "");
        if (!noted) return noted;
    }
    for (const auto& id : ids)
        if (auto dropped = drop_budgets_of(sql, customer_scope(id)); !dropped) return dropped;
    return {};
}

Result<std::string> remove(Sql& sql, const AdminCall& call, const CustomerIds& ids) {
    const auto done = sql.transaction([&](Sql& inner) { return remove_in(inner, call, ids); });
    if (!done) return std::unexpected(done.error());
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("deleted_customers").number(ids.size());
    json.key("message").string("Successfully deleted customers with ids: " + joined(ids));
    json.end_object();
    return out;
}

/// Somebody may be blocked before the first call: so a missing row is made.
Result<void> set_blocked_in(Sql& sql, const AdminCall& call, const CustomerIds& ids, bool blocked,
                            std::vector<CustomerRow>& changed) {
    changed.clear();
    auto rows = find_customers(sql, ids, RowLock::update);
    if (!rows) return std::unexpected(rows.error());
    const std::string_view action = blocked ? "blocked" : "unblocked";
    for (const auto& row : *rows) {
        auto after = row;
        after.blocked = blocked;
        if (auto written = update_customer(sql, row, after); !written) return written;
        auto noted = audit_row(sql, call, kCustomerTable, action, row.user_id,
                               customer_row_json(row), customer_row_json(after));
        if (!noted) return noted;
        changed.push_back(std::move(after));
    }
    if (!blocked) return {};
    for (const auto& id : missing_of(ids, *rows)) {
        CustomerRow row;
        row.user_id = id;
        row.blocked = true;
        if (auto made = insert_customer(sql, row); !made) return made;
        auto noted = audit_row(sql, call, kCustomerTable, action, id, "", customer_row_json(row));
        if (!noted) return noted;
        changed.push_back(std::move(row));
    }
    return {};
}

net::Task<Result<void>> set_blocked(RequestContext& context, bool blocked) {
    const auto set = [blocked](Sql& sql, const AdminCall& call,
                               const CustomerIds& ids) -> Result<std::string> {
        std::vector<CustomerRow> changed;
        const auto done = sql.transaction(
            [&](Sql& inner) { return set_blocked_in(inner, call, ids, blocked, changed); });
        if (!done) return std::unexpected(done.error());
        const auto shown = customers_json(sql, changed);
        if (!shown) return shown;
        return R"({"blocked_users":)" + *shown + "}";
    };
    return serve_body(context, parse_customer_ids, set, kCustomerErrors);
}

}  // namespace

net::Task<Result<void>> remove_customers(RequestContext& context) {
    return serve_body(context, parse_customer_ids, remove, kCustomerErrors);
}

net::Task<Result<void>> block_customers(RequestContext& context) {
    return set_blocked(context, true);
}

net::Task<Result<void>> unblock_customers(RequestContext& context) {
    return set_blocked(context, false);
}

}  // namespace tollweir
