#include "tollweir/core/splice.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "unit/core/padded.hpp"

namespace tollweir {
namespace {

using Json = nlohmann::ordered_json;

/// An object, the edits on it, and the text that comes out.
class Editing {
public:
    explicit Editing(std::string_view text) : text_(text) {
        EXPECT_TRUE(view_.scan(text_.view()));
        edits.reset(view_);
    }
    const JsonMember& member(std::string_view key) const { return *view_.find(key); }
    std::string result() const {
        Pieces pieces;
        edits.splice(pieces);
        std::string joined;
        for (const auto piece : pieces) joined += piece;
        EXPECT_EQ(total_size(pieces), joined.size());
        return joined;
    }

    ObjectEdits edits;

private:
    Padded text_;
    ObjectView view_;
};

TEST(Splice, LeavesWhatIsNotEditedAsItStood) {
    Editing editing("{ \"a\" : 1.50, \"b\":\"\\u00e9\" }");
    EXPECT_TRUE(editing.edits.empty());
    EXPECT_EQ(editing.result(), "{ \"a\" : 1.50, \"b\":\"\\u00e9\" }");
}

TEST(Splice, ReplacesAValueInItsPlace) {
    Editing editing(R"({"a": 1, "model" : "x" ,"z":[ ]})");
    editing.edits.replace(editing.member("model"), R"("gpt")");
    EXPECT_EQ(editing.result(), R"({"a": 1, "model" : "gpt" ,"z":[ ]})");
}

TEST(Splice, RenamesAKeyAndKeepsItsBlanksAndValue) {
    Editing editing(R"({"m\u0061x" : 1 , "b":2})");
    editing.edits.rename(editing.member("max"), "limit");
    EXPECT_EQ(editing.result(), R"({"limit" : 1 , "b":2})");
    EXPECT_TRUE(editing.edits.removed(editing.member("max")));
    EXPECT_FALSE(editing.edits.removed(editing.member("b")));
}

TEST(Splice, RemovesRunsAnywhere) {
    const auto without = [](std::initializer_list<std::string_view> keys) {
        Editing editing(R"({ "a":1 , "b":2 , "c":3 , "d":4 })");
        for (const auto key : keys) {
            editing.edits.remove(editing.member(key));
            EXPECT_TRUE(editing.edits.removed(editing.member(key)));
        }
        return editing.result();
    };
    EXPECT_EQ(without({"a"}), R"({ "b":2 , "c":3 , "d":4 })");
    EXPECT_EQ(without({"a", "b"}), R"({ "c":3 , "d":4 })");
    EXPECT_EQ(without({"b"}), R"({ "a":1 , "c":3 , "d":4 })");
    EXPECT_EQ(without({"b", "c"}), R"({ "a":1 , "d":4 })");
    EXPECT_EQ(without({"d"}), R"({ "a":1 , "b":2 , "c":3 })");
    EXPECT_EQ(without({"c", "d"}), R"({ "a":1 , "b":2 })");
    EXPECT_EQ(without({"a", "d"}), R"({ "b":2 , "c":3 })");
    EXPECT_EQ(without({"a", "c"}), R"({ "b":2 , "d":4 })");
    EXPECT_EQ(without({"d", "c", "b", "a"}), R"({  })");
}

TEST(Splice, AppendsWithAndWithoutMembersBefore) {
    Editing full(R"({"a":1 })");
    full.edits.append("b", "2");
    full.edits.append("c\"", "[]");
    EXPECT_EQ(full.result(), R"({"a":1,"b":2,"c\"":[] })");

    Editing empty("{ }");
    empty.edits.append("b", "2");
    empty.edits.append("c", "3");
    EXPECT_EQ(empty.result(), R"({ "b":2,"c":3})");

    Editing emptied(R"({"a":1, "x":2})");
    emptied.edits.remove(emptied.member("a"));
    emptied.edits.remove(emptied.member("x"));
    emptied.edits.append("b", "2");
    EXPECT_EQ(emptied.result(), R"({"b":2})");
}

TEST(Splice, AppendsAKeyOnce) {
    Editing editing(R"({"x":1})");
    editing.edits.append("a", "1");
    editing.edits.append("b", "22");
    editing.edits.append("a", "333");
    editing.edits.append("c", "4");
    editing.edits.append("b", "5");
    EXPECT_EQ(editing.result(), R"({"x":1,"a":333,"c":4,"b":5})");
}

TEST(Splice, LetsTheLastChangeOfAMemberCount) {
    Editing editing(R"({"a":1,"b":2})");
    editing.edits.remove(editing.member("a"));
    editing.edits.replace(editing.member("a"), "7");
    editing.edits.replace(editing.member("a"), "8");
    EXPECT_EQ(editing.result(), R"({"a":8,"b":2})");
    EXPECT_FALSE(editing.edits.removed(editing.member("a")));
}

TEST(Splice, ForgetsItsEditsOnReset) {
    const Padded second(R"({"q":1})");
    ObjectView view;
    ASSERT_TRUE(view.scan(second.view()));
    Editing editing(R"({"a":1})");
    editing.edits.remove(editing.member("a"));
    editing.edits.append("b", "2");
    editing.edits.reset(view);
    EXPECT_TRUE(editing.edits.empty());
    EXPECT_EQ(editing.result(), R"({"q":1})");
}

std::string random_blanks(std::mt19937& random) {
    return std::string(random() % 3, " \n\t\r"[random() % 4]);
}

std::string random_value(std::mt19937& random) {
    constexpr std::string_view kValues[] = {
        "1",    "-2.5e3", "\"\"", R"("a,}\"{")", "null",
        "true", "[1, 2]", "{}",   "[[]]",        R"({"x":"]","y":1})"};
    return std::string(kValues[random() % std::size(kValues)]);
}

// The oracle applies the same edits to a tree.
TEST(Splice, GivesTheTextOfTheEditedObject) {
    std::mt19937 random(3);
    for (int round = 0; round < 20000; ++round) {
        const std::size_t count = random() % 7;
        std::string text = random_blanks(random) + "{" + random_blanks(random);
        for (std::size_t i = 0; i < count; ++i) {
            if (i > 0) text += "," + random_blanks(random);
            text += "\"k" + std::to_string(i) + "\"" + random_blanks(random) + ":" +
                    random_blanks(random) + random_value(random) + random_blanks(random);
        }
        text += "}" + random_blanks(random);

        Editing editing(text);
        const Json before = Json::parse(text);
        std::vector<std::pair<std::string, std::optional<Json>>> members;
        for (const auto& [key, value] : before.items()) members.emplace_back(key, value);
        for (std::size_t i = 0; i < count; ++i) {
            const JsonMember& member = editing.member("k" + std::to_string(i));
            // A later change of the same member wins.
            for (unsigned changes = random() % 3; changes > 0; --changes) {
                const std::string key = "k" + std::to_string(i);
                members[i] = {key, before[key]};
                const std::string value = random_value(random);
                switch (random() % 3) {
                    case 0:
                        editing.edits.replace(member, value);
                        members[i].second = Json::parse(value);
                        break;
                    case 1:
                        editing.edits.rename(member, "renamed" + std::to_string(i));
                        members[i].first = "renamed" + std::to_string(i);
                        break;
                    default:
                        editing.edits.remove(member);
                        members[i].second.reset();
                }
            }
        }
        Json expected = Json::object();
        for (const auto& [key, value] : members) {
            if (value) expected[key] = *value;
        }
        for (unsigned appended = random() % 3; appended > 0; --appended) {
            const std::string key = "new" + std::to_string(appended);
            const std::string value = random_value(random);
            editing.edits.append(key, value);
            expected[key] = Json::parse(value);
        }
        const std::string result = editing.result();
        ASSERT_TRUE(Json::accept(result)) << text << " became " << result;
        ASSERT_EQ(Json::parse(result), expected) << text << " became " << result;
    }
}

}  // namespace
}  // namespace tollweir
