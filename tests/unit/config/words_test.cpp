#include <gtest/gtest.h>

#include "config/node.hpp"
#include "config/scalar.hpp"
#include "tollweir/config/api_base.hpp"
#include "tollweir/config/nearest.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

TEST(Durations, HaveUnits) {
    EXPECT_EQ(parse_duration("500ms"), milliseconds(500));
    EXPECT_EQ(parse_duration("25s"), milliseconds(25'000));
    EXPECT_EQ(parse_duration("2m"), milliseconds(120'000));
    EXPECT_EQ(parse_duration("1.5 h"), milliseconds(5'400'000));
    EXPECT_EQ(parse_duration(" 7d "), milliseconds(604'800'000));
    EXPECT_EQ(parse_duration("0.25"), milliseconds(250));
    for (const char* bad : {"", "s", "-1s", "1 week", "1s2", "nan", ".inf", "1e", "--1"})
        EXPECT_EQ(parse_duration(bad), std::nullopt) << bad;
}

TEST(Numbers, ComeOutOfTexts) {
    EXPECT_EQ(parse_integer(" 12 "), 12);
    EXPECT_EQ(parse_integer("12.0"), 12);
    EXPECT_EQ(parse_integer("+3"), 3);
    EXPECT_EQ(parse_number("1_000.5"), 1000.5);
    for (const char* bad : {"", "12x", "0x10", "1.5", "inf", "nan", "1e30", "+", "-"})
        EXPECT_EQ(parse_integer(bad), std::nullopt) << bad;
    for (const char* bad : {"", "x", "inf", "nan", "0x1p3", "+-1", "1 2"})
        EXPECT_EQ(parse_number(bad), std::nullopt) << bad;
}

TEST(JsonNumbers, FollowTheGrammar) {
    for (const char* good : {"0", "-0", "10", "1.5", "1e5", "1E-5", "-1.25e+3"})
        EXPECT_TRUE(is_json_number(good)) << good;
    for (const char* bad : {"", "-", "01", "1.", ".5", "+1", "1e", "1_0", "0x1", "1 "})
        EXPECT_FALSE(is_json_number(bad)) << bad;
}

TEST(EditDistance, CountsSwapsAndFoldsDashes) {
    EXPECT_EQ(edit_distance("api_base", "api-base", 3), 0U);
    EXPECT_EQ(edit_distance("API_BASE", "api_base", 3), 0U);
    EXPECT_EQ(edit_distance("api_bsae", "api_base", 3), 1U);
    EXPECT_EQ(edit_distance("kitten", "sitting", 5), 3U);
    EXPECT_EQ(edit_distance("kitten", "sitting", 1), 2U);
    EXPECT_EQ(edit_distance(std::string(100, 'a'), std::string(100, 'a'), 2), 3U);
}

TEST(Nearest, GivesNothingForAStrangeWord) {
    EXPECT_EQ(nearest("temprature", {"top_p", "temperature"}), "temperature");
    EXPECT_EQ(nearest("quux", {"top_p", "temperature"}), "");
    EXPECT_EQ(nearest("ab", {"xy"}), "");
}

TEST(SecretNames, AreTold) {
    for (const char* name : {"api_key", "aws_secret_access_key", "Authorization", "X-Api-Key",
                             "auth_token", "redis_password", "vertex_credentials", "clientSecret"})
        EXPECT_TRUE(names_secret(name)) << name;
    for (const char* name : {"max_tokens", "input_cost_per_token", "litellm_credential_name",
                             "model", "keyboard", "tokenizer", "monkey"})
        EXPECT_FALSE(names_secret(name)) << name;
}

TEST(ApiBase, IsTakenApart) {
    const auto base = parse_api_base("HTTPS://API.Example.org/a/b//?x=1&y");
    ASSERT_TRUE(base) << base.error();
    EXPECT_EQ(base->origin, (Origin{true, "api.example.org", 443}));
    EXPECT_EQ(base->path, "/a/b");
    EXPECT_EQ(base->query, "x=1&y");
    EXPECT_EQ(base->text, "https://api.example.org/a/b");
}

TEST(ApiBase, MayBeBare) {
    const auto base = parse_api_base("http://localhost");
    ASSERT_TRUE(base) << base.error();
    EXPECT_EQ(base->origin, (Origin{false, "localhost", 80}));
    EXPECT_EQ(base->path, "");
    const auto query_only = parse_api_base("http://localhost?a");
    ASSERT_TRUE(query_only) << query_only.error();
    EXPECT_EQ(query_only->query, "a");
}

TEST(ApiBase, TakesIpv6InBrackets) {
    const auto base = parse_api_base("http://[::1]:8000/v1");
    ASSERT_TRUE(base) << base.error();
    EXPECT_EQ(base->origin, (Origin{false, "::1", 8000}));
    EXPECT_EQ(base->text, "http://[::1]:8000/v1");
    EXPECT_EQ(parse_api_base("http://[::1]")->origin.port, 80);
    EXPECT_FALSE(parse_api_base("http://[::1"));
    EXPECT_FALSE(parse_api_base("http://[]"));
    EXPECT_FALSE(parse_api_base("http://[fe80::1%25eth0]"));
    EXPECT_FALSE(parse_api_base("http://[::1]x:80"));
}

TEST(ApiBase, NeverRepeatsAPassword) {
    const auto base = parse_api_base("http://user:hidden@host/");
    ASSERT_FALSE(base);
    EXPECT_FALSE(base.error().contains("hidden"));
}

}  // namespace
}  // namespace tollweir
