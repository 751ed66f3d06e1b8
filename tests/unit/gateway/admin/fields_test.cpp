#include "tollweir/gateway/admin/fields.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

Fields read(std::string_view body) {
    auto fields = Fields::read(body);
    EXPECT_TRUE(fields) << fields.error().message;
    return std::move(*fields);
}

TEST(AdminFields, TellAbsenceFromNull) {
    auto fields = read(R"({"a": null, "b": "x", "c": ""})");
    EXPECT_FALSE(fields.text("d").sent);
    EXPECT_TRUE(fields.text("a").is_null());
    EXPECT_EQ(fields.text("b").value, "x");
    EXPECT_TRUE(fields.text("c").is_null()) << "a form's empty field";
    EXPECT_TRUE(fields.checked());
}

TEST(AdminFields, AnEmptyBodyHasNone) {
    EXPECT_FALSE(read("").has("a"));
    EXPECT_FALSE(read(" \r\n").has("a"));
    EXPECT_FALSE(read("{}").has("a"));
}

TEST(AdminFields, RefuseWhatIsNoObject) {
    for (const auto* body : {"[]", "1", "{", R"({"a": 1, "a": 2})", R"({"a": {]}})",
                             R"({"a": nul})", "{\"a\": \"\x01\"}"}) {
        const auto fields = Fields::read(body);
        ASSERT_FALSE(fields) << body;
        EXPECT_EQ(fields.error().http_status(), 400) << body;
    }
}

TEST(AdminFields, StayWhereTheyAreWhenMoved) {
    auto fields = std::make_unique<Fields>(read(R"({"\u0061": "x"})"));
    Fields moved = std::move(*fields);
    fields.reset();
    EXPECT_EQ(moved.text("a").value, "x");
}

TEST(AdminFields, ReadNumbersAsFormsSendThem) {
    auto fields = read(R"({"a": 5, "b": "7", "c": 3.0, "d": "", "e": 0.1, "f": "1e-6"})");
    EXPECT_EQ(fields.count("a", 10).value, 5);
    EXPECT_EQ(fields.count("b", 10).value, 7);
    EXPECT_EQ(fields.count("c", 10).value, 3);
    EXPECT_TRUE(fields.count("d", 10).is_null());
    EXPECT_EQ(fields.dollars("e").value, kPicodollarsPerDollar / 10);
    EXPECT_EQ(fields.dollars("f").value, kPicodollarsPerDollar / 1'000'000);
    EXPECT_TRUE(fields.dollars("d").is_null());
    EXPECT_TRUE(fields.checked());
}

struct Wrong {
    const char* body;
    void (*read)(Fields&);
    int status;
    const char* words;
};

TEST(AdminFields, NameTheFirstWrongField) {
    const Wrong cases[] = {
        {R"({"f": 1})", [](Fields& in) { in.text("f"); }, 422, "valid string"},
        {R"({"f": "a\u0007"})", [](Fields& in) { in.text("f"); }, 400, "control"},
        {R"({"f": "\ud800"})", [](Fields& in) { in.text("f"); }, 400, "surrogate"},
        {R"({"f": "yes"})", [](Fields& in) { in.boolean("f"); }, 422, "boolean"},
        {R"({"f": 1.5})", [](Fields& in) { in.count("f", 9); }, 422, "integer"},
        {R"({"f": true})", [](Fields& in) { in.count("f", 9); }, 422, "integer"},
        {R"({"f": -1})", [](Fields& in) { in.count("f", 9); }, 400,
         "f cannot be negative. Received: -1"},
        {R"({"f": 10})", [](Fields& in) { in.count("f", 9); }, 400, "above 9"},
        {R"({"f": -1})", [](Fields& in) { in.dollars("f"); }, 400,
         "f cannot be negative. Received: -1.0"},
        {R"({"f": "ten"})", [](Fields& in) { in.dollars("f"); }, 422, "valid number"},
        {R"({"f": [1]})", [](Fields& in) { in.dollars("f"); }, 422, "valid number"},
        {R"({"f": 1e300})", [](Fields& in) { in.dollars("f"); }, 400, "too large"},
        {R"({"f": "soon"})", [](Fields& in) { in.time("f"); }, 422, "datetime"},
        {R"({"f": "30 parsecs"})", [](Fields& in) { in.duration("f"); }, 400, "no duration"},
        {R"({"f": "0d"})", [](Fields& in) { in.duration("f"); }, 400, "no duration"},
        {R"({"f": "a"})", [](Fields& in) { in.texts("f"); }, 422, "valid list"},
        {R"({"f": [1]})", [](Fields& in) { in.texts("f"); }, 422, "list of valid strings"},
        {R"({"f": []})", [](Fields& in) { in.object("f"); }, 422, "valid dictionary"},
        {R"({"f": {"a": "\u0000"}})", [](Fields& in) { in.object("f"); }, 400, "NUL"},
        {R"({"f": {}})", [](Fields& in) { in.array("f"); }, 422, "valid list"},
        {R"({})", [](Fields& in) { in.require("f"); }, 422, "Field required"},
    };
    for (const auto& wrong : cases) {
        auto fields = read(wrong.body);
        wrong.read(fields);
        fields.refuse("later", "another");
        const auto checked = fields.checked();
        ASSERT_FALSE(checked) << wrong.body;
        EXPECT_EQ(checked.error().http_status(), wrong.status) << wrong.body;
        EXPECT_TRUE(checked.error().message.contains(wrong.words)) << checked.error().message;
        EXPECT_EQ(*checked.error().param_json, "\"f\"");
    }
}

TEST(AdminFields, BoundWhatIsStored) {
    const std::string name(Fields::kMaxText + 1, 'x');
    auto fields = read("{\"f\": \"" + name + "\", \"g\": {\"a\": \"" +
                       std::string(Fields::kMaxObject, 'x') + "\"}}");
    fields.text("f");
    EXPECT_TRUE(fields.checked().error().message.contains("longer than 512 bytes"));
    auto again = read("{\"g\": {\"a\": \"" + std::string(Fields::kMaxObject, 'x') + "\"}}");
    again.object("g");
    EXPECT_TRUE(again.checked().error().message.contains("longer than 65536 bytes"));
    const auto nested = [](std::size_t depth) {
        return R"({"g": {"[\"": )" + std::string(depth - 1, '[') + std::string(depth - 1, ']') +
               "}}";
    };
    auto deepest = read(nested(Fields::kMaxDepth));
    EXPECT_TRUE(deepest.object("g").value) << deepest.checked().error().message;
    auto deeper = read(nested(Fields::kMaxDepth + 1));
    deeper.object("g");
    EXPECT_TRUE(deeper.checked().error().message.contains("nested deeper than 64"));
}

TEST(AdminFields, WhatIsRequiredIsNotEmpty) {
    for (const auto* body : {"{}", R"({"key": null})", R"({"key": ""})"}) {
        auto fields = read(body);
        fields.require("key");
        ASSERT_FALSE(fields.checked()) << body;
        EXPECT_EQ(fields.checked().error().http_status(), 422) << body;
    }
    auto fields = read(R"({"key": "sk-1"})");
    fields.require("key");
    EXPECT_TRUE(fields.checked());
}

TEST(AdminFields, ASchemaErrorListsItsDetail) {
    const auto error = schema_error("keys", "missing", "Field required");
    EXPECT_EQ(*error.detail_json,
              R"([{"type":"missing","loc":["body","keys"],"msg":"Field required","input":null}])");
}

}  // namespace
}  // namespace tollweir
