#pragma once

#include "storage/spend_entries.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

/// Adds what the rows cost to their keys, users, teams, organizations, members of both, projects,
/// customers and tags. Customers and tags that are not known are made; of the others nothing is
/// left to add to once they were deleted.
Result<void> add_spend_totals(Sql& sql, SpendRows rows);

}  // namespace tollweir
