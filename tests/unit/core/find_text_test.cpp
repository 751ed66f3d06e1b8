#include "tollweir/core/find_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tollweir {
namespace {

TEST(FindText, FindsAWordAtEveryPlaceOfTextsOfEveryLength) {
    for (const std::string word : {"x", "xy", "xyz", "\"tool_calls\"", "a word of over 16 bytes"}) {
        // Up to several blocks of 128 places, and what is left behind them.
        for (std::size_t size = 0; size < 300; size += size < 80 ? 1 : 11) {
            const std::string text(size, 'y');
            EXPECT_EQ(contains_text(text, word), text.find(word) != text.npos);
            for (std::size_t at = 0; at + word.size() <= size; ++at) {
                std::string with = text;
                with.replace(at, word.size(), word);
                EXPECT_TRUE(contains_text(with, word)) << word << " at " << at << " of " << size;
                for (std::size_t from = 0; from <= size + 1; from += size < 80 ? 1 : 7)
                    ASSERT_EQ(find_text(with, word, from), with.find(word, from))
                        << word << " at " << at << " of " << size << " from " << from;
            }
        }
    }
}

TEST(FindText, IsNotMisledByTheLettersThatItLooksFor) {
    const std::string word = "\"tool_calls\"";
    for (std::size_t at = 0; at < 40; ++at) {
        std::string text(60, '.');
        std::string wrong = word;
        wrong[5] = 'X';
        text.replace(at, wrong.size(), wrong);
        EXPECT_FALSE(contains_text(text, word)) << at;
        EXPECT_TRUE(contains_text(text + word, word)) << at;
    }
    EXPECT_TRUE(contains_text("", ""));
    EXPECT_TRUE(contains_text("text", ""));
    EXPECT_FALSE(contains_text("", "w"));
    EXPECT_FALSE(contains_text("\"tool_call", word));
}

}  // namespace
}  // namespace tollweir
