#pragma once

#include <atomic>
#include <string_view>

#include "storage/spend_entries.hpp"
#include "storage/store_connection.hpp"
#include "tollweir/storage/spend_reports.hpp"

namespace tollweir {

// Our narrow sums by day (migration 0018): `tollweir_daily_models`, `tollweir_daily_keys` and
// `tollweir_daily_owners`. In PostgreSQL triggers keep them in step with LiteLLM's.

/// Adds rows to them in SQLite, where no triggers do.
Result<void> add_daily_sums(Sql& sql, SpendRows rows);

/// Whether they hold all days from `first` on (empty: all there are). Once they do, they always do.
Result<bool> have_daily_sums(Sql& sql, std::string_view first);
/// Whether they answer this: everybody's spend, of days that they hold.
Result<bool> daily_sums_answer(Sql& sql, const SpendDays& days);

/// Adds up the days of before they were kept, the latest first, each in a transaction of its own:
/// what is done stays done, and several processes may be at it. False: `stopping` was set.
Result<bool> fill_daily_sums(StoreConnection& sql, const std::atomic<bool>& stopping);

}  // namespace tollweir
