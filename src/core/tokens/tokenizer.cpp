#include "tollweir/core/tokenizer.hpp"

#include <algorithm>

#include "core/tokens/pair_merge.hpp"
#include "core/tokens/text_split.hpp"
#include "core/utf8.hpp"

namespace tollweir {

using namespace tokens;

namespace {

struct Special {
    TokenId id;
    std::string_view name;
};

struct Facts {
    std::string_view name;
    SplitStyle style;
    RankTable table;
    std::vector<Special> specials;
};

// Source: spec/providers-openai-family.md, section 6.
const Facts& facts_of(TokenEncoding encoding) {
    switch (encoding) {
        case TokenEncoding::o200k_base: {
            static const Facts facts{"o200k_base",
                                     SplitStyle::o200k,
                                     RankTable(o200k_ranks()),
                                     {{199999, "<|endoftext|>"}, {200018, "<|endofprompt|>"}}};
            return facts;
        }
        case TokenEncoding::cl100k_base: {
            static const Facts facts{"cl100k_base",
                                     SplitStyle::cl100k,
                                     RankTable(cl100k_ranks()),
                                     {{100257, "<|endoftext|>"},
                                      {100258, "<|fim_prefix|>"},
                                      {100259, "<|fim_middle|>"},
                                      {100260, "<|fim_suffix|>"},
                                      {100276, "<|endofprompt|>"}}};
            return facts;
        }
        case TokenEncoding::p50k_base:
            break;
    }
    static const Facts facts{
        "p50k_base", SplitStyle::p50k, RankTable(p50k_ranks()), {{50256, "<|endoftext|>"}}};
    return facts;
}

/// The largest place up to `limit` that is not inside a character.
std::size_t character_cut(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) return text.size();
    std::size_t at = limit;
    while (at > limit - 4 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
    return at;
}

std::size_t encode_piece(const RankTable& table, std::string_view piece,
                         std::vector<TokenId>* ids) {
    const std::uint32_t rank = table.find(piece);
    if (rank == kNoRank) return merge_pairs(table, piece, ids);
    if (ids != nullptr) ids->push_back(rank);
    return 1;
}

std::size_t encode_text(const Facts& facts, std::string_view text, std::vector<TokenId>* ids) {
    std::size_t count = 0;
    TextSplitter splitter(facts.style, text);
    for (std::string_view piece = splitter.next(); !piece.empty(); piece = splitter.next()) {
        while (piece.size() > kMaxPieceBytes) {
            const std::size_t cut = character_cut(piece, kMaxPieceBytes);
            count += encode_piece(facts.table, piece.substr(0, cut), ids);
            piece.remove_prefix(cut);
        }
        count += encode_piece(facts.table, piece, ids);
    }
    return count;
}

}  // namespace

const Tokenizer& Tokenizer::of(TokenEncoding encoding) {
    static const Tokenizer o200k(TokenEncoding::o200k_base);
    static const Tokenizer cl100k(TokenEncoding::cl100k_base);
    static const Tokenizer p50k(TokenEncoding::p50k_base);
    switch (encoding) {
        case TokenEncoding::o200k_base:
            return o200k;
        case TokenEncoding::cl100k_base:
            return cl100k;
        case TokenEncoding::p50k_base:
            break;
    }
    return p50k;
}

std::string_view Tokenizer::name() const {
    return facts_of(encoding_).name;
}

std::size_t Tokenizer::run(std::string_view text, std::vector<TokenId>* ids) const {
    const Facts& facts = facts_of(encoding_);
    if (is_valid_utf8(text)) return encode_text(facts, text, ids);
    return encode_text(facts, with_replacements(text), ids);
}

std::size_t Tokenizer::count(std::string_view text) const {
    return run(text, nullptr);
}

void Tokenizer::encode(std::string_view text, std::vector<TokenId>& ids) const {
    run(text, &ids);
}

bool Tokenizer::decode(std::span<const TokenId> ids, std::string& text) const {
    const Facts& facts = facts_of(encoding_);
    for (const TokenId id : ids) {
        std::string_view bytes = facts.table.bytes_of(id);
        if (bytes.empty()) {
            const auto special = std::ranges::find(facts.specials, id, &Special::id);
            if (special == facts.specials.end()) return false;
            bytes = special->name;
        }
        text += bytes;
    }
    return true;
}

// No piece goes on from a printing ASCII character to white space that is no line end, and none
// begins differently for what stands before it.
std::size_t token_cut(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) return text.size();
    for (std::size_t at = limit; at > 1; --at) {
        const char before = text[at - 1];
        if (text[at] == ' ' && before > ' ' && before < 0x7f) return at;
    }
    return character_cut(text, limit);
}

}  // namespace tollweir
