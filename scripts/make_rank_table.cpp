// Turns a rank file (lines of `BASE64 RANK`) into the table that the binary embeds
// (src/core/tokens/rank_format.hpp). Runs at build time: make_rank_table IN OUT.

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/tokens/rank_format.hpp"

using namespace tollweir::tokens;

namespace {

struct Token {
    std::uint32_t rank;
    std::string bytes;
};

std::string decode_base64(std::string_view text) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        if (c == '=') break;
        const auto digit = kDigits.find(c);
        if (digit == std::string_view::npos) throw std::runtime_error("a line is not base64");
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out += static_cast<char>(bits >> count & 0xFF);
    }
    return out;
}

std::vector<Token> read_ranks(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + path);
    std::vector<Token> tokens;
    std::string base64;
    std::uint32_t rank = 0;
    while (in >> base64 >> rank) tokens.push_back({rank, decode_base64(base64)});
    if (!in.eof()) throw std::runtime_error("a line is not `BASE64 RANK`");
    std::ranges::sort(tokens, {}, &Token::rank);
    std::array<bool, 256> single{};
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const std::string& bytes = tokens[i].bytes;
        if (bytes.empty() || bytes.size() > 255) throw std::runtime_error("a token's length");
        if (i > 0 && tokens[i].rank == tokens[i - 1].rank)
            throw std::runtime_error("a rank stands twice");
        if (bytes.size() == 1) single[static_cast<unsigned char>(bytes[0])] = true;
    }
    if (std::ranges::find(single, false) != single.end())
        throw std::runtime_error("a byte has no token");
    return tokens;
}

class Table {
public:
    explicit Table(const std::vector<Token>& tokens) : tokens_(tokens) {
        header_.magic = kRankMagic;
        header_.token_count = static_cast<std::uint32_t>(tokens.size());
        header_.rank_limit = tokens.back().rank + 1;
        // Five eighths full: a text that is no token is mostly found out at the first look.
        header_.slot_count = header_.token_count * 8 / 5;
        add_entries();
        add_slots();
        header_.places_offset = static_cast<std::uint32_t>(sizeof header_ + 4 * slots_.size());
        header_.entries_offset =
            static_cast<std::uint32_t>(header_.places_offset + 4 * places_.size());
    }

    void write(const std::string& path) const {
        std::ofstream out(path, std::ios::binary);
        const auto put = [&out](const void* data, std::size_t size) {
            out.write(static_cast<const char*>(data), static_cast<std::streamsize>(size));
        };
        put(&header_, sizeof header_);
        put(slots_.data(), 4 * slots_.size());
        put(places_.data(), 4 * places_.size());
        put(entries_.data(), entries_.size());
        if (!out.flush()) throw std::runtime_error("cannot write " + path);
    }

private:
    void add_entries() {
        entries_.assign(kUnit, '\0');  // no entry's place is 0
        for (const Token& token : tokens_) {
            const auto place = static_cast<std::uint32_t>(entries_.size() / kUnit);
            if (place >> kPlaceBits != 0) throw std::runtime_error("too many tokens");
            while (places_.size() <= token.rank / kRanksAPlace) places_.push_back(place);
            token_places_.push_back(place);
            const auto length = static_cast<std::uint32_t>(token.bytes.size());
            header_.max_token_bytes = std::max(header_.max_token_bytes, length);
            const std::uint32_t head = token.rank << 8 | length;
            entries_.append(reinterpret_cast<const char*>(&head), sizeof head);
            entries_ += token.bytes;
            entries_.resize((entries_.size() + kUnit - 1) / kUnit * kUnit);
        }
        entries_.append(kEntriesPadding, '\0');
    }

    void add_slots() {
        std::vector<std::uint32_t> slots(2 * std::size_t{header_.slot_count});
        for (std::size_t i = 0; i < tokens_.size(); ++i) {
            const std::uint64_t hash = hash_token(tokens_[i].bytes);
            const std::size_t first = first_slot(hash, header_.slot_count);
            std::size_t at = first;
            while (slots[at] != 0) ++at;
            slots[at] = fingerprint(hash) << kPlaceBits | token_places_[i];
            header_.max_probes =
                std::max(header_.max_probes, static_cast<std::uint32_t>(at - first + 1));
        }
        slots.resize(header_.slot_count + header_.max_probes);
        slots_ = std::move(slots);
    }

    const std::vector<Token>& tokens_;
    RankHeader header_{};
    std::vector<std::uint32_t> slots_;
    std::vector<std::uint32_t> places_;
    std::vector<std::uint32_t> token_places_;
    std::string entries_;
};

}  // namespace

int main(int argc, char** argv) {
    try {
        if (argc != 3) throw std::runtime_error("usage: make_rank_table IN OUT");
        const auto tokens = read_ranks(argv[1]);
        Table(tokens).write(argv[2]);
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "make_rank_table: " << error.what() << '\n';
        return 1;
    }
}
