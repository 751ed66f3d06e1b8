#pragma once

#include <vector>

#include "tollweir/gateway/admin/admin_call.hpp"
#include "tollweir/storage/key_row.hpp"

namespace tollweir {

/// Takes keys away with what stands beside their rows: archived, their budgets dropped, noted in
/// the audit log. The rows are locked; inside the caller's transaction, after all else that it
/// changes, since the books of budgets are locked last.
Result<void> remove_key_rows(Sql& sql, const AdminCall& call, const std::vector<KeyRow>& rows);

}  // namespace tollweir
