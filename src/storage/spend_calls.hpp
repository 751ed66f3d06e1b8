#pragma once

#include "storage/spend_entries.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

/// Adds the rows to our own sums by day: kinds of calls, and what the cache answered.
Result<void> add_spend_calls(Sql& sql, SpendRows rows);

}  // namespace tollweir
