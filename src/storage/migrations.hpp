#pragma once

#include "storage/store_connection.hpp"
#include "tollweir/storage/migrations.hpp"

namespace tollweir {

/// Runs what has not run yet, each in a transaction of its own under a lock, so that of several
/// processes one migrates and the others wait. Errors are for operators: which migration, and what
/// the store said.
Result<MigrationReport> run_migrations(StoreConnection& sql, std::string_view schema);

/// An error that names the first migration which has not run.
Result<void> check_migrations(StoreConnection& sql);

}  // namespace tollweir
