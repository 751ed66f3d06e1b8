#pragma once

#include <string>
#include <string_view>

#include "gateway/admin/keys/key_fields.hpp"
#include "tollweir/core/time_zone.hpp"
#include "tollweir/storage/key_row.hpp"

namespace tollweir {

/// When a change is made, and whose midnight budgets are reset at.
struct ChangeTime {
    WallTime now;
    TimeZone zone;
};

/// Sets the columns that were sent, and what follows from them: expiry, next resets, next rotation.
/// Not `soft_budget` and `object_permission`, which are rows of their own. Pure. Errors:
/// `bad_request` (what only the row can tell: a rotation without an interval, metadata that grows
/// too large).
Result<void> apply_fields(const KeyFields& fields, const ChangeTime& time, KeyRow& row);

/// `budget_limits` with each window's own next reset beside it.
std::string with_resets(std::string_view windows, const ChangeTime& time);

/// The object with members set, in its order, new ones behind; `null` takes one away.
std::string with_members(std::string_view object,
                         const std::vector<std::pair<std::string, std::string>>& members);

}  // namespace tollweir
