#pragma once

#include "storage/spend_entries.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

/// Adds the rows to LiteLLM's sums by day. Every row counts in those of users, under an empty name
/// if nobody owns its key, so that they hold all there is; in the others it counts if it has such
/// an owner.
Result<void> add_spend_days(Sql& sql, SpendRows rows);

}  // namespace tollweir
