#pragma once

#include <string>
#include <vector>

#include "gateway/admin/keys/key_change.hpp"
#include "tollweir/gateway/admin/fields.hpp"
#include "tollweir/storage/budget_row.hpp"

namespace tollweir {

/// What a request says of a budget: a row that it names, or terms.
struct BudgetFields {
    Sent<std::string> budget_id;
    Sent<Picodollars> max_budget;
    Sent<Picodollars> soft_budget;
    Sent<std::int64_t> max_parallel_requests;
    Sent<std::int64_t> tpm_limit;
    Sent<std::int64_t> rpm_limit;
    Sent<std::string> model_max_budget;
    Sent<BudgetDuration> budget_duration;
    Sent<WallTime> budget_reset_at;
    Sent<std::vector<std::string>> allowed_models;

    bool sets_terms() const;
    /// Terms that are more than null.
    bool gives_terms() const;
};

/// Errors are noted in the body.
BudgetFields parse_budget_fields(Fields& body);
/// The same for what has a budget: either a row or terms, not both.
BudgetFields parse_owner_budget(Fields& body);

/// When a period that begins now ends: as the calendar has it, or after exactly its length.
enum class ResetRule : std::uint8_t { calendar, exact };

/// Sets the columns that were sent, and the next reset that follows. Pure.
void apply_budget(const BudgetFields& fields, ResetRule rule, const ChangeTime& time,
                  BudgetRow& row);

}  // namespace tollweir
