#include <gtest/gtest.h>

#include <thread>

#include "tollweir/core/time_text.hpp"
#include "unit/storage/test_store.hpp"

namespace tollweir {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;

class SqlTest : public BothStores {
protected:
    void SetUp() override {
        BothStores::SetUp();
        if (!store_) return;
        sql_ = store_->connect();
        const auto made = sql_->run_script(
            is_postgres() ? "create table t (id text primary key, whole bigint, part double "
                            "precision, yes boolean, at timestamp(3), list text[], json jsonb, "
                            "money numeric(38,0))"
                          : "create table t (id text primary key, whole integer, part real, yes "
                            "boolean, at timestamp text, list list text, json json text, money "
                            "integer)");
        ASSERT_TRUE(made) << sql_->last_failure();
    }

    SqlRows run(const Statement& statement, std::initializer_list<SqlValue> values = {}) {
        auto rows = sql_->run(statement, values);
        EXPECT_TRUE(rows) << rows.error().message << ": " << sql_->last_failure();
        return rows ? std::move(*rows) : SqlRows();
    }

    ErrorKind failure_of(const Statement& statement, std::initializer_list<SqlValue> values = {}) {
        const auto rows = sql_->run(statement, values);
        EXPECT_FALSE(rows);
        return rows ? ErrorKind::client_closed : rows.error().kind;
    }

    std::unique_ptr<StoreConnection> sql_;
};

TEST_P(SqlTest, HandsOverRowsAsTheyAre) {
    const std::string odd = "tab\t line\n\r back\\slash \\N 'quote' $1 \b\f\v Zoë";
    run("insert into t (id, whole, money) values ($1, 7, $2)",
        {odd, SqlValue::Sum{9'000'000'000'000'000'000}});
    run("insert into t (id, whole) values ('', null)");
    const std::vector<std::string> ids = {odd, ""};
    const SqlValue values[] = {SqlValue::List{ids}, SqlValue(odd)};
    std::vector<std::string> seen;

    const auto done = sql_->each(
        is_postgres() ? "select id, whole, money, '' from t where id = any($1) and '' <> $2 order "
                        "by id desc"
                      : "select id, whole, money, '' from t where id in (select value from "
                        "json_each($1)) and '' <> $2 order by id desc",
        values, [&](const SqlRowView& row) {
            EXPECT_EQ(row.text(3), "");
            seen.emplace_back(row.text(0));
            seen.push_back(std::to_string(row.integer(1)) + " " + to_text(row.sum(2)));
        });

    ASSERT_TRUE(done) << sql_->last_failure();
    EXPECT_EQ(seen, (std::vector<std::string>{odd, "7 9000000000000000000", "", "0 0"}));
}

TEST_P(SqlTest, GoesOnAfterAStatementForManyRowsFailed) {
    const SqlValue none[] = {SqlValue(0)};
    const auto ignore = [](const SqlRowView&) {};
    EXPECT_FALSE(sql_->each("select nothing from t", {}, ignore));
    EXPECT_FALSE(
        sql_->each("select id from t where id = $1", std::vector{SqlValue("\0"sv)}, ignore));
    ASSERT_TRUE(sql_->transaction([&](Sql& sql) {
        return each_row(sql, "select id from t where whole = $1", none, ignore);
    })) << sql_->last_failure();
    EXPECT_TRUE(sql_->is_usable());
}

TEST_P(SqlTest, GivesBackEveryKindOfValueAsItWas) {
    const std::vector<std::string> list = {"a", "", "with \"quotes\", {commas} and \\", "NULL"};
    const auto at = *parse_rfc3339("2026-11-20T03:07:45.120+00:00");
    const PicodollarSum money = 9'000'000'000'000'000'000;
    run("insert into t (id, whole, part, yes, at, list, json, money) values ($1, $2, $3, $4, $5, "
        "$6, $7, $8)",
        {"Zoë 💶", std::int64_t{-9'007'199'254'740'993}, 0.1, true, at, SqlValue::List{list},
         SqlValue::Json{R"({"a": [1, null]})"}, SqlValue::Sum{money}});

    const auto rows = run("select id, whole, part, yes, at, list, json, money from t");

    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows.text(0, 0), "Zoë 💶");
    EXPECT_EQ(rows.integer(0, 1), -9'007'199'254'740'993);
    EXPECT_EQ(rows.real(0, 2), 0.1);
    EXPECT_EQ(rows.boolean(0, 3), true);
    EXPECT_EQ(rows.time(0, 4), at);
    EXPECT_EQ(rows.text(0, 4), "2026-11-20T03:07:45.120000+00:00");
    EXPECT_EQ(rows.list(0, 5), list);
    EXPECT_EQ(rows.text(0, 6), R"({"a": [1, null]})");
    EXPECT_TRUE(rows.sum(0, 7) == money);
}

TEST_P(SqlTest, NullIsNothingOfEveryType) {
    run("insert into t (id, whole) values ('n', $1)", {std::optional<std::int64_t>()});

    const auto rows = run("select whole, part, yes, at, list, json, money from t");

    for (std::size_t column = 0; column < 7; ++column) EXPECT_TRUE(rows.is_null(0, column));
    EXPECT_EQ(rows.integer(0, 0), std::nullopt);
    EXPECT_EQ(rows.real(0, 1), std::nullopt);
    EXPECT_EQ(rows.boolean(0, 2), std::nullopt);
    EXPECT_EQ(rows.time(0, 3), std::nullopt);
    EXPECT_TRUE(rows.list(0, 4).empty());
    EXPECT_TRUE(rows.text(0, 5).empty());
    EXPECT_FALSE(rows.sum(0, 6).has_value());
}

TEST_P(SqlTest, ParametersGoByTheirNumberNotTheirPlace) {
    const auto rows =
        run(Statement("select $2, $1, $2", "select $2::text, $1::text, $2::text"), {"one", "two"});

    EXPECT_EQ(rows.text(0, 0), "two");
    EXPECT_EQ(rows.text(0, 1), "one");
    EXPECT_EQ(rows.text(0, 2), "two");
}

TEST_P(SqlTest, SaysHowManyRowsAStatementChanged) {
    run("insert into t (id) values ('a'), ('b'), ('c')");

    EXPECT_EQ(run("update t set whole = 1 where id <> $1", {"a"}).affected(), 2U);
    EXPECT_EQ(run("update t set whole = 1 where id = 'none'").affected(), 0U);
    EXPECT_EQ(run("delete from t").affected(), 3U);
}

TEST_P(SqlTest, ReturningGivesRows) {
    const auto rows = run("insert into t (id, whole) values ($1, $2) returning whole", {"r", 7});

    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows.integer(0, 0), 7);
}

TEST_P(SqlTest, TimesSortAsTextsDo) {
    const auto early = *parse_rfc3339("2026-11-20T03:07:45+00:00");
    run("insert into t (id, at) values ('late', $1), ('early', $2)", {early + 1ms, early});

    const auto rows = run("select id from t where at <= $1 order by at", {early});

    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows.text(0, 0), "early");
}

TEST_P(SqlTest, AStatementMadeAtRunTimeRuns) {
    const std::string columns = "id, whole";
    run("insert into t (id, whole) values ('x', 3)");

    EXPECT_EQ(run(Statement("select " + columns + " from t where whole = $1"), {3}).size(), 1U);
}

TEST_P(SqlTest, ATakenValueIsAConflictThatNamesWhatIsUnique) {
    run("insert into t (id) values ('a')");

    const auto again = sql_->run("insert into t (id) values ($1)", {"a"});

    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, ErrorKind::conflict);
    EXPECT_EQ(*again.error().param_json, is_postgres() ? "\"t_pkey\"" : "\"t.id\"");
}

TEST_P(SqlTest, ANulInATextIsABadRequest) {
    using namespace std::string_view_literals;
    const std::vector<std::string> list = {std::string("a\0b", 3)};

    EXPECT_EQ(failure_of("select whole from t where id = $1", {"a\0b"sv}), ErrorKind::bad_request);
    EXPECT_EQ(failure_of("insert into t (id, list) values ('l', $1)", {SqlValue::List{list}}),
              ErrorKind::bad_request);
}

TEST_P(SqlTest, AWrongStatementIsInternalAndTheConnectionGoesOn) {
    EXPECT_EQ(failure_of("select a from nowhere"), ErrorKind::internal);
    EXPECT_EQ(failure_of("select a from nowhere"), ErrorKind::internal);

    EXPECT_EQ(run("select count(*) from t").integer(0, 0), 0);
    EXPECT_TRUE(sql_->is_usable());
}

TEST_P(SqlTest, ATransactionIsAllOrNothing) {
    const auto failed = sql_->transaction([&](Sql& sql) -> Result<void> {
        auto put = sql.run("insert into t (id) values ('a')");
        EXPECT_TRUE(put);
        return fail(ErrorKind::bad_request, "no");
    });
    EXPECT_EQ(failed.error().message, "no");
    EXPECT_EQ(run("select count(*) from t").integer(0, 0), 0);

    const auto done = sql_->transaction([&](Sql& sql) -> Result<void> {
        auto put = sql.run("insert into t (id) values ('a')");
        if (!put) return std::unexpected(put.error());
        return {};
    });
    EXPECT_TRUE(done);
    EXPECT_EQ(run("select count(*) from t").integer(0, 0), 1);
}

TEST_P(SqlTest, ATransactionThatThrowsRollsBack) {
    EXPECT_THROW((void)sql_->transaction([&](Sql& sql) -> Result<void> {
        (void)sql.run("insert into t (id) values ('a')");
        throw std::runtime_error("no");
    }),
                 std::runtime_error);

    EXPECT_EQ(run("select count(*) from t").integer(0, 0), 0);
}

TEST_P(SqlTest, TransactionsThatWantEachOthersRowsAllEndWell) {
    run("insert into t (id, whole) values ('a', 0), ('b', 0)");
    const auto add = [&](const char* first, const char* second) {
        const auto sql = store_->connect();
        for (int round = 0; round < 20; ++round) {
            const auto done = sql->transaction([&](Sql& inner) -> Result<void> {
                for (const char* id : {first, second})
                    if (auto set = inner.run("update t set whole = whole + 1 where id = $1", {id});
                        !set)
                        return std::unexpected(set.error());
                return {};
            });
            EXPECT_TRUE(done) << sql->last_failure();
        }
    };
    if (is_postgres()) ASSERT_TRUE(sql_->run("set deadlock_timeout = '10ms'"));

    std::thread other([&] { add("a", "b"); });
    add("b", "a");
    other.join();

    EXPECT_EQ(run("select sum(whole) from t").integer(0, 0), 80);
}

TEST_P(SqlTest, ATransactionThatWentOnAfterAFailureIsNeverHalfDone) {
    run("insert into t (id) values ('a')");
    const auto done = sql_->transaction([&](Sql& sql) -> Result<void> {
        EXPECT_TRUE(sql.run("insert into t (id) values ('b')"));
        EXPECT_FALSE(sql.run("insert into t (id) values ('a')"));
        return {};
    });

    const auto count = run("select count(*) from t").integer(0, 0);
    EXPECT_EQ(count, done ? 2 : 1);
    EXPECT_EQ(done.has_value(), !is_postgres());
}

TEST_P(SqlTest, SessionsAreInUtcWhateverTheDatabaseSays) {
    if (is_postgres()) {
        const auto set = sql_->run_script(
            "do $$ begin execute format('alter database %I set timezone to %L', "
            "current_database(), 'Asia/Tokyo'); end $$");
        ASSERT_TRUE(set) << sql_->last_failure();
        sql_ = store_->connect();
    }
    const auto rows = run(Statement("select datetime('now')", "select localtimestamp"));

    EXPECT_LT(std::chrono::abs(*rows.time(0, 0) - WallClock::now()), 1min);
}

TOLLWEIR_BOTH_STORES(SqlTest);

}  // namespace
}  // namespace tollweir
