#include "tollweir/core/json_parts.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

TEST(JsonMembers, AreViewsOfTheirValuesInOrder) {
    const auto parts = json_members(R"( { "a" : 1 , "b\u0063":{"x":[1, 2]}, "d":"t" } )");
    ASSERT_TRUE(parts);
    const JsonParts expected{{"a", "1"}, {"bc", R"({"x":[1, 2]})"}, {"d", "\"t\""}};
    EXPECT_EQ(*parts, expected);
    EXPECT_EQ(find_part(*parts, "bc"), R"({"x":[1, 2]})");
    EXPECT_EQ(find_part(*parts, "none"), "");
}

TEST(JsonMembers, CountTheLastOfTwoEqualKeys) {
    const auto parts = json_members(R"({"a":1,"b":2,"a":3})");
    ASSERT_TRUE(parts);
    const JsonParts expected{{"b", "2"}, {"a", "3"}};
    EXPECT_EQ(*parts, expected);
}

TEST(JsonMembers, OfAnEmptyObjectAreNone) {
    ASSERT_TRUE(json_members(" { } "));
    EXPECT_TRUE(json_members("{}")->empty());
}

class NoObject : public testing::TestWithParam<const char*> {};

TEST_P(NoObject, IsRefused) {
    EXPECT_FALSE(json_members(GetParam())) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(All, NoObject,
                         testing::Values("", "null", "[]", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
                                         "{} {}", "{\"\\ud800\":1}", "{a:1}"));

TEST(JsonElements, AreViews) {
    const auto elements = json_elements(R"([1, "a,]", {"b":[2]} ,null])");
    ASSERT_TRUE(elements);
    const std::vector<std::string_view> expected{"1", "\"a,]\"", R"({"b":[2]})", "null"};
    EXPECT_EQ(*elements, expected);
    EXPECT_TRUE(json_elements("[ ]")->empty());
    EXPECT_FALSE(json_elements("[1,]"));
    EXPECT_FALSE(json_elements("{}"));
}

TEST(JsonTexts, LeaveOutWhatIsNoText) {
    const std::vector<std::string> expected{"a", "\"b\""};
    EXPECT_EQ(json_texts(R"(["a", 1, null, "\"b\""])"), expected);
    EXPECT_TRUE(json_texts("null").empty());
}

TEST(JsonInteger, AlsoReadsPythonsFloats) {
    EXPECT_EQ(json_integer("12"), 12);
    EXPECT_EQ(json_integer("-3"), -3);
    EXPECT_EQ(json_integer("5.0"), 5);
    EXPECT_FALSE(json_integer("5.5"));
    EXPECT_FALSE(json_integer("5."));
    EXPECT_FALSE(json_integer("1e3"));
    EXPECT_FALSE(json_integer("\"5\""));
    EXPECT_FALSE(json_integer("99999999999999999999"));
    EXPECT_FALSE(json_integer(""));
}

TEST(ForEachMember, GivesEveryMemberOfAnObjectOfAnySize) {
    std::string object = "{";
    for (int i = 0; i < 3000; ++i)
        object.append(i == 0 ? "" : ", ").append("\"k" + std::to_string(i) + "\" : [1, 2]");
    object += "}";
    int count = 0;
    EXPECT_TRUE(for_each_member(object, [&](std::string key, std::string_view value) {
        EXPECT_EQ(key, "k" + std::to_string(count++));
        EXPECT_EQ(value, "[1, 2]");
    }));
    EXPECT_EQ(count, 3000);
    EXPECT_FALSE(json_members(object));  // too many to compare with each other
    for (const std::string_view bad : {"", "[]", "{\"a\":}", "{\"a\":1", "{\"a\":1} x"})
        EXPECT_FALSE(for_each_member(bad, [](std::string, std::string_view) {})) << bad;
}

}  // namespace
}  // namespace tollweir
