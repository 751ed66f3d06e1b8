#include "tollweir/limits/budget_alert.hpp"

namespace tollweir {

std::string describe(const BudgetAlert& alert) {
    std::string text(descriptor_of(alert.scope));
    if (!alert.label.empty()) text += " " + alert.label;
    if (!alert.scope.model.empty()) text += ", model " + alert.scope.model;
    text += " has spent $" + dollars(alert.spent);
    if (alert.kind == BudgetAlert::Kind::soft_budget) {
        text += ", beyond its soft budget of $" + dollars(alert.soft_cap.value_or(0));
    } else {
        text += ", more than 80 % of its budget of $" + dollars(alert.cap.value_or(0));
    }
    return text;
}

}  // namespace tollweir
