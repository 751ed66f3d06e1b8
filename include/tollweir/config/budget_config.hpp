#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tollweir/core/calendar.hpp"
#include "tollweir/core/money.hpp"

namespace tollweir {

/// A cap on spend in a period, of a provider or a tag.
struct PeriodBudget {
    std::string name;                      // the provider, or the tag
    std::optional<Picodollars> limit;      // nothing: unlimited
    std::optional<BudgetDuration> period;  // nothing: for good
    std::optional<std::int64_t> rpm;
    std::optional<std::int64_t> tpm;

    friend bool operator==(const PeriodBudget&, const PeriodBudget&) = default;
};

/// Budgets that the file sets; of `litellm_settings` and `router_settings`. Those of keys, users
/// and teams are in the database.
struct BudgetConfig {
    std::optional<Picodollars> max_budget;  // of the whole gateway; 0 in the file: none
    std::optional<BudgetDuration> budget_duration;

    std::optional<Picodollars> max_user_budget;
    std::optional<Picodollars> max_internal_user_budget;          // a new internal user's
    std::optional<Picodollars> default_max_internal_user_budget;  // where that one is not given
    std::optional<BudgetDuration> internal_user_budget_duration;
    bool binds_user_in_teams = true;  // `skip_user_budget_on_team_key: true` clears it
    std::optional<Picodollars> max_end_user_budget;  // of customers without one of their own
    std::string max_end_user_budget_id;              // a row of the budget table instead
    Picodollars default_soft_budget = 50 * kPicodollarsPerDollar;
    Picodollars max_ui_session_budget = kPicodollarsPerDollar / 4;
    std::string timezone = "UTC";  // IANA name; of reset times

    std::vector<PeriodBudget> providers;  // provider_budget_config
    std::vector<PeriodBudget> tags;       // tag_budget_config

    friend bool operator==(const BudgetConfig&, const BudgetConfig&) = default;
};

}  // namespace tollweir
