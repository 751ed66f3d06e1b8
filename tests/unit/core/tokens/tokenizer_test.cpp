#include "tollweir/core/tokenizer.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "core/tokens/pair_merge.hpp"
#include "core/tokens/rank_table.hpp"

namespace tollweir {
namespace {

using Ids = std::vector<TokenId>;

constexpr TokenEncoding kAll[] = {TokenEncoding::o200k_base, TokenEncoding::cl100k_base,
                                  TokenEncoding::p50k_base};

Ids encode(TokenEncoding encoding, std::string_view text) {
    Ids ids;
    Tokenizer::of(encoding).encode(text, ids);
    return ids;
}

std::string decode(TokenEncoding encoding, const Ids& ids) {
    std::string text;
    EXPECT_TRUE(Tokenizer::of(encoding).decode(ids, text));
    return text;
}

struct Vector {
    std::string_view text;
    Ids o200k;
    std::size_t cl100k;
    std::size_t p50k;
};

// Source: spec/providers-openai-family.md, section 6.
const Vector kVectors[] = {
    {"hello world", {24912, 2375}, 2, 2},
    {"tiktoken is great!", {83, 8251, 2488, 382, 2212, 0}, 6, 6},
    {"I'm sure you've seen it; they'LL say WE'RE fine.",
     {15390, 3239, 19014, 6177, 480, 26, 1023, 6, 7454, 2891, 26919, 6, 1099, 8975, 13},
     16,
     17},
    {"1234567890 12345 3.14159",
     {7633, 19354, 29338, 15, 220, 7633, 2548, 220, 18, 13, 16926, 4621},
     12,
     10},
    {"naïve café — déjà vu", {1503, 9954, 737, 30469, 2733, 21229, 12005}, 7, 9},
    {"你好，世界！今天天气怎么样？",
     {177519, 979, 28428, 3393, 10941, 1487, 25896, 34633, 4802},
     17,
     29},
    {"👋🏽 👨‍👩‍👧‍👦 🇩🇪",
     {28823, 233, 52622, 121, 61138, 101, 2524, 28823, 102, 2524, 28823, 100, 2524, 28823, 99,
      173468, 102, 55506, 103},
     29,
     25},
    {"int main(void) {\n    printf(\"hi\\n\");\n\treturn 0;\n}\n",
     {491, 2758, 10218, 8, 405, 271, 9421, 568, 3686, 3392, 1171, 1393, 220, 15, 307, 739},
     16,
     22},
    {"                    deep indent", {699, 8103, 37655}, 3, 3},
    {"a\n\n\n\n\n   \n  b", {64, 27559, 10190, 220, 287}, 5, 8},
    {"\t\t\r\n\r\n mixed \u00a0ws", {335, 1414, 16435, 220, 5310, 8811}, 5, 10},
    {"https://example.com/path?q=1&r=2#frag",
     {4172, 1684, 18582, 1136, 119244, 93569, 28, 16, 160014, 28, 17, 2, 76095},
     13,
     18},
    {"ZWSP\u200bhere\ufeffbom", {93454, 6657, 3310, 19992, 5574, 146878}, 7, 10},
    {"e\u0301 vs \u00e9", {68, 13430, 10217, 1212}, 4, 5},
};

TEST(Tokenizer, GivesTheIdsAndCountsOfTheSpecification) {
    for (const Vector& vector : kVectors) {
        EXPECT_EQ(encode(TokenEncoding::o200k_base, vector.text), vector.o200k) << vector.text;
        EXPECT_EQ(Tokenizer::of(TokenEncoding::o200k_base).count(vector.text), vector.o200k.size());
        EXPECT_EQ(Tokenizer::of(TokenEncoding::cl100k_base).count(vector.text), vector.cl100k)
            << vector.text;
        EXPECT_EQ(Tokenizer::of(TokenEncoding::p50k_base).count(vector.text), vector.p50k)
            << vector.text;
    }
}

// 140 texts with what tiktoken 0.14 makes of them.
TEST(Tokenizer, AgreesWithTiktokenOnMixedTexts) {
    std::ifstream file(TOLLWEIR_SOURCE_DIR "/tests/unit/core/tokens/tiktoken_vectors.json");
    const auto rows = nlohmann::json::parse(file);
    ASSERT_GT(rows.size(), 100U);
    for (const auto& row : rows) {
        const auto text = row[0].get<std::string>();
        for (std::size_t i = 0; i < 3; ++i)
            EXPECT_EQ(encode(kAll[i], text), row[i + 1].get<Ids>()) << row[0].dump();
    }
}

TEST(Tokenizer, TakesSpecialTokensInATextAsText) {
    EXPECT_GT(encode(TokenEncoding::cl100k_base, "<|endoftext|>").size(), 1U);
}

TEST(Tokenizer, DecodesEveryIdThereIsAndNoOther) {
    constexpr TokenId kLimits[] = {200019, 100277, 50281};
    constexpr std::size_t kTokens[] = {199998 + 2, 100256 + 5, 50280 + 1};  // with the special ones
    for (std::size_t i = 0; i < 3; ++i) {
        const Tokenizer& tokenizer = Tokenizer::of(kAll[i]);
        std::size_t found = 0;
        for (TokenId id = 0; id < kLimits[i]; ++id) {
            std::string text;
            found += tokenizer.decode(std::span(&id, 1), text) ? 1 : 0;
        }
        EXPECT_EQ(found, kTokens[i]) << tokenizer.name();
        std::string text;
        EXPECT_FALSE(tokenizer.decode(std::span(&kLimits[i], 1), text));
        const TokenId far = 4'000'000'000;
        EXPECT_FALSE(tokenizer.decode(std::span(&far, 1), text));
    }
    EXPECT_EQ(decode(TokenEncoding::cl100k_base, {15339, 100257}), "hello<|endoftext|>");
    EXPECT_EQ(decode(TokenEncoding::p50k_base, {50256}), "<|endoftext|>");
}

TEST(Tokenizer, CountsInvalidUtf8AsReplacementCharacters) {
    for (const TokenEncoding encoding : kAll) {
        EXPECT_EQ(encode(encoding, "a\xFF\xC3 b"), encode(encoding, "a\uFFFD\uFFFD b"));
        EXPECT_EQ(encode(encoding, "\xE4\xBD"), encode(encoding, "\uFFFD"));
    }
}

/// Byte-pair encoding as it is defined, with no thought of time.
Ids merge_slowly(const tokens::RankTable& table, std::string_view piece) {
    std::vector<std::string> parts;
    for (const char c : piece) parts.emplace_back(1, c);
    for (;;) {
        std::size_t best = parts.size();
        std::uint32_t lowest = tokens::kNoRank;
        for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
            const std::uint32_t rank = table.find(parts[i] + parts[i + 1]);
            if (rank < lowest) lowest = rank, best = i;
        }
        if (best == parts.size()) break;
        parts[best] += parts[best + 1];
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(best) + 1);
    }
    Ids ids;
    for (const std::string& part : parts) ids.push_back(table.find(part));
    return ids;
}

TEST(PairMerge, GivesWhatTheDefinitionGivesForAnyBytesAndLength) {
    std::mt19937 random(11);
    const auto pick = [&random](std::size_t below) { return random() % below; };
    const tokens::RankTable table(tokens::o200k_ranks());
    constexpr std::string_view kFew = "aeinst -=ab01";
    for (int i = 0; i < 1500; ++i) {
        const std::size_t size = 1 + pick(i % 10 == 0 ? 600 : 120);
        std::string piece;
        for (std::size_t k = 0; k < size; ++k)
            piece += i % 3 == 0   ? static_cast<char>(pick(256))
                     : i % 3 == 1 ? kFew[pick(kFew.size())]
                                  : static_cast<char>('a' + pick(26));
        Ids ids;
        const std::size_t count = tokens::merge_pairs(table, piece, &ids);
        EXPECT_EQ(ids, merge_slowly(table, piece));
        EXPECT_EQ(count, ids.size());
        EXPECT_EQ(tokens::merge_pairs(table, piece, nullptr), ids.size());
    }
}

TEST(RankTable, FindsEveryTokenAndNothingElse) {
    const tokens::RankTable table(tokens::cl100k_ranks());
    for (std::uint32_t rank = 0; rank < 100256; ++rank) {
        const std::string bytes(table.bytes_of(rank));
        ASSERT_EQ(table.find(bytes), rank);
        // A neighbour that differs in one bit is another token or none.
        std::string other = bytes;
        other.back() = static_cast<char>(other.back() ^ 1);
        const std::uint32_t found = table.find(other);
        if (found != tokens::kNoRank) ASSERT_EQ(table.bytes_of(found), other);
    }
    EXPECT_EQ(table.find(""), tokens::kNoRank);
    EXPECT_EQ(table.find(std::string(1000, ' ')), tokens::kNoRank);
}

// Each of these would take minutes if time grew with the square of the length.
TEST(Tokenizer, StaysQuickOnHostileTexts) {
    std::mt19937 random(3);
    constexpr std::size_t kSize = 150'000;
    std::string letters, mixed;
    while (letters.size() < kSize) letters += static_cast<char>('a' + random() % 26);
    while (mixed.size() < kSize) mixed += random() % 2 == 0 ? "'" : "\u0301";
    for (const std::string& text :
         {letters, mixed, std::string(kSize, 'a'), std::string(kSize, ' ') + "x",
          std::string(kSize, '\n') + " x", std::string(kSize, 'A'), std::string(kSize, '\'')}) {
        for (const TokenEncoding encoding : kAll) {
            const Ids ids = encode(encoding, text);
            EXPECT_EQ(Tokenizer::of(encoding).count(text), ids.size());
            EXPECT_EQ(decode(encoding, ids), text);
        }
    }
}

TEST(Tokenizer, IsSharedByThreads) {
    const std::string text = "Shared by threads: 共有, общий, 123456 <tag attr='x'>\n\n";
    std::vector<std::jthread> threads;
    std::vector<Ids> results(4);
    for (Ids& result : results)
        threads.emplace_back([&] {
            for (int i = 0; i < 50; ++i) {
                result.clear();
                for (const TokenEncoding encoding : kAll)
                    Tokenizer::of(encoding).encode(text, result);
            }
        });
    threads.clear();
    for (const Ids& result : results) EXPECT_EQ(result, results.front());
}

TEST(TokenCut, NeverChangesTheTokens) {
    std::mt19937 random(5);
    const char* const kBits[] = {"word", "DON'T", " ",  "  ", "\n", " \n ", "1234",   "!?",
                                 "中文", "é",     "'s", ".",  "/",  "\t",   "\u00a0", "x_y"};
    for (int i = 0; i < 3000; ++i) {
        std::string text;
        while (text.size() < 40) text += kBits[random() % std::size(kBits)];
        const std::size_t cut = token_cut(text, 8 + random() % 24);
        ASSERT_GE(cut, 1U);
        ASSERT_LT(cut, text.size());
        const char before = text[cut - 1];
        if (text[cut] != ' ' || before <= ' ' || before >= 0x7f) continue;  // there was no place
        for (const TokenEncoding encoding : kAll) {
            const Tokenizer& tokenizer = Tokenizer::of(encoding);
            EXPECT_EQ(tokenizer.count(text.substr(0, cut)) + tokenizer.count(text.substr(cut)),
                      tokenizer.count(text))
                << text << " at " << cut;
        }
    }
}

TEST(TokenCut, FallsBetweenCharactersWhereThereIsNoSpace) {
    std::string text;
    for (int i = 0; i < 20; ++i) text += "中";
    EXPECT_EQ(token_cut(text, 10), 9U);
    EXPECT_EQ(token_cut(text, 9), 9U);
    EXPECT_EQ(token_cut(text, 600), 60U);
    EXPECT_EQ(token_cut(std::string(20, 'x'), 10), 10U);
}

}  // namespace
}  // namespace tollweir
