#pragma once

#include <memory>

#include "storage/change_feed.hpp"
#include "storage/migrations.hpp"
#include "storage/store_target.hpp"

namespace tollweir {

/// Makes the pool's connections. Errors of connecting are for operators (no password in them).
/// Immutable, so any thread.
class StoreSource {
public:
    static Result<std::shared_ptr<const StoreSource>> make(const StoreOptions& options);

    bool is_sqlite() const { return target_.is_sqlite(); }
    const StoreTarget& target() const { return target_; }

    Result<std::unique_ptr<StoreConnection>> connect(StoreLane lane) const;
    /// Runs what has not run, or only looks where the configuration forbids to.
    Result<MigrationReport> migrate() const;
    /// A connection for what a report says is left.
    Result<std::unique_ptr<StoreConnection>> connect_for_migrations() const;
    Result<std::unique_ptr<ChangeFeed>> open_feed(ChangePosition& position) const;
    std::chrono::milliseconds idle_life() const { return idle_life_; }

private:
    friend Result<MigrationReport> migrate_store(const StoreOptions& options);
    StoreSource() = default;

    DatabaseConfig config_;
    StoreTarget target_;
    StoreTarget migration_target_;
    std::chrono::milliseconds idle_life_{0};  // 0: idle connections stay
};

}  // namespace tollweir
