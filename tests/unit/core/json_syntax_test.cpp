#include "core/json_syntax.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

TEST(IsValidJson, AcceptsEveryKindOfValue) {
    for (const std::string_view good :
         {"0", "-0", "12", "-1.5e+10", "1E5", "true", "false", "null", R"("")", R"("\u00e9")", "[]",
          "{}", " [ ] ", "\t{\r\n}", R"([1,"a",{"b":[null]}])", R"( {"a" : 1 , "b":{}} )"}) {
        EXPECT_TRUE(is_valid_json(good)) << good;
    }
}

TEST(IsValidJson, RefusesWhatIsNotQuiteJson) {
    for (const std::string_view bad : {"",           " ",      "01",        "-",
                                       "1.",         ".5",     "1e",        "+1",
                                       "0x1",        "trueX",  "tru",       "NaN",
                                       "nul",        "\"",     "\"a",       "\"\\a\"",
                                       "\"\t\"",     "[",      "]",         "[1",
                                       "[1,]",       "[,1]",   "[1 2]",     "[1}",
                                       "{",          "{]",     "{\"a\"}",   "{\"a\":}",
                                       "{\"a\":1,}", "{a:1}",  "{\"a\" 1}", "{\"a\":1 \"b\":2}",
                                       "{} {}",      "1 2",    "[]]",       "'a'",
                                       "\"\xff\"",   "// c\n1"}) {
        EXPECT_FALSE(is_valid_json(bad)) << bad;
    }
}

TEST(IsValidJson, TakesAnyDepthWithoutTheStack) {
    constexpr std::size_t kDepth = 2'000'000;
    const std::string open(kDepth, '[');
    EXPECT_FALSE(is_valid_json(open));
    EXPECT_TRUE(is_valid_json(open + std::string(kDepth, ']')));
}

TEST(IsValidJson, AgreesWithAnotherParserOnMutatedTexts) {
    const std::string seed = R"({"a":[1,-2.5e3,"x\n\u0041",true],"b":{"c":null,"d":[]},"e":""})";
    constexpr std::string_view kBytes = "{}[]:,\"\\ 0123-+.eEtrufalsn\n";
    std::mt19937 random(7);
    int valid = 0;
    for (int round = 0; round < 20000; ++round) {
        std::string text = seed;
        for (unsigned change = random() % 4; change > 0; --change) {
            const std::size_t at = random() % text.size();
            const char byte = kBytes[random() % kBytes.size()];
            if (random() % 3 == 0) {
                text.erase(at, 1);
            } else if (random() % 2 == 0) {
                text.insert(at, 1, byte);
            } else {
                text[at] = byte;
            }
        }
        // nlohmann refuses lone surrogates in escapes, which this seed cannot grow.
        EXPECT_EQ(is_valid_json(text), nlohmann::json::accept(text)) << text;
        valid += is_valid_json(text) ? 1 : 0;
    }
    EXPECT_GT(valid, 1000);
}

TEST(JsonValueEnd, FindsTheEndOfTheFirstValueOnly) {
    EXPECT_EQ(json_value_end("[1, 2],3", 0), 6U);
    EXPECT_EQ(json_value_end("[1, 2],3", 3), 5U);
    EXPECT_EQ(json_value_end(R"({"a":"}"} x)", 0), 9U);
    EXPECT_EQ(json_value_end("[1", 0), std::string_view::npos);
    EXPECT_EQ(json_value_end("", 0), std::string_view::npos);
}

}  // namespace
}  // namespace tollweir
