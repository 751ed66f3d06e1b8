#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "tollweir/core/json.hpp"
#include "unit/core/padded.hpp"

namespace tollweir {
namespace {

bool scans(std::string_view text) {
    const Padded padded(text);
    ObjectView view;
    const auto scanned = view.scan(padded.view());
    if (!scanned) EXPECT_EQ(scanned.error().kind, ErrorKind::bad_request);
    return scanned.has_value();
}

TEST(ObjectView, ShowsMembersAsTheyStand) {
    const Padded text(
        " { \"a\" : 1 ,\n\"b\": [1, {\"c\":\"]\"} ] , \"s\":\"x y\" ,\"n\":null ,"
        "\"t\":true,\"o\":{ } } \n");
    ObjectView view;
    ASSERT_TRUE(view.scan(text.view()));
    const auto members = view.members();
    ASSERT_EQ(members.size(), 6U);

    EXPECT_EQ(members[0].key, "a");
    EXPECT_EQ(members[0].whole, "\"a\" : 1");
    EXPECT_EQ(members[0].value, "1");
    EXPECT_EQ(members[0].type, JsonType::number);
    EXPECT_EQ(members[1].value, "[1, {\"c\":\"]\"} ]");
    EXPECT_EQ(members[1].type, JsonType::array);
    EXPECT_EQ(members[2].value, "\"x y\"");
    EXPECT_EQ(members[2].type, JsonType::string);
    EXPECT_EQ(members[3].type, JsonType::null);
    EXPECT_EQ(members[4].type, JsonType::boolean);
    EXPECT_EQ(members[5].value, "{ }");
    EXPECT_EQ(members[5].type, JsonType::object);
    EXPECT_EQ(view.close_offset(), text.view().rfind('}'));
    EXPECT_EQ(view.find("s"), &members[2]);
    EXPECT_EQ(view.find("S"), nullptr);
}

TEST(ObjectView, FindsTheBraceOfAnEmptyObject) {
    const Padded text(" { } ");
    ObjectView view;
    ASSERT_TRUE(view.scan(text.view()));
    EXPECT_TRUE(view.members().empty());
    EXPECT_EQ(view.close_offset(), 3U);
}

TEST(ObjectView, ComparesKeysUnescaped) {
    const Padded text(R"({"\u006dodel":"x","a":1,"\"q\"":2,"a long escaped key \\ of its own":3})");
    ObjectView view;
    ASSERT_TRUE(view.scan(text.view()));
    ASSERT_NE(view.find("model"), nullptr);
    EXPECT_EQ(view.find("model")->value, "\"x\"");
    EXPECT_EQ(view.find("model")->whole, R"("\u006dodel":"x")");
    ASSERT_NE(view.find("\"q\""), nullptr);
    ASSERT_NE(view.find("a long escaped key \\ of its own"), nullptr);
}

TEST(ObjectView, KeepsItsKeysWhenMoved) {
    const Padded text(R"({"\u006dodel":"x"})");
    ObjectView view;
    ASSERT_TRUE(view.scan(text.view()));
    const ObjectView moved = std::move(view);
    EXPECT_NE(moved.find("model"), nullptr);
}

TEST(ObjectView, RefusesAKeyGivenTwiceHoweverItIsSpelt) {
    EXPECT_FALSE(scans(R"({"model":"a","model":"b"})"));
    EXPECT_FALSE(scans(R"({"model":"a","x":1,"mode\u006c":"b"})"));
    EXPECT_FALSE(scans(R"({"":1,"":2})"));
    EXPECT_TRUE(scans(R"({"model":"a","Model":"b","mode":1,"model ":2})"));
    std::string many = "{";
    for (int i = 0; i < 100; ++i) many += "\"k" + std::to_string(i) + "\":1,";
    EXPECT_TRUE(scans(many + "\"k\":1}"));
    EXPECT_FALSE(scans(many + "\"k42\":1}"));
}

TEST(ObjectView, NamesTheKeyThatWasGivenTwice) {
    const Padded text(R"({"model":"a","model":"b"})");
    ObjectView view;
    EXPECT_NE(view.scan(text.view()).error().message.find("'model'"), std::string::npos);
}

TEST(ObjectView, RefusesWhatIsNoObject) {
    for (const std::string_view bad : {"",
                                       " ",
                                       "null",
                                       "1",
                                       "\"a\"",
                                       "[]",
                                       "[{}]",
                                       "{",
                                       "}",
                                       "{]",
                                       "{} {}",
                                       "{}x",
                                       "{},",
                                       "{}}",
                                       "{\"a\"}",
                                       "{\"a\":}",
                                       "{\"a\" 1}",
                                       "{:1}",
                                       "{\"a\":1,}",
                                       "{,\"a\":1}",
                                       "{\"a\":1 \"b\":2}",
                                       "{\"a\":1:2}",
                                       "{\"a\":1]",
                                       "{a:1}",
                                       "{1:1}",
                                       "{\"a\":1",
                                       "{\"a",
                                       "{\"a\":\"b}",
                                       "{\"a\":[1}",
                                       "{\"a\":{]}",
                                       "{\"a\":[}",
                                       "{\"a\":[}}",
                                       "{\"a\":}}",
                                       "{\"a\":,}",
                                       "{\"a\"::1}",
                                       "{{}}",
                                       "{\"a\":[1}]}"}) {
        EXPECT_FALSE(scans(bad)) << bad;
    }
}

TEST(ObjectView, RefusesMalformedScalars) {
    for (const std::string_view bad :
         {"01",          "1.",     ".5",          "-",         "+1",      "1e",
          "0x1",         "trueX",  "tru",         "TRUE",      "nul",     "NaN",
          "Infinity",    "1 2",    "a",           "'a'",       "\"\\x\"", "\"\\u12\"",
          "\"\\u12g4\"", "\"a\"b", "\"a\" \"b\"", "true false"}) {
        EXPECT_FALSE(scans("{\"a\":" + std::string(bad) + "}")) << bad;
    }
    for (const std::string_view good :
         {"0", "-0.5E-7", "\"\\\\\"", "\"\\u00e9\\n\"", "\"\\ud83d\""}) {
        EXPECT_TRUE(scans("{\"a\":" + std::string(good) + " }")) << good;
    }
}

TEST(ObjectView, RefusesBrokenTextAlsoInsideNestedValues) {
    EXPECT_FALSE(scans("{\"a\":[\"\xff\"]}"));
    EXPECT_FALSE(scans("{\"a\":[\"\xed\xa0\x80\"]}"));
    EXPECT_FALSE(scans("{\"a\":[\"x\ny\"]}"));
    EXPECT_FALSE(scans(std::string_view("{\"a\":[\"x\0y\"]}", 13)));
    EXPECT_FALSE(scans(std::string_view("{\"a\":1\0}", 8)));
    EXPECT_FALSE(scans("{\"\\ud83d\":1}"));
}

TEST(ObjectView, RefusesTooManyMembers) {
    std::string text = "{";
    for (std::size_t i = 0; i < ObjectView::kMaxMembers; ++i) {
        if (i > 0) text += ',';
        text += '"' + std::to_string(i) + "\":0";
    }
    EXPECT_TRUE(scans(text + "}"));
    EXPECT_FALSE(scans(text + ",\"x\":0}"));
}

TEST(ObjectView, TakesAnyDepth) {
    constexpr std::size_t kDepth = 1'000'000;
    const std::string open(kDepth, '[');
    EXPECT_TRUE(scans("{\"a\":" + open + std::string(kDepth, ']') + "}"));
    EXPECT_FALSE(scans("{\"a\":" + open + std::string(kDepth - 1, ']') + "}"));
    EXPECT_FALSE(scans("{\"a\":" + open));
}

TEST(ObjectView, TakesVeryLargeTextsAndGoesOnWithSmallOnes) {
    const std::string blob(std::size_t{70} << 20, 'x');
    const Padded large("{\"messages\":[\"" + blob + "\"],\"model\":\"m\"}");
    ObjectView view;
    ASSERT_TRUE(view.scan(large.view()));
    EXPECT_EQ(view.find("model")->value, "\"m\"");
    EXPECT_EQ(view.find("messages")->value.size(), blob.size() + 4);
    EXPECT_TRUE(scans("{\"a\":1}"));
}

// What we accept is what another parser reads, wherever that one can read the text at all (we do
// not look into nested values). What another parser reads and we refuse has a key twice.
TEST(ObjectView, AgreesWithAnotherParserOnMutatedTexts) {
    const std::string seed =
        R"({"model":"m","stream":true,"n":-2.5e3,"messages":[{"role":"user","content":"\u00e9"}],"x":null})";
    constexpr std::string_view kBytes = "{}[]:,\"\\ 0123-+.eEtrufalsn\n";
    std::mt19937 random(11);
    int accepted = 0;
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
        const Padded padded(text);
        ObjectView view;
        const auto result = view.scan(padded.view());
        const bool scanned = result.has_value();
        const auto tree = nlohmann::ordered_json::parse(text, nullptr, false);
        if (!tree.is_discarded() && tree.is_object()) {
            if (!scanned) {
                EXPECT_TRUE(result.error().message.ends_with("is given twice.")) << text;
                continue;
            }
            ++accepted;
            ASSERT_EQ(view.members().size(), tree.size()) << text;
            std::size_t i = 0;
            for (const auto& [key, value] : tree.items()) {
                EXPECT_EQ(view.members()[i].key, key) << text;
                EXPECT_EQ(nlohmann::ordered_json::parse(view.members()[i].value), value) << text;
                ++i;
            }
        } else if (scanned) {
            bool nested_is_malformed = false;
            for (const JsonMember& member : view.members()) {
                nested_is_malformed |= !is_valid_json(member.value);
            }
            EXPECT_TRUE(nested_is_malformed) << text;
        }
    }
    EXPECT_GT(accepted, 2000);
}

}  // namespace
}  // namespace tollweir
