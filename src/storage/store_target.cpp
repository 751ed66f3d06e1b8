#include "storage/store_target.hpp"

namespace tollweir {
namespace {

Result<StoreTarget> target_of(const StoreOptions& options, const Secret& url) {
    const auto& database = options.database;
    StoreTarget target;
    target.pool_timeout = database.pool_timeout;
    target.pool_limit = database.pool_limit;
    if (url.empty()) {
        target.sqlite_file = options.data_dir / "tollweir.db";
        target.description = "SQLite in " + target.sqlite_file.string();
        return target;
    }
    auto parsed = parse_connection_string(url.reveal());
    if (!parsed) return std::unexpected(parsed.error());
    auto& connection = target.connection = std::move(*parsed);
    if (connection.sqlite_file) {
        target.sqlite_file = *connection.sqlite_file;
        target.description = "SQLite in " + target.sqlite_file.string();
        return target;
    }
    for (const auto& [name, value] : database.extra_connection_params)
        if (auto applied = apply_connection_param(connection, name, value); !applied)
            return std::unexpected(applied.error());
    finish_connection_params(connection);
    // What stands in the string is meant for this database: it goes before general settings.
    if (connection.pool_limit) target.pool_limit = *connection.pool_limit;
    if (connection.pool_timeout) target.pool_timeout = *connection.pool_timeout;
    if (!connection.connect_timeout) connection.connect_timeout = database.connect_timeout;
    if (!connection.socket_timeout) connection.socket_timeout = database.socket_timeout;
    if (!connection.prepared_statements)
        connection.prepared_statements =
            database.prepared_statements && !connection.behind_pgbouncer;
    target.description = "PostgreSQL at " + connection.place();
    return target;
}

}  // namespace

Result<StoreTarget> store_target(const StoreOptions& options) {
    return target_of(options, options.database.url);
}

Result<StoreTarget> migration_target(const StoreOptions& options) {
    const auto& database = options.database;
    return target_of(options, database.direct_url.empty() || database.url.empty()
                                  ? database.url
                                  : database.direct_url);
}

}  // namespace tollweir
