#pragma once

#include <string>
#include <vector>

#include "tollweir/core/clock.hpp"
#include "tollweir/storage/key_row.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

// The key's budgets in the store follow its row, in the row's transaction and after it.

/// `spend` of the row is what its budget counts from now on.
Result<void> book_key_spend(Sql& sql, const KeyRow& row);
/// The row has been given another token, so its budgets have other names: what was spent of them
/// stays spent.
Result<void> move_key_spend(Sql& sql, const std::string& old_token, const KeyRow& row,
                            WallTime now);
/// What the key's budgets are called, while its row is there: to be dropped with it.
Result<std::vector<std::string>> budget_names(Sql& sql, const KeyRow& row, WallTime now);

}  // namespace tollweir
