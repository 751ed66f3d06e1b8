#pragma once

#include "config/settings.hpp"
#include "tollweir/config/nearest.hpp"

namespace tollweir {

// A reader a subject: each reads what concerns it out of the sections, whichever hold it, and
// leaves what is wrong there in the findings.

DatabaseConfig read_database(const LoadContext& context);
AccessConfig read_access_rules(const LoadContext& context);
BudgetConfig read_budgets(const LoadContext& context);
/// After `data_dir` is known.
SpendConfig read_spend(const LoadContext& context, const std::string& data_dir);
KeyDefaults read_key_defaults(const LoadContext& context);
LimitsConfig read_limits(const LoadContext& context);

/// A value that is there replaces the default.
template <class T>
void set_from(const std::optional<T>& value, T& field) {
    if (value) field = *value;
}

}  // namespace tollweir
