#pragma once

#include <cstdint>
#include <string_view>

#include "core/tokens/rank_format.hpp"

namespace tollweir::tokens {

inline constexpr std::uint32_t kNoRank = ~std::uint32_t{0};

/// The tokens of one encoding, looked up where they lie in the binary. Immutable, any thread.
class RankTable {
public:
    /// `data`: a table as scripts/make_rank_table.cpp writes it.
    explicit RankTable(const char* data);

    /// The rank of the token with these bytes, kNoRank if there is none. The empty text has none.
    std::uint32_t find(std::string_view bytes) const {
        if (bytes.size() > header_.max_token_bytes) return kNoRank;
        const std::uint64_t hash = hash_token(bytes);
        const std::uint32_t wanted = fingerprint(hash);
        for (const std::uint32_t* slot = slots_ + first_slot(hash, header_.slot_count); *slot != 0;
             ++slot) {
            if (*slot >> kPlaceBits != wanted) continue;
            const char* const entry = entries_ + kUnit * (*slot & ((1U << kPlaceBits) - 1));
            const std::uint32_t head = load4(entry);
            if ((head & 0xFF) == bytes.size() && is_same(entry + kEntryHead, bytes))
                return head >> 8;
        }
        return kNoRank;
    }

    /// The bytes of a token; empty if there is no such rank.
    std::string_view bytes_of(std::uint32_t rank) const;

private:
    static bool is_same(const char* token, std::string_view bytes) {
        const char* text = bytes.data();
        std::size_t left = bytes.size();
        if (left < 8) {
            std::uint64_t difference = 0;
            if (left >= 4) {
                difference = (load4(token) ^ load4(text)) |
                             (load4(token + left - 4) ^ load4(text + left - 4));
            } else {
                for (; left > 0; --left) difference |= static_cast<unsigned>(*token++ ^ *text++);
            }
            return difference == 0;
        }
        for (; left > 8; left -= 8, token += 8, text += 8)
            if (load8(token) != load8(text)) return false;
        return load8(token + left - 8) == load8(text + left - 8);
    }

    const RankHeader& header_;
    const std::uint32_t* slots_;
    const std::uint32_t* places_;
    const char* entries_;
};

/// The embedded tables (rank_data.cpp).
const char* o200k_ranks();
const char* cl100k_ranks();
const char* p50k_ranks();

}  // namespace tollweir::tokens
