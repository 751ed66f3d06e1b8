#pragma once

#include "storage/connection_string.hpp"
#include "tollweir/config/database_config.hpp"
#include "tollweir/storage/store_pool.hpp"

namespace tollweir {

/// Where the store is, with everything the configuration says about its connections.
struct StoreTarget {
    ConnectionTarget connection;
    std::filesystem::path sqlite_file;  // empty: Postgres
    std::chrono::milliseconds pool_timeout{60'000};
    std::size_t pool_limit = 10;
    std::string description;  // for people, no password

    bool is_sqlite() const { return !sqlite_file.empty(); }
};

Result<StoreTarget> store_target(const StoreOptions& options);
/// The same for migrations: DIRECT_URL where it is given.
Result<StoreTarget> migration_target(const StoreOptions& options);

}  // namespace tollweir
