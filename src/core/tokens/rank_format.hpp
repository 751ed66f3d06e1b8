#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// How a rank table lies in the binary: made at build time by scripts/make_rank_table.cpp, used
/// where it lies, so that nothing is unpacked and only the pages that are looked at cost memory.
///
///     RankHeader
///     uint32 slots[slot_count + max_probes]   hash table, open addressing, no wrap-around
///     uint32 places[]                         where every kRanksAPlace-th rank begins, for
///     decoding entries                                 in the order of ranks, kUnit-aligned,
///     padded
///
/// A slot is 0 (empty) or `fingerprint << kPlaceBits | place`; a place counts kUnits from the
/// beginning of the entries. An entry is `rank << 8 | length` in four bytes, then the token's
/// bytes.
namespace tollweir::tokens {

static_assert(std::endian::native == std::endian::little);

struct RankHeader {
    std::uint32_t magic;
    std::uint32_t token_count;
    std::uint32_t rank_limit;  // every rank is below it
    std::uint32_t slot_count;
    std::uint32_t max_probes;  // no token is further from its slot than this
    std::uint32_t max_token_bytes;
    std::uint32_t places_offset;  // of the parts, in bytes from the header's beginning
    std::uint32_t entries_offset;
};

inline constexpr std::uint32_t kRankMagic = 0x31525754;  // "TWR1"
inline constexpr unsigned kPlaceBits = 21;
inline constexpr std::size_t kUnit = 2;
inline constexpr std::uint32_t kRanksAPlace = 64;
inline constexpr std::size_t kEntryHead = 4;
// Bytes behind the last entry that may be read.
inline constexpr std::size_t kEntriesPadding = 16;

inline std::uint64_t load8(const char* from) {
    std::uint64_t value;
    std::memcpy(&value, from, sizeof value);
    return value;
}
inline std::uint32_t load4(const char* from) {
    std::uint32_t value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

/// The table is fixed and its longest chain known, so the hash needs no secret.
inline std::uint64_t hash_token(std::string_view text) {
    constexpr std::uint64_t kFirst = 0x9E3779B97F4A7C15, kSecond = 0xD6E8FEB86659FD93;
    const char* at = text.data();
    std::size_t left = text.size();
    std::uint64_t hash = left * kFirst;
    for (; left >= 8; at += 8, left -= 8) {
        hash = (hash ^ load8(at)) * kSecond;
        hash ^= hash >> 32;
    }
    std::uint64_t tail = 0;
    if (left >= 4) {
        tail = load4(at) | std::uint64_t{load4(at + left - 4)} << 32;
    } else if (left > 0) {
        const auto byte = [at](std::size_t i) {
            return std::uint64_t{static_cast<unsigned char>(at[i])};
        };
        tail = byte(0) | byte(left / 2) << 8 | byte(left - 1) << 16;
    }
    hash = (hash ^ tail) * kSecond;
    hash ^= hash >> 32;
    hash *= kFirst;
    return hash ^ hash >> 29;
}

inline std::uint32_t first_slot(std::uint64_t hash, std::uint32_t slot_count) {
    return static_cast<std::uint32_t>((hash >> 32) * slot_count >> 32);
}
inline std::uint32_t fingerprint(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash) & ((1U << (32 - kPlaceBits)) - 1);
}

}  // namespace tollweir::tokens
