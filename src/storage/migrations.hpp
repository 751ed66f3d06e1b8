#pragma once

#include <atomic>

#include "storage/store_connection.hpp"
#include "tollweir/storage/migrations.hpp"

namespace tollweir {

/// Runs what has not run yet, each in a transaction of its own under a lock, so that of several
/// processes one migrates and the others wait. Errors are for operators: which migration, and what
/// the store said. Where `may_defer`, indexes of a table that has very many rows are left to
/// run_deferred.
Result<MigrationReport> run_migrations(StoreConnection& sql, std::string_view schema,
                                       bool may_defer = false);

/// Adds up the days of before there were sums of ours (daily_sums.hpp), and makes the indexes that
/// were left, which may take minutes, in a way that no statement of others waits for. False:
/// another process is at it, or `stopping` was set.
Result<bool> run_deferred_migrations(StoreConnection& sql, const std::atomic<bool>& stopping);

/// An error that names the first migration which has not run.
Result<void> check_migrations(StoreConnection& sql);

}  // namespace tollweir
