#include "storage/store_source.hpp"

#include "storage/postgres_sql.hpp"
#include "storage/sqlite_sql.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

/// What a statement may take where the configuration does not say: a lane must not wait for ever.
milliseconds usual_statement_timeout(StoreLane lane) {
    switch (lane) {
        case StoreLane::lookup:
            return std::chrono::seconds(10);
        case StoreLane::spend:
            return std::chrono::seconds(30);
        case StoreLane::admin:
            break;
    }
    return std::chrono::seconds(120);
}

}  // namespace

Result<std::shared_ptr<const StoreSource>> StoreSource::make(const StoreOptions& options) {
    auto target = store_target(options);
    if (!target) return std::unexpected(target.error());
    auto migrations = migration_target(options);
    if (!migrations) return std::unexpected(migrations.error());
    // DIRECT_URL is another way to the same tables.
    if (migrations->connection.schema.empty())
        migrations->connection.schema = target->connection.schema;
    std::shared_ptr<StoreSource> source(new StoreSource);
    source->config_ = options.database;
    source->target_ = std::move(*target);
    source->migration_target_ = std::move(*migrations);
    source->idle_life_ = options.database.max_idle_connection_lifetime.value_or(milliseconds(0));
    return source;
}

Result<std::unique_ptr<StoreConnection>> StoreSource::connect(StoreLane lane) const {
    if (is_sqlite()) {
        // A lookup writes nothing that a power cut may not take.
        return SqliteSql::open({.file = target_.sqlite_file,
                                .busy_timeout = config_.lock_timeout.value_or(milliseconds(5'000)),
                                .survives_power_cut = lane != StoreLane::lookup});
    }
    return PostgresSql::open(
        target_.connection,
        {.statement_timeout = config_.statement_timeout.value_or(usual_statement_timeout(lane)),
         .lock_timeout = config_.lock_timeout,
         .idle_in_transaction_timeout = config_.idle_in_transaction_timeout});
}

Result<MigrationReport> StoreSource::migrate() const {
    std::unique_ptr<StoreConnection> sql;
    if (is_sqlite()) {
        // A start must not wait for the disk: tables that a power cut takes are made again.
        auto opened = SqliteSql::open(
            {.file = target_.sqlite_file, .survives_power_cut = false, .tidies_at_close = false});
        if (!opened) return std::unexpected(opened.error());
        sql = std::move(*opened);
    } else {
        auto opened = PostgresSql::open(migration_target_.connection, {});
        if (!opened) return std::unexpected(opened.error());
        sql = std::move(*opened);
    }
    if (config_.migrate) return run_migrations(*sql, migration_target_.connection.schema);
    if (auto checked = check_migrations(*sql); !checked) return std::unexpected(checked.error());
    return MigrationReport();
}

Result<std::unique_ptr<ChangeFeed>> StoreSource::open_feed(ChangePosition& position) const {
    if (is_sqlite()) {
        auto sql = SqliteSql::open({.file = target_.sqlite_file, .survives_power_cut = false});
        if (!sql) return std::unexpected(sql.error());
        return open_change_feed(std::move(*sql), position);
    }
    auto sql = PostgresSql::open(target_.connection,
                                 {.statement_timeout = usual_statement_timeout(StoreLane::lookup)});
    if (!sql) return std::unexpected(sql.error());
    return open_change_feed(std::move(*sql), position);
}

Result<MigrationReport> migrate_store(const StoreOptions& options) {
    auto wanted = options;
    wanted.database.migrate = true;
    const auto source = StoreSource::make(wanted);
    if (!source) return std::unexpected(source.error());
    auto report = (*source)->migrate();
    const auto& where = (*source)->migration_target_.description;
    if (!report) {
        auto error = std::move(report.error());
        error.message = where + ": " + error.message;
        return std::unexpected(std::move(error));
    }
    report->store = where;
    return report;
}

}  // namespace tollweir
