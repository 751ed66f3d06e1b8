#pragma once

#include <string>
#include <vector>

#include "gateway/admin/spend/spend_query.hpp"

namespace tollweir {

/// `[{"startTime":"2026-11-20","spend":0.41,"<hash>":0.41,"users":{...},"models":{...}}]`: days
/// with spend, then those without up to `last`. Of no spend at all, days from `first` on; empty:
/// none.
std::string spend_days_json(const std::vector<DaySpend>& spend, const std::string& first, Day last);

}  // namespace tollweir
