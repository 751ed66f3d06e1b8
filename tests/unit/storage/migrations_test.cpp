#include "storage/migrations.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "storage/embedded_migrations.hpp"
#include "unit/storage/test_store.hpp"

namespace tollweir {
namespace {

class MigrationsTest : public BothStores {};

TEST_P(MigrationsTest, RunOnceAndSayWhatTheyDid) {
    const auto first = migrate_store(store_->options());
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_EQ(first->applied.size(), sqlite_migrations().size());
    EXPECT_EQ(first->applied.front(), "0001_litellm_tables");
    EXPECT_EQ(first->present, 0U);

    const auto second = migrate_store(store_->options());
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->applied.empty());
    EXPECT_EQ(second->present, sqlite_migrations().size());
}

TEST_P(MigrationsTest, TolerateTablesThatAreThere) {
    ASSERT_TRUE(migrate_store(store_->options()));
    ASSERT_TRUE(store_->connect()->run("delete from tollweir_migration where number <= 2"));

    const auto again = migrate_store(store_->options());

    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->applied.size(), 2U);
}

TEST_P(MigrationsTest, OfManyProcessesOneMigrates) {
    std::atomic<std::size_t> applied{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            const auto report = migrate_store(store_->options());
            EXPECT_TRUE(report) << report.error().message;
            if (report) applied += report->applied.size();
        });
    for (auto& thread : threads) thread.join();

    EXPECT_EQ(applied, sqlite_migrations().size());
}

TEST_P(MigrationsTest, WhereTheyAreForbiddenTheMissingOneIsNamed) {
    auto options = store_->options();
    options.database.migrate = false;
    const auto source = *StoreSource::make(options);

    const auto missing = source->migrate();
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().message.find("0001_litellm_tables"), std::string::npos);

    ASSERT_TRUE(migrate_store(options));
    EXPECT_TRUE(source->migrate());
}

TEST_P(MigrationsTest, MakeEveryTableWithItsColumns) {
    ASSERT_TRUE(migrate_store(store_->options()));
    const auto sql = store_->connect();
    const auto count = [&](std::string_view table) {
        const auto rows = sql->run(Statement("select count(*) from pragma_table_info($1)",
                                             "select count(*) from information_schema.columns "
                                             "where table_name = $1"),
                                   {table});
        return rows ? rows->integer(0, 0).value_or(-1) : -1;
    };

    EXPECT_GE(count("LiteLLM_VerificationToken"), 43);
    EXPECT_GE(count("LiteLLM_TeamTable"), 30);
    EXPECT_GE(count("LiteLLM_UserTable"), 25);
    EXPECT_GE(count("LiteLLM_SpendLogs"), 32);
    EXPECT_GE(count("LiteLLM_DailyTagSpend"), 19);
    const auto key = sql->run(
        "insert into \"LiteLLM_VerificationToken\" (token) values ('h') returning spend, models, "
        "metadata, blocked, created_at");
    ASSERT_TRUE(key);
    EXPECT_EQ(key->real(0, 0), 0.0);
    EXPECT_TRUE(key->list(0, 1).empty());
    EXPECT_EQ(key->text(0, 2), "{}");
    EXPECT_TRUE(key->is_null(0, 3));
    EXPECT_TRUE(key->time(0, 4).has_value());
}

TOLLWEIR_BOTH_STORES(MigrationsTest);

constexpr const char* kSpendIndexes =
    "select count(*), count(*) filter (where indisvalid) from pg_index where indrelid = "
    "'\"LiteLLM_SpendLogs\"'::regclass";

TEST(Migrations, AreTheSameForBothStores) {
    const auto lite = sqlite_migrations();
    const auto postgres = postgres_migrations();
    ASSERT_EQ(lite.size(), postgres.size());
    for (std::size_t i = 0; i < lite.size(); ++i) EXPECT_EQ(lite[i].name, postgres[i].name);
}

class PostgresMigrations : public testing::Test {
protected:
    void SetUp() override {
        store_ = TestStore::make(SqlDialect::postgres);
        if (!store_) GTEST_SKIP() << "TOLLWEIR_TEST_POSTGRES is not set (tests/support/postgres)";
    }
    std::unique_ptr<TestStore> store_;
};

TEST_F(PostgresMigrations, ARoleWithoutTheRightIsToldWhichItNeeds) {
    const auto sql = store_->connect();
    ASSERT_TRUE(sql->run_script(
        "do $$ begin create role weak login; exception when duplicate_object or unique_violation "
        "then null; end $$"));
    auto options = store_->options();
    auto url = options.database.url.reveal();
    options.database.url = Secret(url.replace(url.find("postgres@"), 8, "weak"));

    const auto report = migrate_store(options);

    ASSERT_FALSE(report);
    EXPECT_NE(report.error().message.find("0001_litellm_tables"), std::string::npos);
    EXPECT_NE(report.error().message.find("permission denied"), std::string::npos);
    EXPECT_NE(report.error().message.find("DIRECT_URL"), std::string::npos);
}

TEST_F(PostgresMigrations, IndexesOfVeryManyRowsAreMadeLater) {
    ASSERT_TRUE(migrate_store(store_->options()));
    const auto sql = store_->connect();
    const auto indexes = sql->run(kSpendIndexes)->integer(0, 0);
    // As if LiteLLM had made the table; one index has another name.
    ASSERT_TRUE(sql->run_script(
        "delete from tollweir_migration where number = 13;"
        "drop index tollweir_spend_record_id, tollweir_spend_model, tollweir_spend_failure, "
        "\"LiteLLM_SpendLogs_startTime_idx\";"
        "create index by_time on \"LiteLLM_SpendLogs\" (\"startTime\");"
        "insert into \"LiteLLM_SpendLogs\" (request_id, call_type, \"startTime\", \"endTime\") "
        "select number, 'acompletion', now(), now() from generate_series(1, 400) as number"));
    const std::atomic<bool> stopping{true};
    const std::atomic<bool> goes_on{false};

    const auto cut_off = run_deferred_migrations(*store_->connect(), stopping);
    ASSERT_TRUE(cut_off) << cut_off.error().message;
    EXPECT_FALSE(*cut_off);
    EXPECT_LT(sql->run(kSpendIndexes)->integer(0, 0), indexes);
    const auto holder = store_->connect();
    ASSERT_TRUE(holder->run("select pg_advisory_lock(7236838021462)"));
    EXPECT_EQ(run_deferred_migrations(*store_->connect(), goes_on), false) << "another is at it";
    ASSERT_TRUE(holder->run("select pg_advisory_unlock(7236838021462)"));

    const auto done = run_deferred_migrations(*store_->connect(), goes_on);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_TRUE(*done);
    const auto made = sql->run(kSpendIndexes);
    EXPECT_EQ(made->integer(0, 0), indexes);
    EXPECT_EQ(made->integer(0, 1), indexes) << "all are valid";
    const auto known = sql->run(
        "select null_frac from pg_stats where tablename = 'LiteLLM_SpendLogs' and attname = "
        "'tollweir_call_id'");
    ASSERT_EQ(known->size(), 1U);
    EXPECT_EQ(known->real(0, 0), 1.0) << "nobody's call has an id yet";
    EXPECT_TRUE(check_migrations(*sql));
}

TEST_F(PostgresMigrations, GoIntoTheSchemaThatIsNamed) {
    auto options = store_->options();
    options.database.url = Secret(options.database.url.reveal() + "&schema=llm%20Gateway");

    ASSERT_TRUE(migrate_store(options));

    const auto rows = store_->connect()->run(
        "select count(*) from pg_tables where schemaname = 'llm Gateway' and tablename = "
        "'LiteLLM_VerificationToken'");
    EXPECT_EQ(rows->integer(0, 0), 1);
}

TEST_F(PostgresMigrations, GoIntoThatSchemaByTheDirectWayToo) {
    auto options = store_->options();
    options.database.direct_url = options.database.url;
    options.database.url = Secret(options.database.url.reveal() + "&schema=llm");

    ASSERT_TRUE(migrate_store(options));

    const auto rows = store_->connect()->run(
        "select schemaname from pg_tables where tablename = 'LiteLLM_VerificationToken'");
    ASSERT_EQ(rows->size(), 1U);
    EXPECT_EQ(rows->text(0, 0), "llm");
}

TEST_F(PostgresMigrations, AnOlderTableGetsWhatItLacksAndKeepsWhatItHas) {
    const auto sql = store_->connect();
    ASSERT_TRUE(sql->run_script(
        "create table \"LiteLLM_TeamTable\" (\"team_id\" text not null, \"team_alias\" text, "
        "\"max_budget\" double precision, \"spend\" double precision not null default 0, "
        "constraint "
        "\"LiteLLM_TeamTable_pkey\" primary key (\"team_id\"));"
        "create index odd_name on \"LiteLLM_TeamTable\" (team_alias);"
        "insert into \"LiteLLM_TeamTable\" values ('t', 'Search', 12.5, 3.25)"));

    ASSERT_TRUE(migrate_store(store_->options()));

    const auto team = sql->run(
        "select team_alias, max_budget, spend, models, blocked from \"LiteLLM_TeamTable\"");
    ASSERT_TRUE(team);
    EXPECT_EQ(team->text(0, 0), "Search");
    EXPECT_EQ(team->real(0, 1), 12.5);
    EXPECT_EQ(team->real(0, 2), 3.25);
    EXPECT_EQ(team->text(0, 3), "[]");
    EXPECT_EQ(team->boolean(0, 4), false);
    const auto indexes = sql->run(
        "select count(*) from pg_indexes where tablename = 'LiteLLM_TeamTable' and indexdef like "
        "'%(team_alias)'");
    EXPECT_EQ(indexes->integer(0, 0), 1) << "one over the same column was there";
}

}  // namespace
}  // namespace tollweir
