#include "tollweir/storage/customers.hpp"

#include "storage/exact_spend.hpp"
#include "tollweir/storage/key_owners.hpp"

namespace tollweir {
namespace {

void merge(const Budgets& budgets, const std::string& id, LimitTerms& limits,
           std::vector<ModelTerms>& models) {
    const auto found = budgets.find(id);
    if (found == budgets.end()) return;
    fill_from(limits, found->second);
    models = found->second.model_limits;
}

}  // namespace

Result<std::optional<CustomerRecord>> find_customer_record(Sql& sql, std::string_view id,
                                                           const std::string& default_budget) {
    const auto rows = sql.run(
        R"(select blocked, budget_id, tollweir_spend, spend, allowed_model_region, default_model
           from "LiteLLM_EndUserTable" where user_id = $1)",
        {id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty() && default_budget.empty()) return std::nullopt;
    CustomerRecord customer;
    std::string budget = default_budget;
    if (!rows->empty()) {
        customer.blocked = rows->boolean(0, 0).value_or(false);
        if (const auto own = rows->text(0, 1); !own.empty()) budget = own;
        customer.limits.spend = read_spend(*rows, 0, 2);
        customer.allowed_model_region = rows->text(0, 4);
        customer.default_model = rows->text(0, 5);
    }
    const auto budgets = find_budgets(sql, {budget});
    if (!budgets) return std::unexpected(budgets.error());
    merge(*budgets, budget, customer.limits, customer.model_limits);
    return customer;
}

Result<std::vector<TagRecord>> find_budgeted_tags(Sql& sql) {
    const auto rows = sql.run(
        R"(select tag_name, budget_id, tollweir_spend, spend from "LiteLLM_TagTable"
           where budget_id is not null order by tag_name)");
    if (!rows) return std::unexpected(rows.error());
    Ids ids;
    for (std::size_t row = 0; row < rows->size(); ++row)
        ids.insert(std::string(rows->text(row, 1)));
    const auto budgets = find_budgets(sql, ids);
    if (!budgets) return std::unexpected(budgets.error());
    std::vector<TagRecord> tags;
    for (std::size_t row = 0; row < rows->size(); ++row) {
        auto& tag = tags.emplace_back();
        tag.name = rows->text(row, 0);
        tag.limits.spend = read_spend(*rows, row, 2);
        merge(*budgets, std::string(rows->text(row, 1)), tag.limits, tag.model_limits);
    }
    return tags;
}

}  // namespace tollweir
