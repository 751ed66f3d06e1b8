#include "tollweir/core/url_query.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

TEST(PercentDecode, LeavesMalformedEscapes) {
    EXPECT_EQ(percent_decode("a%2Fb"), "a/b");
    EXPECT_EQ(percent_decode("100%"), "100%");
    EXPECT_EQ(percent_decode("%zz%4"), "%zz%4");
}

TEST(QueryValue, FindsAndDecodes) {
    EXPECT_EQ(query_value("a=1&model=x%2Fy&b", "model"), "x/y");
    EXPECT_EQ(query_value("a=1", "model"), "");
    EXPECT_EQ(query_value("user_id=a+b@x", "user_id"), "a+b@x");
}

TEST(FormValue, APlusIsABlankUnlessItIsEscaped) {
    EXPECT_EQ(form_value("a=1&start_date=2026-11-20+07%3A30%3A00&b", "start_date"),
              "2026-11-20 07:30:00");
    EXPECT_EQ(form_value("t=a%2Bb", "t"), "a+b");
    EXPECT_EQ(form_value("t=a", "u"), "");
}

}  // namespace
}  // namespace tollweir
