#include "config/yaml_reader.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

std::string json_of(const std::string& text) {
    Findings findings;
    const auto node = read_yaml(text, findings.add_file("f"), findings);
    return node && !findings.has_errors() ? to_json(*node) : "";
}

std::string error_of(const std::string& text) {
    Findings findings;
    read_yaml(text, findings.add_file("f"), findings);
    const auto errors = findings.take_errors();
    return errors.empty() ? "" : errors[0].text();
}

TEST(Yaml, TypesPlainScalarsAsYaml11Does) {
    EXPECT_EQ(json_of("{a: yes, b: No, c: on, d: OFF, e: True, f: y}"),
              R"({"a":true,"b":false,"c":true,"d":false,"e":true,"f":"y"})");
    EXPECT_EQ(json_of("{a: 12, b: -3, c: 0x1F, d: 0b11, e: 010, f: 1_000, g: +5}"),
              R"({"a":12,"b":-3,"c":31,"d":3,"e":8,"f":1000,"g":5})");
    EXPECT_EQ(json_of("{a: 1.5, b: 1e3, c: .5, d: 1., e: -2.5E-3}"),
              R"({"a":1.5,"b":1e3,"c":0.5,"d":1,"e":-2.5E-3})");
    EXPECT_EQ(json_of("{a: , b: ~, c: null, d: \"\"}"), R"({"a":null,"b":null,"c":null,"d":""})");
    EXPECT_EQ(json_of("{a: 2024-10-21, b: 1.2.3, c: 12:30, d: 0x, e: 1e, f: 09, g: -}"),
              R"({"a":"2024-10-21","b":"1.2.3","c":"12:30","d":"0x","e":"1e","f":"09","g":"-"})");
}

TEST(Yaml, LeavesQuotedScalarsText) {
    EXPECT_EQ(json_of("{a: \"yes\", b: '12', c: !!str 12, d: \"~\"}"),
              R"({"a":"yes","b":"12","c":"12","d":"~"})");
}

TEST(Yaml, TakesCoreTagsOnly) {
    EXPECT_EQ(json_of("{a: !!int \"5\", b: !!float 1, c: !!bool \"on\"}"),
              R"({"a":5,"b":1,"c":true})");
    EXPECT_EQ(error_of("a: !!int x"), "f:1:4: the tag !!int does not fit this value");
    EXPECT_TRUE(error_of("a: !!python/object:os.system x")
                    .ends_with("is not supported; write the "
                               "value without it"));
    EXPECT_EQ(error_of("a: !mine {b: c}"),
              "f:1:4: the tag !mine is not supported; write the value without it");
}

TEST(Yaml, ExpandsAnchorsAndMergesMappings) {
    EXPECT_EQ(json_of("base: &b {x: 1, y: 2}\nuse: {<<: *b, y: 3, z: 4}"),
              R"({"base":{"x":1,"y":2},"use":{"y":3,"z":4,"x":1}})");
    EXPECT_EQ(json_of("a: {<<: [{x: 1}, {x: 2, y: 3}]}"), R"({"a":{"x":1,"y":3}})");
    EXPECT_EQ(json_of("a: {\"<<\": b}"), R"({"a":{"<<":"b"}})");
    EXPECT_EQ(json_of("l: &l [1]\nm: [*l, *l]"), R"({"l":[1],"m":[[1],[1]]})");
}

TEST(Yaml, KeepsInvalidUtf8OutOfJson) {
    EXPECT_EQ(json_of("a: \"\xff\""), "{\"a\":\"\xEF\xBF\xBD\"}");
}

TEST(Yaml, StopsWhereAliasesWouldFillTheMemory) {
    std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; ++i) {
        const std::string last = "*a" + std::to_string(i - 1);
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
        for (int j = 0; j < 10; ++j) text += (j == 0 ? "" : ", ") + last;
        text += "]\n";
    }
    EXPECT_TRUE(error_of(text).contains("more than 250000 values")) << error_of(text);
}

TEST(Yaml, StopsWhereItIsNestedTooDeep) {
    const auto nested = [](std::size_t levels) {
        return "a: " + std::string(levels, '[') + std::string(levels, ']');
    };
    EXPECT_NE(json_of(nested(99)), "");
    EXPECT_EQ(error_of(nested(100)), "f:1:103: nested deeper than 100 levels");
    EXPECT_FALSE(error_of(nested(100'000)).empty());
}

TEST(Yaml, StopsAtAFileTooLarge) {
    EXPECT_EQ(error_of(std::string(kMaxConfigBytes + 1, '#')), "f: the file is larger than 16 MiB");
}

}  // namespace
}  // namespace tollweir
