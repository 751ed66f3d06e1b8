#pragma once

#include "tollweir/core/error.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

/// What keys and teams have spent is nothing from now on, for them and for their budgets. Spend
/// rows and sums by day stay. In a transaction of its own.
Result<void> reset_key_and_team_spend(Sql& sql);

}  // namespace tollweir
