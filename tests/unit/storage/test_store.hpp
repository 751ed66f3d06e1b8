#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "storage/store_connection.hpp"
#include "storage/store_source.hpp"
#include "tollweir/storage/store_pool.hpp"

namespace tollweir {

/// A store of its own for one test: a file in a temporary folder, or a database in the cluster that
/// TOLLWEIR_TEST_POSTGRES names (tests/support/postgres).
class TestStore {
public:
    /// Null: there is no cluster.
    static std::unique_ptr<TestStore> make(SqlDialect dialect);
    ~TestStore();

    const StoreOptions& options() const { return options_; }
    std::unique_ptr<StoreConnection> connect() const;
    /// Connections of everybody else to the database end.
    void cut_connections() const;

private:
    TestStore() = default;

    StoreOptions options_;
    std::string database_;  // of the cluster; empty: SQLite
};

/// Every test runs over both stores.
class BothStores : public testing::TestWithParam<SqlDialect> {
protected:
    void SetUp() override {
        store_ = TestStore::make(GetParam());
        if (!store_) GTEST_SKIP() << "TOLLWEIR_TEST_POSTGRES is not set (tests/support/postgres)";
    }

    bool is_postgres() const { return GetParam() == SqlDialect::postgres; }
    std::unique_ptr<TestStore> store_;
};

/// The same over a store that is ready to be used.
class MigratedStores : public BothStores {
protected:
    void SetUp() override;

    Sql& sql() { return *sql_; }
    std::unique_ptr<StoreConnection> sql_;
};

inline std::string name_of_store(const testing::TestParamInfo<SqlDialect>& info) {
    return info.param == SqlDialect::postgres ? "Postgres" : "Sqlite";
}

#define TOLLWEIR_BOTH_STORES(suite) \
    INSTANTIATE_TEST_SUITE_P(       \
        Store, suite, testing::Values(SqlDialect::sqlite, SqlDialect::postgres), name_of_store)

/// For what only PostgreSQL knows: other programs that write to the same database.
#define TOLLWEIR_ONLY_POSTGRES(suite) \
    INSTANTIATE_TEST_SUITE_P(Store, suite, testing::Values(SqlDialect::postgres), name_of_store)

}  // namespace tollweir
