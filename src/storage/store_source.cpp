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

/// What a start leaves to a thread.
Result<void> finish(const StoreSource& source, MigrationReport& report) {
    const std::atomic<bool> goes_on{false};
    auto sql = source.connect_for_migrations();
    if (!sql) return std::unexpected(sql.error());
    const auto done = run_deferred_migrations(**sql, goes_on);
    if (!done) return std::unexpected(done.error());
    if (!*done)
        return fail(ErrorKind::unavailable, "another process is at the last migrations",
                    ErrorSource::gateway);
    report.is_complete = true;
    return {};
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

Result<std::unique_ptr<StoreConnection>> StoreSource::connect_for_migrations() const {
    if (!is_sqlite()) return PostgresSql::open(migration_target_.connection, {});
    // A start must not wait for the disk: tables that a power cut takes are made again.
    return SqliteSql::open(
        {.file = target_.sqlite_file, .survives_power_cut = false, .tidies_at_close = false});
}

Result<MigrationReport> StoreSource::migrate() const {
    const auto sql = connect_for_migrations();
    if (!sql) return std::unexpected(sql.error());
    const auto& target = migration_target_.connection;
    // Behind a pooler there is no session that could hold a lock.
    if (config_.migrate) return run_migrations(**sql, target.schema, !target.behind_pgbouncer);
    if (auto checked = check_migrations(**sql); !checked) return std::unexpected(checked.error());
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
    if (report && !report->is_complete)
        if (auto rest = finish(**source, *report); !rest)
            report = std::unexpected(std::move(rest.error()));
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
