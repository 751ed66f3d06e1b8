#pragma once

#include "storage/where_clause.hpp"
#include "tollweir/storage/spend_reports.hpp"

namespace tollweir {

/// Leaves only what the viewer may see. `user`: the column that names the key's owner.
void narrow(WhereClause& where, const SpendViewer& viewer, std::string_view user);

}  // namespace tollweir
