#include "tollweir/core/json_tree.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

std::string round_trip(std::string_view text) {
    const auto tree = parse_json_tree(text);
    if (!tree) return "malformed";
    std::string out;
    write_json(*tree, out);
    return out;
}

TEST(JsonTree, WritesWhatItReadsWithoutBlanks) {
    for (
        const std::string_view text :
        {R"({"a":[1,-0,1.50,1e400,12345678901234567890,"x\u00e9\n",null,true,false],"b":{},"c":[]})",
         R"("only")", "0", "[]", R"({"a":1,"a":2})"}) {
        EXPECT_EQ(round_trip(text), text);
    }
    EXPECT_EQ(round_trip(" [ 1 , {\t\"a\" :\n2 } ]\r\n"), R"([1,{"a":2}])");
}

TEST(JsonTree, RefusesWhatIsNotJson) {
    for (const std::string_view text :
         {"",       " ",          "{",    "[1,2}", "[1,]", "{\"a\"}", "{\"a\":}",
          "{a:1}",  "{\"a\":1,}", "01",   "1.",    ".5",   "+1",      "-",
          "1e",     "tru",        "nul",  "truex", "\"a",  "\"\\x\"", "\"\\u12g4\"",
          "\"\n\"", "1 2",        "[1]]", "'a'",   "NaN",  "\"\\"}) {
        EXPECT_EQ(round_trip(text), "malformed") << text;
    }
}

TEST(JsonTree, BoundsDepthAndSize) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    EXPECT_NE(round_trip(nested(128)), "malformed");
    EXPECT_EQ(round_trip(nested(1000)), "malformed");
    EXPECT_EQ(round_trip(nested(1'000'000)), "malformed");
    std::string wide = "[0";
    for (int i = 0; i < 1'000'001; ++i) wide += ",0";
    EXPECT_EQ(round_trip(wide + "]"), "malformed");
}

TEST(JsonTree, ComparesKeysAndStringsDecoded) {
    auto tree = parse_json_tree(R"({"\u0061":"\u0062","c":"d"})");
    ASSERT_TRUE(tree);
    ASSERT_NE(tree->find("a"), nullptr);
    EXPECT_TRUE(tree->find("a")->is_string("b"));
    EXPECT_FALSE(tree->find("c")->is_string("b"));
    EXPECT_TRUE(tree->remove("a"));
    EXPECT_FALSE(tree->remove("a"));
    EXPECT_EQ(tree->find("b"), nullptr);
}

}  // namespace
}  // namespace tollweir
