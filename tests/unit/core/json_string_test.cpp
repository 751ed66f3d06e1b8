#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

std::string literal(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

TEST(AppendJsonString, EscapesWhatJsonAsksFor) {
    EXPECT_EQ(literal(""), R"("")");
    EXPECT_EQ(literal("a\"b\\c/"), R"("a\"b\\c/")");
    EXPECT_EQ(literal(std::string_view("\0\n\r\t\b\f\x1f", 7)), R"("\u0000\n\r\t\b\f\u001f")");
    EXPECT_EQ(literal("日本 👍🏽"), "\"日本 👍🏽\"");
}

TEST(AppendJsonString, ReplacesEachBrokenCharacterOnce) {
    EXPECT_EQ(literal("a\xff"), "\"a\uFFFD\"");
    EXPECT_EQ(literal("\xe6\x97x"), "\"\uFFFDx\"");                // cut short
    EXPECT_EQ(literal("\xc0\xaf"), "\"\uFFFD\uFFFD\"");            // overlong
    EXPECT_EQ(literal("\xed\xa0\x80"), "\"\uFFFD\uFFFD\uFFFD\"");  // a surrogate
    EXPECT_EQ(literal("\xf4\x90\x80\x80"), "\"\uFFFD\uFFFD\uFFFD\uFFFD\"");
    EXPECT_EQ(literal("\xf0\x9f\x91"), "\"\uFFFD\"");
}

TEST(AppendJsonString, WritesValidJsonForAnyBytes) {
    std::mt19937 random(1);
    for (int round = 0; round < 2000; ++round) {
        std::string bytes(random() % 40, '\0');
        for (char& byte : bytes) byte = static_cast<char>(random());
        const std::string written = literal(bytes);
        EXPECT_TRUE(is_valid_json(written));
        EXPECT_NO_THROW((void)nlohmann::json::parse(written));
    }
}

TEST(DecodeJsonString, DecodesEscapesAndSurrogatePairs) {
    EXPECT_EQ(decode_json_string(R"("")"), "");
    EXPECT_EQ(decode_json_string(R"("a\"\\\/\b\f\n\r\tz")"), "a\"\\/\b\f\n\r\tz");
    EXPECT_EQ(decode_json_string(R"("\u0041\u00e9\u65e5\uD83D\udc4d")"), "Aé日👍");
    EXPECT_EQ(decode_json_string(R"("\u0000")"), std::string(1, '\0'));
}

TEST(DecodeJsonString, RefusesWhatIsMalformed) {
    for (const std::string_view bad :
         {"", "\"", "a", "\"a", "a\"", "\"a\"b\"", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"",
          "\"a\nb\"", "\"\xff\"", "\"\\ud83d\"", "\"\\udc4d\"", "\"\\ud83d\\u0041\"",
          "\"\\ud83dx\"", "\"\\ud83d\\ud83d\""}) {
        EXPECT_FALSE(decode_json_string(bad)) << bad;
    }
}

TEST(DecodeJsonString, UndoesAppend) {
    for (const std::string_view text : {"", "plain", "a\"b\\\n\x01", "日本 👍🏽"}) {
        EXPECT_EQ(decode_json_string(literal(text)), text);
    }
}

TEST(JsonText, IsDecodedLeniently) {
    const auto text = [](std::string_view literal) {
        std::string out = ">";
        append_json_text(out, literal);
        return out;
    };
    EXPECT_EQ(text(R"("")"), ">");
    EXPECT_EQ(text(R"("a\"b\\ \u00e9\ud83d\udc4d")"), ">a\"b\\ \u00e9\U0001F44D");
    EXPECT_EQ(text(R"("\ud83d")"), ">\uFFFD");
    EXPECT_EQ(text(R"("\udc4dx\ud83d\ud83d\udc4d")"), ">\uFFFDx\uFFFD\U0001F44D");
    EXPECT_EQ(text(R"("\q\u12")"), ">\\q\\u12");
}

}  // namespace
}  // namespace tollweir
