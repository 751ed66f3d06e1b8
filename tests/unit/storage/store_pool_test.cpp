#include "tollweir/storage/store_pool.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "tollweir/storage/migrations.hpp"
#include "unit/storage/test_store.hpp"

namespace tollweir {
namespace {

using namespace std::chrono_literals;

template <class Condition>
bool becomes_true(Condition condition, std::chrono::milliseconds longest = 10s) {
    const auto until = Clock::now() + longest;
    while (!condition()) {
        if (Clock::now() > until) return false;
        std::this_thread::sleep_for(2ms);
    }
    return true;
}

/// What the listener heard, as `table:id`.
class Heard {
public:
    void add(const StoreChange& change) {
        const std::lock_guard lock(mutex_);
        all_.push_back(std::string(change.table) + ":" + std::string(change.id));
    }
    std::vector<std::string> all() {
        const std::lock_guard lock(mutex_);
        return all_;
    }

private:
    std::mutex mutex_;
    std::vector<std::string> all_;
};

class StorePoolTest : public BothStores {
protected:
    void open() {
        auto opened = StorePool::open(store_->options());
        ASSERT_TRUE(opened) << opened.error().message;
        pool_ = std::move(*opened);
        pool_->on_change([this](const StoreChange& change) { heard_.add(change); });
        ASSERT_TRUE(becomes_true([&] { return pool_->is_reachable(); }));
    }

    Result<SqlRows> run(StoreLane lane, const char* statement) {
        return pool_->run_blocking(lane, [&](Sql& sql) { return sql.run(statement); });
    }

    Heard heard_;
    std::unique_ptr<StorePool> pool_;
};

TEST_P(StorePoolTest, IsMigratedOnceItIsReachable) {
    open();

    const auto rows = run(StoreLane::lookup, "select count(*) from \"LiteLLM_TeamTable\"");

    ASSERT_TRUE(rows);
    EXPECT_EQ(rows->integer(0, 0), 0);
    EXPECT_EQ(pool_->dialect(), GetParam());
    EXPECT_NE(pool_->description().find(is_postgres() ? "PostgreSQL at " : "SQLite in "),
              std::string::npos);
}

TEST_P(StorePoolTest, EachChangeIsToldOnceWhoeverMadeIt) {
    open();
    ASSERT_TRUE(
        run(StoreLane::admin, "insert into \"LiteLLM_TeamTable\" (team_id) values ('ours')"));
    ASSERT_TRUE(store_->connect()->run(
        "insert into \"LiteLLM_TeamMembership\" (user_id, team_id) values ('u', 'theirs')"));

    ASSERT_TRUE(becomes_true([&] { return heard_.all().size() >= 2; }, 2s));
    ASSERT_TRUE(run(StoreLane::admin, "delete from \"LiteLLM_TeamTable\""));
    ASSERT_TRUE(becomes_true([&] { return heard_.all().size() >= 3; }, 2s));

    EXPECT_EQ(heard_.all(), (std::vector<std::string>{"LiteLLM_TeamTable:ours",
                                                      "LiteLLM_TeamMembership:u\x1ftheirs",
                                                      "LiteLLM_TeamTable:ours"}));
}

TEST_P(StorePoolTest, SpendAloneIsNoChange) {
    open();
    ASSERT_TRUE(
        run(StoreLane::spend, "insert into \"LiteLLM_VerificationToken\" (token) values ('k')"));
    ASSERT_TRUE(run(StoreLane::spend,
                    "update \"LiteLLM_VerificationToken\" set spend = spend + 1, model_spend = "
                    "'{\"m\": 1}', last_active = current_timestamp, updated_at = "
                    "current_timestamp"));
    ASSERT_TRUE(run(StoreLane::spend,
                    "update \"LiteLLM_VerificationToken\" set spend = 0, blocked = true"));

    ASSERT_TRUE(becomes_true([&] { return heard_.all().size() >= 2; }, 2s));
    std::this_thread::sleep_for(300ms);
    EXPECT_EQ(heard_.all(), std::vector<std::string>(2, "LiteLLM_VerificationToken:k"));
}

TEST_P(StorePoolTest, AKeyThatIsRenamedIsAChangeOfBoth) {
    open();
    ASSERT_TRUE(
        run(StoreLane::admin, "insert into \"LiteLLM_VerificationToken\" (token) values ('old')"));
    ASSERT_TRUE(run(StoreLane::admin, "update \"LiteLLM_VerificationToken\" set token = 'new'"));

    ASSERT_TRUE(becomes_true([&] { return heard_.all().size() >= 3; }, 2s));
    auto heard = heard_.all();
    std::ranges::sort(heard);
    EXPECT_EQ(heard, (std::vector<std::string>{"LiteLLM_VerificationToken:new",
                                               "LiteLLM_VerificationToken:old",
                                               "LiteLLM_VerificationToken:old"}));
}

TEST_P(StorePoolTest, ManyChangesAtOnceAreToldAsEverything) {
    open();
    ASSERT_TRUE(pool_->run_blocking(StoreLane::admin, [](Sql& sql) {
        return sql.run(Statement(
            "with recursive n (i) as (select 1 union all select i + 1 from n where i < 3000) "
            "insert into \"LiteLLM_EndUserTable\" (user_id) select 'u' || i from n"));
    }));

    ASSERT_TRUE(becomes_true([&] { return !heard_.all().empty(); }, 3s));
    EXPECT_EQ(heard_.all(), std::vector<std::string>{":"});
}

TEST_P(StorePoolTest, AFullQueueRefusesAtOnce) {
    open();
    std::mutex gate;
    gate.lock();
    std::atomic<int> done{0};
    std::atomic<int> refused{0};
    const auto job = [&](Result<Sql*> sql) {
        if (!sql) {
            EXPECT_EQ(sql.error().kind, ErrorKind::unavailable);
            EXPECT_NE(sql.error().message.find("overloaded"), std::string::npos);
            ++refused;
            return;
        }
        const std::lock_guard wait(gate);
        ++done;
    };
    for (int i = 0; i < 1'100; ++i) pool_->post(StoreLane::spend, job);

    EXPECT_GE(refused, 75);
    EXPECT_TRUE(run(StoreLane::lookup, "select 1")) << "another lane goes on";
    gate.unlock();
    EXPECT_TRUE(becomes_true([&] { return done + refused == 1'100; }));
}

TEST_P(StorePoolTest, StopRunsWhatIsQueuedAndRefusesWhatComesLater) {
    open();
    std::atomic<int> done{0};
    for (int i = 0; i < 50; ++i)
        pool_->post(StoreLane::spend, [&](Result<Sql*> sql) {
            if (sql && (*sql)->run("select 1")) ++done;
        });

    pool_->stop();

    EXPECT_EQ(done, 50);
    EXPECT_EQ(run(StoreLane::spend, "select 1").error().kind, ErrorKind::unavailable);
    EXPECT_FALSE(pool_->is_reachable());
}

TOLLWEIR_BOTH_STORES(StorePoolTest);

class PostgresPool : public StorePoolTest {};

TEST_P(PostgresPool, ConnectionsThatWereCutAreMadeAgain) {
    open();
    ASSERT_TRUE(run(StoreLane::lookup, "select 1"));
    store_->cut_connections();

    EXPECT_TRUE(becomes_true([&] { return run(StoreLane::lookup, "select 1").has_value(); }, 5s));
    ASSERT_TRUE(becomes_true([&] { return pool_->is_reachable(); }, 5s));
    ASSERT_TRUE(run(StoreLane::admin, "insert into \"LiteLLM_TeamTable\" (team_id) values ('t')"));
    EXPECT_TRUE(becomes_true(
        [&] { return heard_.all() == std::vector<std::string>{"LiteLLM_TeamTable:t"}; }, 5s));
}

TEST_P(PostgresPool, ARoleWithoutRightsOnOurTablesMayStillChangeLiteLlms) {
    open();
    const auto sql = store_->connect();
    ASSERT_TRUE(sql->run_script(
        "do $$ begin create role litellm; exception when duplicate_object or unique_violation then "
        "null; end $$; grant insert on \"LiteLLM_TeamTable\" to litellm; set role litellm; set "
        "search_path = pg_temp"))
        << sql->last_failure();
    EXPECT_TRUE(sql->run("insert into public.\"LiteLLM_TeamTable\" (team_id) values ('theirs')"))
        << sql->last_failure();

    EXPECT_TRUE(becomes_true(
        [&] { return heard_.all() == std::vector<std::string>{"LiteLLM_TeamTable:theirs"}; }, 3s));
}

TEST_P(PostgresPool, BehindAPoolerEverythingIsSetInEachTransaction) {
    auto options = store_->options();
    options.database.url =
        Secret(options.database.url.reveal() + "&pgbouncer=true&schema=llm&socket_timeout=7");
    pool_ = std::move(*StorePool::open(options));
    pool_->on_change([this](const StoreChange& change) { heard_.add(change); });
    ASSERT_TRUE(becomes_true([&] { return pool_->is_reachable(); }));

    const auto rows = run(StoreLane::lookup,
                          "select current_setting('timezone'), current_setting('search_path'), "
                          "current_setting('statement_timeout'), (select count(*) from "
                          "pg_prepared_statements)");
    ASSERT_TRUE(rows);
    EXPECT_EQ(rows->text(0, 0), "UTC");
    EXPECT_EQ(rows->text(0, 1), "llm");
    EXPECT_EQ(rows->text(0, 2), "7s");
    EXPECT_EQ(rows->integer(0, 3), 0);
    ASSERT_TRUE(run(StoreLane::admin, "insert into \"LiteLLM_TeamTable\" (team_id) values ('t')"));
    EXPECT_TRUE(becomes_true(
        [&] { return heard_.all() == std::vector<std::string>{"LiteLLM_TeamTable:t"}; }, 3s));
}

TEST_P(PostgresPool, AStatementThatRunsTooLongEnds) {
    auto options = store_->options();
    options.database.statement_timeout = 100ms;
    pool_ = std::move(*StorePool::open(options));
    ASSERT_TRUE(becomes_true([&] { return pool_->is_reachable(); }));

    EXPECT_EQ(run(StoreLane::admin, "select pg_sleep(20)").error().kind, ErrorKind::unavailable);
    EXPECT_TRUE(run(StoreLane::admin, "select 1"));
}

TEST_P(PostgresPool, StopEndsAStatementThatDoesNot) {
    open();
    std::atomic<bool> failed{false};
    pool_->post(StoreLane::admin,
                [&](Result<Sql*> sql) { failed = !(*sql)->run("select pg_sleep(60)"); });
    std::this_thread::sleep_for(100ms);
    const auto began = Clock::now();

    pool_->stop();

    EXPECT_LT(Clock::now() - began, 7s);
    EXPECT_TRUE(failed);
}

INSTANTIATE_TEST_SUITE_P(Store, PostgresPool, testing::Values(SqlDialect::postgres), name_of_store);

TEST(StorePool, AStoreThatIsAwayIsUnavailableAndNoErrorAtTheStart) {
    StoreOptions options;
    options.database.url = Secret("postgresql://u:secret-word@127.0.0.1:1/db?connect_timeout=1");

    auto pool = StorePool::open(options);

    ASSERT_TRUE(pool);
    EXPECT_EQ((*pool)->description(), "PostgreSQL at 127.0.0.1:1/db");
    const auto rows =
        (*pool)->run_blocking(StoreLane::lookup, [](Sql& sql) { return sql.run("select 1"); });
    EXPECT_EQ(rows.error().kind, ErrorKind::unavailable);
    EXPECT_FALSE(rows.error().retry_after.empty());
    EXPECT_FALSE((*pool)->is_reachable());
}

TEST_P(PostgresPool, WorkThatComesRightAfterTheStartWaitsForTheFirstLook) {
    pool_ = std::move(*StorePool::open(store_->options()));

    EXPECT_TRUE(run(StoreLane::lookup, "select count(*) from \"LiteLLM_TeamTable\""));
}

TEST(StorePool, ADataFolderThatCannotBeWrittenIsAnErrorThatSaysWhatToDo) {
    StoreOptions options;
    options.data_dir = "/proc/no/such";

    const auto pool = StorePool::open(options);

    ASSERT_FALSE(pool);
    EXPECT_NE(pool.error().message.find("data_dir"), std::string::npos);
    EXPECT_NE(pool.error().message.find("DATABASE_URL"), std::string::npos);
}

TEST(StorePool, TheFileIsForItsOwnerOnly) {
    const auto store = TestStore::make(SqlDialect::sqlite);
    auto options = store->options();
    options.data_dir /= "made";
    const auto pool = StorePool::open(options);
    ASSERT_TRUE(pool);

    using std::filesystem::perms;
    const auto mode_of = [](const std::filesystem::path& path) {
        return std::filesystem::status(path).permissions();
    };
    EXPECT_EQ(mode_of(options.data_dir), perms::owner_all);
    for (const char* name : {"tollweir.db", "tollweir.db-wal", "tollweir.db-shm"})
        EXPECT_EQ(mode_of(options.data_dir / name), perms::owner_read | perms::owner_write) << name;
}

}  // namespace
}  // namespace tollweir
