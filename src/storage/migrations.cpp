#include "storage/migrations.hpp"

#include <algorithm>

#include "storage/change_triggers.hpp"
#include "storage/daily_sums.hpp"
#include "storage/embedded_migrations.hpp"
#include "storage/sql_text.hpp"

namespace tollweir {
namespace {

const Statement kLock{"select 1",
                      // Of the transaction, so that it holds behind a pooler and ends by itself.
                      "select pg_advisory_xact_lock(7236838021461)"};
const Statement kTableExists{
    "select count(*) from sqlite_master where type = 'table' and name = 'tollweir_migration'",
    "select count(*) from pg_tables where schemaname = current_schema() and tablename = "
    "'tollweir_migration'"};
constexpr const char* kMakeTable =
    "create table if not exists tollweir_migration (number integer primary key, name text not "
    "null, applied_at timestamp not null default current_timestamp)";

// Of spend rows; from there on to index them takes longer than a start may.
constexpr std::int64_t kManyBytes = std::int64_t{256} * 1024 * 1024;
constexpr const char* kSpendBytes =
    "select coalesce(pg_table_size(to_regclass('\"LiteLLM_SpendLogs\"')), 0)";
// Of the session, since the statements that it guards run in no transaction.
constexpr const char* kLockDeferred = "select pg_try_advisory_lock(7236838021462)";
// By itself Postgres looks at a table again once a tenth of it has changed. Until then it takes new
// columns for full and would search all rows for the call of an id.
constexpr const char* kLookAgain = "analyze \"LiteLLM_SpendLogs\"";
constexpr const char* kUnlockDeferred = "select pg_advisory_unlock(7236838021462)";

/// Its script gives the statements that are to run, instead of being them.
bool is_deferred(const Migration& migration) {
    return migration.script.starts_with("-- deferred\n");
}

std::span<const Migration> migrations_of(const Sql& sql) {
    return sql.is_postgres() ? postgres_migrations() : sqlite_migrations();
}

std::unexpected<GatewayError> migration_failed(const StoreConnection& sql, GatewayError error,
                                               std::string_view name) {
    if (error.kind == ErrorKind::unavailable && sql.last_failure().empty())
        return std::unexpected(std::move(error));
    error.message = "the migration " + std::string(name) + " failed: " + sql.last_failure() +
                    ". The role needs the right to create tables, functions and triggers in the "
                    "schema and to alter LiteLLM's tables: give DIRECT_URL of such a role, or run "
                    "`tollweir migrate` with it";
    return std::unexpected(std::move(error));
}

Result<std::vector<std::int64_t>> numbers_applied(Sql& sql) {
    const auto exists = sql.run(kTableExists);
    if (!exists) return std::unexpected(exists.error());
    std::vector<std::int64_t> numbers;
    if (exists->integer(0, 0).value_or(0) == 0) return numbers;
    const auto rows = sql.run("select number from tollweir_migration");
    if (!rows) return std::unexpected(rows.error());
    for (std::size_t row = 0; row < rows->size(); ++row)
        numbers.push_back(rows->integer(row, 0).value_or(0));
    return numbers;
}

bool has_run(const std::vector<std::int64_t>& numbers, const Migration& migration) {
    return std::ranges::find(numbers, migration.number) != numbers.end();
}

/// Prisma makes the schema that its connection string names; so do we.
Result<void> make_schema(StoreConnection& sql, std::string_view schema) {
    const auto found = sql.run("select count(*) from pg_namespace where nspname = $1", {schema});
    if (!found) return std::unexpected(found.error());
    if (found->integer(0, 0).value_or(0) > 0) return {};
    return sql.run_script("create schema if not exists " + quoted_name(schema));
}

Result<std::vector<std::string>> statements_of(Sql& sql, const Migration& migration) {
    const auto rows = sql.run(Statement(std::string(migration.script)));
    if (!rows) return std::unexpected(rows.error());
    std::vector<std::string> statements;
    for (std::size_t row = 0; row < rows->size(); ++row)
        statements.emplace_back(rows->text(row, 0));
    return statements;
}

Result<void> run_script_of(StoreConnection& sql, const Migration& migration) {
    if (!is_deferred(migration)) return sql.run_script(std::string(migration.script));
    const auto statements = statements_of(sql, migration);
    if (!statements) return std::unexpected(statements.error());
    for (auto statement : *statements) {
        // That is for statements outside a transaction.
        constexpr std::string_view kWord = " concurrently";
        statement.erase(statement.find(kWord), kWord.size());
        if (auto done = sql.run_script(statement); !done) return done;
    }
    return {};
}

Result<void> note_applied(Sql& sql, const Migration& migration) {
    const auto noted = sql.run(
        "insert into tollweir_migration (number, name) values ($1, $2) on conflict do nothing",
        {migration.number, migration.name});
    if (!noted) return std::unexpected(noted.error());
    return {};
}

Result<bool> has_many_rows(Sql& sql) {
    if (!sql.is_postgres()) return false;
    const auto bytes = sql.run(kSpendBytes);
    if (!bytes) return std::unexpected(bytes.error());
    return bytes->integer(0, 0).value_or(0) >= kManyBytes;
}

/// In a transaction that holds the lock. False: another process was quicker.
Result<bool> run_one(StoreConnection& sql, const Migration& migration) {
    // It may wait for another process's migration, and an index for its rows.
    if (sql.is_postgres())
        if (auto set = sql.run_script("set local statement_timeout=0;set local lock_timeout=0");
            !set)
            return std::unexpected(set.error());
    if (const auto locked = sql.run(kLock); !locked) return std::unexpected(locked.error());
    if (const auto made = sql.run(kMakeTable); !made) return std::unexpected(made.error());
    const auto numbers = numbers_applied(sql);
    if (!numbers) return std::unexpected(numbers.error());
    if (has_run(*numbers, migration)) return false;
    if (auto done = run_script_of(sql, migration); !done) return std::unexpected(done.error());
    if (auto noted = note_applied(sql, migration); !noted) return std::unexpected(noted.error());
    return true;
}

/// Holds the session's lock. False: `stopping`.
Result<bool> run_statements(StoreConnection& sql, const Migration& migration,
                            const std::atomic<bool>& stopping) {
    const auto statements = statements_of(sql, migration);
    if (!statements) return std::unexpected(statements.error());
    for (const auto& statement : *statements) {
        if (stopping) return false;
        if (auto done = sql.run_script(statement); !done) return std::unexpected(done.error());
    }
    if (auto done = sql.run_script(kLookAgain); !done) return std::unexpected(done.error());
    if (auto noted = note_applied(sql, migration); !noted) return std::unexpected(noted.error());
    return true;
}

}  // namespace

Result<MigrationReport> run_migrations(StoreConnection& sql, std::string_view schema,
                                       bool may_defer) {
    if (!schema.empty() && sql.is_postgres())
        if (auto made = make_schema(sql, schema); !made)
            return migration_failed(sql, std::move(made.error()), "schema");
    MigrationReport report;
    const auto numbers = numbers_applied(sql);
    if (!numbers) return std::unexpected(numbers.error());
    for (const auto& migration : migrations_of(sql)) {
        if (has_run(*numbers, migration)) {
            ++report.present;
            continue;
        }
        if (may_defer && is_deferred(migration)) {
            const auto many = has_many_rows(sql);
            if (!many) return migration_failed(sql, many.error(), migration.name);
            if (*many) {
                report.is_complete = false;
                continue;
            }
        }
        bool ran = false;
        auto done = sql.transaction([&](Sql&) -> Result<void> {
            auto run = run_one(sql, migration);
            if (!run) return std::unexpected(run.error());
            ran = *run;
            // On Postgres the triggers compare whole rows; here they name columns, so they are made
            // when all are there, and with the last migration or not at all.
            const bool is_last = &migration == &migrations_of(sql).back();
            return ran && is_last && !sql.is_postgres() ? make_change_triggers(sql)
                                                        : Result<void>();
        });
        if (!done) return migration_failed(sql, std::move(done.error()), migration.name);
        if (ran)
            report.applied.emplace_back(migration.name);
        else
            ++report.present;
    }
    const auto is_summed = have_daily_sums(sql, "");
    if (!is_summed) return std::unexpected(is_summed.error());
    report.is_complete = report.is_complete && *is_summed;
    return report;
}

namespace {

Result<bool> has_all_indexes(Sql& sql) {
    const auto numbers = numbers_applied(sql);
    if (!numbers) return std::unexpected(numbers.error());
    return std::ranges::all_of(migrations_of(sql), [&](const Migration& migration) {
        return !is_deferred(migration) || has_run(*numbers, migration);
    });
}

Result<bool> make_indexes(StoreConnection& sql, const std::atomic<bool>& stopping) {
    // Other transactions are waited for, however long they take.
    if (auto set = sql.run_script("set statement_timeout=0;set lock_timeout=0"); !set)
        return std::unexpected(set.error());
    const auto locked = sql.run(kLockDeferred);
    if (!locked) return std::unexpected(locked.error());
    if (!locked->boolean(0, 0).value_or(false)) return false;
    for (const auto& migration : migrations_of(sql)) {
        const auto numbers = numbers_applied(sql);
        if (!numbers) return std::unexpected(numbers.error());
        if (!is_deferred(migration) || has_run(*numbers, migration)) continue;
        const auto done = run_statements(sql, migration, stopping);
        if (!done) return migration_failed(sql, done.error(), migration.name);
        if (!*done) return false;
    }
    if (auto unlocked = sql.run(kUnlockDeferred); !unlocked)
        return std::unexpected(unlocked.error());
    return true;
}

}  // namespace

Result<bool> run_deferred_migrations(StoreConnection& sql, const std::atomic<bool>& stopping) {
    // Sums first: they take seconds, indexes minutes.
    const auto filled = fill_daily_sums(sql, stopping);
    if (!filled || !*filled) return filled;
    const auto has_all = has_all_indexes(sql);
    if (!has_all || *has_all) return has_all;
    return make_indexes(sql, stopping);
}

Result<void> check_migrations(StoreConnection& sql) {
    const auto numbers = numbers_applied(sql);
    if (!numbers) return std::unexpected(numbers.error());
    for (const auto& migration : migrations_of(sql))
        if (!has_run(*numbers, migration))
            return fail(ErrorKind::internal,
                        "the migration " + std::string(migration.name) +
                            " has not run, and disable_prisma_schema_update forbids to run it at "
                            "the start: run `tollweir migrate`",
                        ErrorSource::gateway);
    return {};
}

}  // namespace tollweir
