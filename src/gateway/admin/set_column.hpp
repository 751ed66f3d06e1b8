#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/admin/keys/key_change.hpp"
#include "tollweir/core/calendar.hpp"
#include "tollweir/gateway/admin/fields.hpp"

namespace tollweir {

// A column takes what was sent: left out keeps it, null clears it (a text to `none`). Keys, users
// and teams share them, so that a null means the same everywhere. Pure.

inline void set_column(const Sent<std::string>& field, std::string& column,
                       std::string_view none = {}) {
    if (field.sent) column = field.value.value_or(std::string(none));
}

inline void set_column(const Sent<std::vector<std::string>>& field,
                       std::vector<std::string>& column) {
    if (field.sent) column = field.value.value_or(std::vector<std::string>());
}

template <class T>
void set_column(const Sent<T>& field, std::optional<T>& column) {
    if (field.sent) column = field.value;
}

/// The period of a row's budget, and its next reset from now on.
template <class Row>
void set_budget_period(const Sent<BudgetDuration>& field, const ChangeTime& time, Row& row) {
    if (!field.sent) return;
    row.budget_duration = field.value ? field.value->text : std::string();
    row.budget_reset_at.reset();
    if (field.value) row.budget_reset_at = next_reset(*field.value, time.now, time.zone);
}

/// A row's budget windows, each with its own next reset.
template <class Row>
void set_budget_windows(const Sent<std::string>& field, const ChangeTime& time, Row& row) {
    if (field.sent)
        row.budget_limits = field.value ? with_resets(*field.value, time) : std::string();
}

}  // namespace tollweir
