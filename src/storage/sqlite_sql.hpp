#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/store_connection.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace tollweir {

struct SqliteOptions {
    std::filesystem::path file;
    std::chrono::milliseconds busy_timeout{5'000};
    // What was committed outlives a power cut; without it only a crash of the process.
    bool survives_power_cut = true;
    // Move the log into the file where this connection is the last one to close, which syncs.
    bool tidies_at_close = true;
};

/// One connection to the embedded store, of one thread.
class SqliteSql final : public StoreConnection {
public:
    /// Makes the file, for its owner's eyes only. Errors as Sql's; `bad_request`: the file cannot
    /// be made or is no database.
    static Result<std::unique_ptr<SqliteSql>> open(const SqliteOptions& options);
    ~SqliteSql() override;

    SqlDialect dialect() const override { return SqlDialect::sqlite; }
    using Sql::run;
    Result<SqlRows> run(const Statement& statement, std::span<const SqlValue> values) override;
    Result<void> transaction(const std::function<Result<void>(Sql&)>& work) override;
    Result<void> each(const std::string& text, std::span<const SqlValue> values,
                      const TakeRow& take) override;
    Result<void> run_script(const std::string& script) override;
    void interrupt() override;
    std::string last_failure() const override;
    bool is_usable() override { return true; }

private:
    struct CloseDatabase {
        void operator()(sqlite3* database) const;
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    struct Prepared {
        std::unique_ptr<sqlite3_stmt, Finalize> statement;
        // SQLite numbers `$2` by where it first stands, not by its name: which value is whose. To
        // ask it for each value would take time that grows with the square of their count.
        std::vector<std::size_t> values;
    };

    explicit SqliteSql(sqlite3* database) : database_(database) {}
    Result<const Prepared*> find_prepared(std::string_view text);
    Result<Prepared> prepare(std::string_view text, bool kept);
    Result<SqlRows> step(const Prepared& prepared, std::span<const SqlValue> values);
    Result<void> bind(const Prepared& prepared, std::span<const SqlValue> values);
    Result<void> use_write_ahead_log(std::chrono::milliseconds patience);
    GatewayError last_error();

    std::unique_ptr<sqlite3, CloseDatabase> database_;
    std::unordered_map<std::string_view, Prepared> prepared_;  // keys are literals
    std::string last_failure_;
    bool in_transaction_ = false;
};

}  // namespace tollweir
