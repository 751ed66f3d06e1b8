#include "loading.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;
using Variables = std::map<std::string, std::string>;

DatabaseConfig database_of(const std::string& text, Variables variables = {}) {
    return loaded(text, std::move(variables)).config.database;
}

std::string url_of(Variables variables) {
    return database_of("model_list: []", std::move(variables)).url.reveal();
}

TEST(DatabaseUrl, ComesFromTheFileThenTheVariableThenItsParts) {
    const Variables both = {{"DATABASE_URL", "postgresql://env/db"}, {"DATABASE_HOST", "parts"}};
    EXPECT_EQ(
        database_of("general_settings: {database_url: postgresql://file/db}", both).url.reveal(),
        "postgresql://file/db");
    EXPECT_EQ(url_of(both), "postgresql://env/db");
    EXPECT_EQ(url_of({}), "");
}

TEST(DatabaseUrl, IsMadeOfPartsWithTheirSignsEncoded) {
    EXPECT_EQ(url_of({{"DATABASE_HOST", "db:6543"},
                      {"DATABASE_USERNAME", "me@home"},
                      {"DATABASE_PASSWORD", "p$s/w:rd"},
                      {"DATABASE_NAME", "spend"},
                      {"DATABASE_SCHEMA", "litellm"}}),
              "postgresql://me%40home:p%24s%2Fw%3Ard@db:6543/spend?schema=litellm");
    EXPECT_EQ(url_of({{"DATABASE_HOST", "db"},
                      {"DATABASE_PORT", "6543"},
                      {"DATABASE_USERNAME", "me"},
                      {"DATABASE_NAME", "spend"}}),
              "postgresql://me@db:6543/spend");
}

TEST(DatabaseUrl, TakesAnAddressAndAFolderAsItsHost) {
    const auto with_host = [](const char* host) {
        return url_of({{"DATABASE_HOST", host},
                       {"DATABASE_PORT", "6543"},
                       {"DATABASE_USERNAME", "me"},
                       {"DATABASE_NAME", "spend"}});
    };
    EXPECT_EQ(with_host("fd00::1"), "postgresql://me@[fd00::1]:6543/spend");
    EXPECT_EQ(with_host("[fd00::1]:7"), "postgresql://me@[fd00::1]:7/spend");
    EXPECT_EQ(with_host("/run/pg"), "postgresql://me@%2Frun%2Fpg:6543/spend");
}

TEST(DatabaseUrl, NeedsAllItsParts) {
    const Variables lonely = {{"DATABASE_HOST", "db"}};
    EXPECT_EQ(url_of(lonely), "");
    EXPECT_TRUE(warnings_of("model_list: []", lonely)
                    .contains("DATABASE_USERNAME and DATABASE_NAME must be set"));
}

TEST(DatabaseUrl, MayHoldSignsThatNobodyEncoded) {
    EXPECT_EQ(url_of({{"DATABASE_URL", "postgresql://postgres:p$ssw0rd$$x@db/postgres"}}),
              "postgresql://postgres:p$ssw0rd$$x@db/postgres");
}

TEST(DatabaseSettings, AreRead) {
    const auto database = database_of(R"(
general_settings:
  database_connection_pool_limit: 25
  database_connection_timeout: 5
  database_connect_timeout: 1.5
  database_socket_timeout: 2
  database_statement_timeout: 3
  database_lock_timeout: 4
  database_idle_in_transaction_session_timeout: 6
  database_max_idle_connection_lifetime: 1h
  database_disable_prepared_statements: true
  database_extra_connection_params: {application_name: gw, keepalives: 1}
  disable_prisma_schema_update: true
  allow_requests_on_db_unavailable: true
  store_model_in_db: true
  supported_db_objects: [models, prompts]
  proxy_batch_write_at: 3
  proxy_budget_rescheduler_min_time: 10
  proxy_budget_rescheduler_max_time: 20
  proxy_batch_polling_interval: 30
  use_redis_transaction_buffer: true
)");
    EXPECT_EQ(database.pool_limit, 25U);
    EXPECT_EQ(database.pool_timeout, milliseconds(5'000));
    EXPECT_EQ(database.connect_timeout, milliseconds(1'500));
    EXPECT_EQ(database.socket_timeout, milliseconds(2'000));
    EXPECT_EQ(database.statement_timeout, milliseconds(3'000));
    EXPECT_EQ(database.lock_timeout, milliseconds(4'000));
    EXPECT_EQ(database.idle_in_transaction_timeout, milliseconds(6'000));
    EXPECT_EQ(database.max_idle_connection_lifetime, milliseconds(3'600'000));
    EXPECT_FALSE(database.prepared_statements);
    EXPECT_EQ(database.extra_connection_params,
              (std::vector<std::pair<std::string, std::string>>{{"application_name", "gw"},
                                                                {"keepalives", "1"}}));
    EXPECT_FALSE(database.migrate);
    EXPECT_TRUE(database.allow_requests_when_unavailable);
    EXPECT_TRUE(database.stores_models);
    EXPECT_EQ(database.stored_objects, (std::vector{StoredObject::models, StoredObject::prompts}));
    EXPECT_EQ(database.write_interval, milliseconds(3'000));
    EXPECT_EQ(database.budget_reset_interval_min, milliseconds(10'000));
    EXPECT_EQ(database.budget_reset_interval_max, milliseconds(20'000));
    EXPECT_EQ(database.batch_polling_interval, milliseconds(30'000));
    EXPECT_TRUE(database.use_redis_transaction_buffer);
}

TEST(DatabaseSettings, TakeTheOtherNameOfThePoolsTimeout) {
    EXPECT_EQ(database_of("general_settings: {database_connection_pool_timeout: 7}").pool_timeout,
              milliseconds(7'000));
    EXPECT_EQ(database_of("general_settings: {database_connection_pool_timeout: 7, "
                          "database_connection_timeout: 8}")
                  .pool_timeout,
              milliseconds(8'000));
}

TEST(StoreModelInDb, ComesFromTheFileThenTheVariable) {
    const Variables on = {{"STORE_MODEL_IN_DB", "True"}};
    EXPECT_TRUE(database_of("model_list: []", on).stores_models);
    EXPECT_FALSE(database_of("general_settings: {store_model_in_db: false}", on).stores_models);
}

TEST(BudgetRescheduler, NeverEndsBeforeItBegins) {
    const auto database = database_of("general_settings: {proxy_budget_rescheduler_min_time: 900}");
    EXPECT_EQ(database.budget_reset_interval_max, milliseconds(900'000));
}

}  // namespace
}  // namespace tollweir
