#include "core/tokens/text_split.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace tollweir::tokens {
namespace {

using Pieces = std::vector<std::string_view>;

constexpr SplitStyle kStyles[] = {SplitStyle::o200k, SplitStyle::cl100k, SplitStyle::p50k};

Pieces split(SplitStyle style, std::string_view text) {
    Pieces pieces;
    TextSplitter splitter(style, text);
    for (auto piece = splitter.next(); !piece.empty(); piece = splitter.next())
        pieces.push_back(piece);
    return pieces;
}

Pieces split_by_pattern(SplitStyle style, std::string_view text) {
    Pieces pieces;
    while (!text.empty()) {
        const std::size_t length = SplitPattern::of(style).piece_length(text);
        pieces.push_back(text.substr(0, length));
        text.remove_prefix(length);
    }
    return pieces;
}

TEST(TextSplitter, CutsWordsNumbersAndBlanksAsTheStylesSay) {
    EXPECT_EQ(split(SplitStyle::o200k, "HTMLParser'S camelCase 12345  x"),
              (Pieces{"HTMLParser'S", " camel", "Case", " ", "123", "45", " ", " x"}));
    EXPECT_EQ(split(SplitStyle::cl100k, "don'T \n\n\tif(x)\r\n"),
              (Pieces{"don", "'T", " \n\n", "\tif", "(x", ")\r\n"}));
    EXPECT_EQ(split(SplitStyle::p50k, "don't DON'T 12345\n\n x"),
              (Pieces{"don", "'t", " DON", "'", "T", " 12345", "\n\n", " x"}));
    EXPECT_EQ(split(SplitStyle::o200k, "a//b\n/c"), (Pieces{"a", "//", "b", "\n", "/c"}));
}

// The quick way must never be another way: on every text of a few characters, and on long ones.
TEST(TextSplitter, CutsAsThePatternAlone) {
    constexpr std::string_view kAlphabet[] = {"a",  "B",      "s",  "'",      "1",      " ",
                                              "\n", "\r",     "\t", "/",      "!",      "l",
                                              "é",  "\u017f", "中", "\u00a0", "\u0301", "²"};
    constexpr std::size_t kLetters = std::size(kAlphabet);
    for (const SplitStyle style : kStyles) {
        for (std::size_t i = 0; i < kLetters * kLetters * kLetters * kLetters; ++i) {
            std::string text;
            for (std::size_t left = i, k = 0; k < 4; ++k, left /= kLetters)
                text += kAlphabet[left % kLetters];
            ASSERT_EQ(split(style, text), split_by_pattern(style, text)) << text;
        }
    }
    std::mt19937 random(9);
    for (int i = 0; i < 2000; ++i) {
        std::string text;
        for (int k = 0; k < 60; ++k)
            text += i % 2 == 0 ? std::string(1, static_cast<char>(random() % 128))
                               : std::string(kAlphabet[random() % kLetters]);
        for (const SplitStyle style : kStyles)
            ASSERT_EQ(split(style, text), split_by_pattern(style, text)) << text;
    }
}

TEST(TextSplitter, LeavesNothingOut) {
    std::mt19937 random(4);
    for (int i = 0; i < 300; ++i) {
        std::string text;
        for (int k = 0; k < 80; ++k) text += static_cast<char>(random() % 128);
        for (const SplitStyle style : kStyles) {
            std::string joined;
            for (const auto piece : split(style, text)) joined += piece;
            EXPECT_EQ(joined, text);
        }
    }
}

}  // namespace
}  // namespace tollweir::tokens
