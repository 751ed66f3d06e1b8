#include "storage/sql_text.hpp"

#include <gtest/gtest.h>

#include "tollweir/core/time_text.hpp"

namespace tollweir {
namespace {

TEST(SqlText, TimesHaveOneLength) {
    EXPECT_EQ(sql_time(*parse_rfc3339("2026-11-20T03:07:45Z")), "2026-11-20 03:07:45.000000");
    EXPECT_EQ(sql_time(*parse_rfc3339("2026-11-20T05:07:45.1234567+02:00")),
              "2026-11-20 03:07:45.123456");
}

TEST(SqlText, ArraysComeBackAsTheyWent) {
    const std::vector<std::string> items = {"a", "", "NULL", "a b", R"(\ " { } ,)"};
    EXPECT_EQ(read_array_literal(array_literal(items)), items);
    EXPECT_EQ(array_literal({}), "{}");
}

TEST(SqlText, ReadsArraysAsPostgresWritesThem) {
    using Texts = std::vector<std::string>;
    EXPECT_EQ(read_array_literal("{}"), Texts{});
    EXPECT_EQ(read_array_literal("{a,NULL,\"NULL\",\"b,c\"}"), (Texts{"a", "NULL", "b,c"}));
    for (const auto* text : {"", "{", "a", "{\"a}", "{{a},{b}}", "{\"a\"b}"})
        EXPECT_EQ(read_array_literal(text), std::nullopt) << text;
}

TEST(SqlText, NumbersReadBackAsTheyWere) {
    EXPECT_EQ(real_text(0.1), "0.1");
    EXPECT_EQ(real_text(1e300), "1e+300");
    EXPECT_EQ(real_text(-1.0 / 0.0), "-Infinity");
}

TEST(SqlText, NamesAreQuoted) {
    EXPECT_EQ(quoted_name("a\"b"), "\"a\"\"b\"");
}

}  // namespace
}  // namespace tollweir
