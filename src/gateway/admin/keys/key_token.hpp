#pragma once

#include <optional>

#include "tollweir/config/key_defaults.hpp"
#include "tollweir/core/clock.hpp"
#include "tollweir/core/secret.hpp"
#include "tollweir/storage/key_row.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

// A row's secret becomes another: asked for by somebody, or because it is due.

/// Gives the row the key's hash and what follows from it: the end that is shown, the next rotation.
void give_token(const KeyDefaults& rules, const Secret& key, WallTime now, KeyRow& row);

/// Until when a replaced key works; nothing: it dies at once.
std::optional<WallTime> end_of_grace(const std::optional<BudgetDuration>& grace, WallTime now);

/// Writes the row with its new token. The old one stands for it until `grace_end`, and what the
/// key's budgets have counted stays counted. In a transaction of the caller's.
Result<void> move_key(Sql& sql, const KeyRow& before, const KeyRow& after,
                      std::optional<WallTime> grace_end, WallTime now);

}  // namespace tollweir
