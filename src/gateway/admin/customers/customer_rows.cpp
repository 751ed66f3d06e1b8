#include "gateway/admin/customers/customer_rows.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "gateway/admin/row_json.hpp"
#include "tollweir/core/scope.hpp"
#include "tollweir/storage/key_companions.hpp"

namespace tollweir {
namespace {

constexpr std::array<std::string_view, 2> kRegions{"eu", "us"};

void set(const Sent<std::string>& field, std::string& column) {
    if (field.sent) column = field.value.value_or("");
}

}  // namespace

Result<CustomerFields> parse_customer(Fields& body) {
    CustomerFields fields;
    body.require("user_id");
    fields.user_id = body.text("user_id").value.value_or("");
    fields.alias = body.text("alias");
    fields.blocked = body.boolean("blocked");
    fields.spend = body.dollars("spend");
    fields.allowed_model_region = body.word("allowed_model_region", kRegions);
    fields.default_model = body.text("default_model");
    fields.object_permission = body.object("object_permission");
    fields.budget = parse_owner_budget(body);
    if (auto good = body.checked(); !good) return std::unexpected(good.error());
    return fields;
}

void apply_customer(const CustomerFields& fields, CustomerRow& row) {
    set(fields.alias, row.alias);
    if (fields.blocked.sent) row.blocked = fields.blocked.value.value_or(false);
    if (fields.spend.sent) row.spend = fields.spend.value.value_or(0);
    set(fields.allowed_model_region, row.allowed_model_region);
    set(fields.default_model, row.default_model);
}

std::string customer_row_json(const CustomerRow& row) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    write_columns(json, row, customer_columns());
    json.end_object();
    return out;
}

Result<std::string> customer_json(Sql& sql, const CustomerRow& row) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    write_columns(json, row, customer_columns());
    if (auto written = write_budget_of(sql, json, row.budget_id); !written)
        return std::unexpected(written.error());
    const auto permission = show_object_permission(sql, row.object_permission_id);
    if (!permission) return std::unexpected(permission.error());
    json.key("object_permission").raw(*permission);
    json.end_object();
    return out;
}

Result<std::string> customers_json(Sql& sql, const std::vector<CustomerRow>& rows) {
    std::vector<std::string> ids;
    for (const auto& row : rows)
        if (!row.budget_id.empty()) ids.push_back(row.budget_id);
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
    const auto found = find_budget_rows(sql, ids);
    if (!found) return std::unexpected(found.error());
    std::map<std::string_view, const BudgetRow*> budgets;
    for (const auto& budget : *found) budgets[budget.budget_id] = &budget;
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (const auto& row : rows) {
        const auto budget = budgets.find(row.budget_id);
        json.begin_object();
        write_columns(json, row, customer_columns());
        json.key("litellm_budget_table");
        write_budget_row(json, budget == budgets.end() ? nullptr : budget->second);
        json.end_object();
    }
    json.end_array();
    return out;
}

std::string customer_scope(const std::string& id) {
    return scope_key({.kind = ScopeKind::customer, .id = id});
}

Result<std::vector<std::string>> parse_customer_ids(Fields& body) {
    body.require("user_ids");
    auto ids = body.texts("user_ids");
    if (ids.value) {
        std::erase(*ids.value, std::string());
        std::ranges::sort(*ids.value);
        ids.value->erase(std::ranges::unique(*ids.value).begin(), ids.value->end());
        if (ids.value->empty()) body.refuse("user_ids", "user_ids names nobody");
    }
    if (auto good = body.checked(); !good) return std::unexpected(good.error());
    return std::move(*ids.value);
}

}  // namespace tollweir
