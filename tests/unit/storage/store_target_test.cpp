#include "storage/store_target.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

using namespace std::chrono_literals;

StoreOptions options_with(const std::string& url) {
    StoreOptions options;
    options.database.url = Secret(url);
    options.data_dir = "data";
    return options;
}

TEST(StoreTarget, WithoutADatabaseIsAFileInTheDataDirectory) {
    const auto target = *store_target(options_with(""));
    EXPECT_TRUE(target.is_sqlite());
    EXPECT_EQ(target.sqlite_file, "data/tollweir.db");
    EXPECT_EQ(target.description, "SQLite in data/tollweir.db");
}

TEST(StoreTarget, TheDescriptionHasNoPasswordAndNoUser) {
    const auto target = *store_target(options_with("postgresql://lena:hush@db:1/litellm"));
    EXPECT_EQ(target.description, "PostgreSQL at db:1/litellm");
}

TEST(StoreTarget, WhatTheStringSaysGoesBeforeTheSettings) {
    auto options = options_with("postgresql://h/d?connection_limit=3&connect_timeout=1");
    options.database.pool_limit = 20;
    options.database.connect_timeout = 9s;
    options.database.socket_timeout = 8s;
    const auto target = *store_target(options);
    EXPECT_EQ(target.pool_limit, 3U);
    EXPECT_EQ(target.connection.connect_timeout, 1s);
    EXPECT_EQ(target.connection.socket_timeout, 8s);
}

TEST(StoreTarget, FurtherParametersOfTheConfigurationAreTranslatedToo) {
    auto options = options_with("postgresql://h/d");
    options.database.extra_connection_params = {{"sslmode", "require"}, {"schema", "llm"}};
    const auto target = *store_target(options);
    EXPECT_EQ(*target.connection.find("sslmode"), "require");
    EXPECT_EQ(target.connection.schema, "llm");
}

TEST(StoreTarget, AClientsCertificateIsOneWhereverItsKeyIsNamed) {
    auto options = options_with("postgresql://h/d?sslcert=me.pem");
    options.database.extra_connection_params = {{"sslkey", "me.key"}};
    const auto target = *store_target(options);
    ASSERT_NE(target.connection.find("sslcert"), nullptr);
    EXPECT_EQ(*target.connection.find("sslcert"), "me.pem");
    EXPECT_EQ(target.connection.find("sslrootcert"), nullptr);
}

TEST(StoreTarget, NothingIsPreparedWhereConnectionsChangeHands) {
    EXPECT_EQ(store_target(options_with("postgresql://h/d"))->connection.prepared_statements, true);
    EXPECT_EQ(store_target(options_with("postgresql://h/d?pgbouncer=true"))
                  ->connection.prepared_statements,
              false);
}

TEST(StoreTarget, MigrationsGoTheDirectWay) {
    auto options = options_with("postgresql://pooler/d?pgbouncer=true");
    options.database.direct_url = Secret("postgresql://direct/d");
    EXPECT_EQ(migration_target(options)->description, "PostgreSQL at direct:5432/d");

    options.database.url = Secret();
    EXPECT_TRUE(migration_target(options)->is_sqlite()) << "DIRECT_URL alone names no store";
}

}  // namespace
}  // namespace tollweir
