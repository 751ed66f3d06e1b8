#include "storage/connection_string.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

ConnectionTarget read(std::string_view text) {
    auto target = parse_connection_string(text);
    EXPECT_TRUE(target) << target.error().message;
    if (!target) return {};
    finish_connection_params(*target);
    return std::move(*target);
}

std::string error_of(std::string_view text) {
    const auto target = parse_connection_string(text);
    EXPECT_FALSE(target) << text;
    return target ? "" : target.error().message;
}

std::string value(const ConnectionTarget& target, std::string_view keyword) {
    const auto* found = target.find(keyword);
    return found == nullptr ? "(none)" : *found;
}

TEST(ConnectionString, ReadsAUrl) {
    const auto target =
        read("postgresql://lena:secret@db.example.org:6432/litellm?sslmode=require");

    EXPECT_EQ(value(target, "user"), "lena");
    EXPECT_EQ(value(target, "password"), "secret");
    EXPECT_EQ(value(target, "host"), "db.example.org");
    EXPECT_EQ(value(target, "port"), "6432");
    EXPECT_EQ(value(target, "dbname"), "litellm");
    EXPECT_EQ(value(target, "sslmode"), "require");
    EXPECT_EQ(target.place(), "db.example.org:6432/litellm");
}

TEST(ConnectionString, TakesTheSchemesThatPeopleUse) {
    for (const auto* scheme : {"postgres", "postgresql", "postgresql+asyncpg", "postgres+psycopg"})
        EXPECT_EQ(value(read(std::string(scheme) + "://u@h/d"), "host"), "h") << scheme;
    EXPECT_EQ(value(read(" \"postgres://u@h/d\"\n"), "dbname"), "d") << "quotes of a .env file";
}

TEST(ConnectionString, LeavesOutWhatIsNotThere) {
    EXPECT_TRUE(read("postgresql://").params.empty());
    EXPECT_EQ(read("postgresql:///d").params.size(), 1U);
    EXPECT_EQ(read("postgresql://h").params.size(), 1U);
    EXPECT_EQ(value(read("postgresql://u@/d?host=/var/run/postgresql"), "host"),
              "/var/run/postgresql");
}

TEST(ConnectionString, KnowsSeveralHostsAndIpv6) {
    const auto several = read("postgresql://u:p@a:1,b,[::1]:3/d");
    EXPECT_EQ(value(several, "host"), "a,b,::1");
    EXPECT_EQ(value(several, "port"), "1,,3");
    EXPECT_EQ(read("postgresql://u@[fd00::1]/d").place(), "[fd00::1]:5432/d");
}

TEST(ConnectionString, DecodesPercents) {
    const auto target = read("postgresql://a%40b:p%2Fq%25@%2Ftmp%2Fpg/my%20db");
    EXPECT_EQ(value(target, "user"), "a@b");
    EXPECT_EQ(value(target, "password"), "p/q%");
    EXPECT_EQ(value(target, "host"), "/tmp/pg");
    EXPECT_EQ(value(target, "dbname"), "my db");
    EXPECT_EQ(value(read("postgresql://u:50%off@h/d"), "password"), "50%off");
}

TEST(ConnectionString, UnderstandsAPasswordThatIsNotEncoded) {
    for (const std::string password :
         {"pa$$word", "p@ss", "p/ss", "p:ss", "p?ss", "p#ss", "@", "a@b/c", "x/y@z:1", "?a=b&c",
          "#@/:?", "p@ss@", "pa ss", "100%"}) {
        const auto target = read("postgresql://u:" + password + "@h:5432/d?sslmode=disable");
        EXPECT_EQ(value(target, "user"), "u");
        EXPECT_EQ(value(target, "password"), password);
        EXPECT_EQ(value(target, "host"), "h") << password;
        EXPECT_EQ(value(target, "dbname"), "d");
        EXPECT_EQ(value(target, "sslmode"), "disable");
    }
}

TEST(ConnectionString, AnAtInAParameterIsNoPassword) {
    const auto target = read("postgresql://u:p@h/d?application_name=me@home");
    EXPECT_EQ(value(target, "password"), "p");
    EXPECT_EQ(value(target, "host"), "h");
    EXPECT_EQ(value(target, "application_name"), "me@home");
}

TEST(ConnectionString, WhereItCanBeReadTwoWaysTheErrorNamesTheCharacter) {
    EXPECT_NE(error_of("postgresql://u:p@h?frobnicate=a@b/d").find("%40"), std::string::npos);
    EXPECT_NE(error_of("postgresql://u:hush@h/a/b").find("%2F"), std::string::npos);
    EXPECT_NE(error_of("postgresql://u:hush@h/d#x").find("%23"), std::string::npos);
    EXPECT_NE(error_of("postgresql://u:hush@h:port/d").find("%3A"), std::string::npos);
    EXPECT_NE(error_of("postgresql://u:hush@my host/d").find("%20"), std::string::npos);
}

TEST(ConnectionString, ErrorsNeverQuoteThePassword) {
    for (const auto* text :
         {"postgresql://u:hush@h/a/b", "mysql://u:hush@h/d", "password=hush host", "password='hush",
          "postgresql://u:hush@h/d?connection_limit=hush", "hush", "sqlite:hush"})
        EXPECT_EQ(error_of(text).find("hush"), std::string::npos) << text;
}

TEST(ConnectionString, ReadsKeywords) {
    const auto target = read(R"(host=db port = 5433 user=u password='it\'s a \\ "p"' dbname=d)");
    EXPECT_EQ(value(target, "host"), "db");
    EXPECT_EQ(value(target, "port"), "5433");
    EXPECT_EQ(value(target, "password"), R"(it's a \ "p")");
    EXPECT_EQ(value(target, "dbname"), "d");
    EXPECT_EQ(value(read("host=h password=''"), "password"), "");
}

TEST(ConnectionString, UnderstandsPrismasParameters) {
    using namespace std::chrono_literals;
    const auto target = read(
        "postgresql://u:p@h/d?schema=llm&connection_limit=7&pool_timeout=0&connect_timeout=3"
        "&socket_timeout=9&pgbouncer=true&statement_cache_size=0&single_use_connections=true");
    EXPECT_EQ(target.schema, "llm");
    EXPECT_EQ(target.pool_limit, 7U);
    EXPECT_EQ(target.pool_timeout, 0s);
    EXPECT_EQ(target.connect_timeout, 3s);
    EXPECT_EQ(target.socket_timeout, 9s);
    EXPECT_TRUE(target.behind_pgbouncer);
    EXPECT_EQ(target.prepared_statements, false);
    EXPECT_TRUE(target.notices.empty());
    EXPECT_EQ(target.find("schema"), nullptr);
    EXPECT_NE(error_of("postgresql://h/d?pool_timeout=soon").find("pool_timeout"),
              std::string::npos);
}

TEST(ConnectionString, UnknownParametersAreLeftOutAndNamed) {
    const auto target = read("postgresql://u:p@h/d?frobnicate=hush&sslidentity=hush");
    ASSERT_EQ(target.notices.size(), 2U);
    EXPECT_NE(target.notices[0].find("frobnicate"), std::string::npos);
    EXPECT_EQ(target.notices[0].find("hush"), std::string::npos);
    EXPECT_EQ(target.find("frobnicate"), nullptr);
}

TEST(ConnectionString, SaysTlsInLibpqsWords) {
    const auto prisma = read("postgresql://h/d?sslmode=require&sslaccept=strict&sslcert=ca.pem");
    EXPECT_EQ(value(prisma, "sslmode"), "verify-full");
    EXPECT_EQ(value(prisma, "sslrootcert"), "ca.pem");
    EXPECT_EQ(value(prisma, "sslcert"), "(none)");

    const auto system = read("postgresql://h/d?sslaccept=strict");
    EXPECT_EQ(value(system, "sslmode"), "verify-full");
    EXPECT_TRUE(value(system, "sslrootcert").starts_with("/etc/ssl/certs/"));

    const auto libpq = read("postgresql://h/d?sslmode=verify-ca&sslcert=me.pem&sslkey=me.key");
    EXPECT_EQ(value(libpq, "sslmode"), "verify-ca");
    EXPECT_EQ(value(libpq, "sslcert"), "me.pem");
    EXPECT_EQ(value(libpq, "sslrootcert"), "(none)");
}

TEST(ConnectionString, ReadsSqlite) {
    EXPECT_EQ(read("sqlite:///here.db").sqlite_file, "here.db");
    EXPECT_EQ(read("sqlite:////var/lib/t.db").sqlite_file, "/var/lib/t.db");
    EXPECT_NE(error_of("sqlite://x").find("sqlite:///"), std::string::npos);
}

}  // namespace
}  // namespace tollweir
