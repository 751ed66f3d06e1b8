#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

TEST(JsonWriter, PutsCommasWhereTheyBelong) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.key("a").number(1).key("b").begin_array().string("x").null().begin_object().end_object();
    json.end_array().key("c\"").boolean(true).key("d").raw("[1]").end_object();
    EXPECT_EQ(out, R"({"a":1,"b":["x",null,{}],"c\"":true,"d":[1]})");
}

TEST(JsonWriter, WritesNumbersThatReadBackTheSame) {
    std::string out;
    JsonWriter json(out);
    json.begin_array().number(std::numeric_limits<std::int64_t>::min());
    json.number(std::numeric_limits<std::uint64_t>::max()).number(0.1).number(-2.5e300);
    json.number(std::nan("")).number(HUGE_VAL).end_array();
    EXPECT_EQ(out, "[-9223372036854775808,18446744073709551615,0.1,-2.5e+300,null,null]");
}

}  // namespace
}  // namespace tollweir
