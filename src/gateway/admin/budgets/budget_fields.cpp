#include "gateway/admin/budgets/budget_fields.hpp"

#include "gateway/admin/keys/key_fields.hpp"

namespace tollweir {
namespace {

constexpr std::string_view kMoney = "must be a non-negative finite number";

template <class T>
void set(const Sent<T>& field, std::optional<T>& column) {
    if (field.sent) column = field.value;
}

}  // namespace

bool BudgetFields::sets_terms() const {
    return max_budget.sent || soft_budget.sent || max_parallel_requests.sent || tpm_limit.sent ||
           rpm_limit.sent || model_max_budget.sent || budget_duration.sent ||
           budget_reset_at.sent || allowed_models.sent;
}

bool BudgetFields::gives_terms() const {
    return max_budget.value || soft_budget.value || max_parallel_requests.value ||
           tpm_limit.value || rpm_limit.value || model_max_budget.value || budget_duration.value ||
           budget_reset_at.value || allowed_models.value;
}

BudgetFields parse_budget_fields(Fields& body) {
    BudgetFields fields;
    fields.budget_id = body.text("budget_id");
    fields.max_budget = body.dollars("max_budget", kMoney);
    fields.soft_budget = body.dollars("soft_budget", kMoney);
    fields.max_parallel_requests = body.count("max_parallel_requests", kMostParallelRequests);
    fields.tpm_limit = body.count("tpm_limit", kMostTokenLimit);
    fields.rpm_limit = body.count("rpm_limit", kMostTokenLimit);
    fields.model_max_budget = model_budgets(body);
    fields.budget_duration = body.duration("budget_duration");
    fields.budget_reset_at = body.time("budget_reset_at");
    fields.allowed_models = body.texts("allowed_models");
    return fields;
}

BudgetFields parse_owner_budget(Fields& body) {
    auto fields = parse_budget_fields(body);
    if (fields.budget_id.value && fields.gives_terms())
        body.refuse_as_schema("budget_id", "value_error",
                              "Set either budget_id or a budget's own fields such as max_budget, "
                              "not both");
    return fields;
}

void apply_budget(const BudgetFields& fields, ResetRule rule, const ChangeTime& time,
                  BudgetRow& row) {
    set(fields.max_budget, row.max_budget);
    set(fields.soft_budget, row.soft_budget);
    set(fields.max_parallel_requests, row.max_parallel_requests);
    set(fields.tpm_limit, row.tpm_limit);
    set(fields.rpm_limit, row.rpm_limit);
    if (fields.model_max_budget.sent)
        row.model_max_budget = fields.model_max_budget.value.value_or("");
    if (fields.allowed_models.sent)
        row.allowed_models = fields.allowed_models.value.value_or(std::vector<std::string>());
    if (fields.budget_duration.sent) {
        const auto& period = fields.budget_duration.value;
        row.budget_duration = period ? period->text : std::string();
        row.budget_reset_at.reset();
        if (period)
            row.budget_reset_at = rule == ResetRule::exact
                                      ? add_exactly(time.now, *period)
                                      : next_reset(*period, time.now, time.zone);
    }
    if (fields.budget_reset_at.value) row.budget_reset_at = fields.budget_reset_at.value;
}

}  // namespace tollweir
