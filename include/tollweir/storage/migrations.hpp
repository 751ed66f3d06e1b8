#pragma once

#include <string>
#include <vector>

#include "tollweir/storage/store_pool.hpp"

namespace tollweir {

struct MigrationReport {
    std::string store;                 // where, without a password
    std::vector<std::string> applied;  // names of those that ran just now
    std::size_t present = 0;           // how many had run before
    bool is_complete = true;           // else the rest shall run while the store is used
};

/// `tollweir migrate`: brings the store's tables to what this binary needs, whatever
/// `disable_prisma_schema_update` says. Blocks. Errors carry what the store said, for the operator;
/// `unavailable`: it could not be reached.
Result<MigrationReport> migrate_store(const StoreOptions& options);

}  // namespace tollweir
