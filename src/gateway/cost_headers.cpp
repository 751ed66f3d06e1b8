#include "tollweir/gateway/cost_headers.hpp"

#include <mutex>

#include "tollweir/core/text_pen.hpp"

namespace tollweir {
namespace {

void append_amount(std::string& out, std::string_view label, PicodollarSum amount) {
    out += label;
    append_python_dollars(out, amount);
    out += "\r\n";
}

void append_limit(std::string& out, std::string_view label,
                  const std::optional<std::int64_t>& limit) {
    if (!limit) return;
    append_with_pen(out, label.size() + TextPen::kNumber + 2,
                    [&](TextPen& pen) { pen.text(label).number(*limit).text("\r\n"); });
}

void append_cost(std::string& out, const ChargedCost& cost, const CostTerms& terms) {
    append_amount(out, "x-litellm-response-cost: ", cost.total);
    if (!terms.any()) return;
    append_amount(out, "x-litellm-response-cost-original: ", cost.original);
    if (terms.discount != 0)
        append_amount(out, "x-litellm-response-cost-discount-amount: ", cost.discount);
    if (terms.margin == 0 && terms.fixed_margin == 0) return;
    append_amount(out, "x-litellm-response-cost-margin-amount: ", cost.margin);
    if (terms.margin == 0) return;
    out += "x-litellm-response-cost-margin-percent: ";
    append_python_float(out, static_cast<double>(terms.margin) / static_cast<double>(kWhole));
    out += "\r\n";
}

PicodollarSum spent_by(const KeyRecord& key, const Reservation& reservation) {
    for (const auto& charge : reservation.charges()) {
        const auto& scope = charge.cell->scope();
        if (charge.cell->kind() != LimitKind::budget || scope.kind != ScopeKind::key ||
            !scope.model.empty() || !scope.window.empty())
            continue;
        const std::lock_guard held(charge.cell->bit);
        return static_cast<const BudgetCell&>(*charge.cell).spent();
    }
    return key.limits.spend;
}

}  // namespace

void append_cost_headers(const ChargedCost* cost, const CostTerms& terms, const KeyRecord* key,
                         const Reservation& reservation, std::string& out) {
    if (cost != nullptr) append_cost(out, *cost, terms);
    if (key == nullptr) return;
    const auto& limits = key->limits;
    append_limit(out, "x-litellm-key-tpm-limit: ", limits.tpm_limit);
    append_limit(out, "x-litellm-key-rpm-limit: ", limits.rpm_limit);
    if (limits.max_budget) append_amount(out, "x-litellm-key-max-budget: ", *limits.max_budget);
    append_amount(out, "x-litellm-key-spend: ",
                  spent_by(*key, reservation) + (cost == nullptr ? 0 : cost->total));
}

}  // namespace tollweir
