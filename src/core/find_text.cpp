#include "tollweir/core/find_text.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace tollweir {
namespace {

// Sixteen places at a time are looked at: two letters of the word tell where it may stand (Mula,
// "SIMD-friendly algorithms for substring searching", 2016).
using Block = std::uint8_t __attribute__((vector_size(16)));

Block load(const char* at) {
    Block block;
    std::memcpy(&block, at, sizeof block);
    return block;
}

/// A bit for each place at which both letters stand.
unsigned places_of(Block first, std::uint8_t a, Block second, std::uint8_t b) {
    using Bits = bool __attribute__((ext_vector_type(16)));
    const auto both = (first == a) & (second == b);
    return std::bit_cast<std::uint16_t>(__builtin_convertvector(both, Bits));
}

/// A word, by two of its letters; the outermost of a longer one are mostly quotes, which stand
/// everywhere.
struct Letters {
    explicit Letters(std::string_view word)
        : first(word.size() > 3 ? 1 : 0),
          second(word.size() - 1 - first),
          a(static_cast<std::uint8_t>(word[first])),
          b(static_cast<std::uint8_t>(word[second])) {}

    std::size_t first;
    std::size_t second;
    std::uint8_t a;
    std::uint8_t b;
};

/// The first place from `at` on at which both letters stand; `places` if there is none. Of its own,
/// since around a call the loop could keep nothing in registers.
[[gnu::noinline]] std::size_t next_place(const char* text, std::size_t at, std::size_t places,
                                         Letters letters) {
    const char* const first = text + letters.first;
    const char* const second = text + letters.second;
    for (; at + sizeof(Block) <= places; at += sizeof(Block)) {
        const auto hits = places_of(load(first + at), letters.a, load(second + at), letters.b);
        if (hits != 0) return at + static_cast<std::size_t>(std::countr_zero(hits));
    }
    for (; at < places; ++at)
        if (static_cast<std::uint8_t>(first[at]) == letters.a &&
            static_cast<std::uint8_t>(second[at]) == letters.b)
            break;
    return at;
}

}  // namespace

std::size_t find_text(std::string_view text, std::string_view word, std::size_t from) {
    if (from > text.size() || text.size() - from < word.size()) return text.npos;
    if (word.empty()) return from;
    const std::size_t places = text.size() - word.size() + 1;
    const Letters letters(word);
    for (std::size_t at = from;; ++at) {
        at = next_place(text.data(), at, places, letters);
        if (at >= places) return text.npos;
        if (std::memcmp(text.data() + at, word.data(), word.size()) == 0) return at;
    }
}

}  // namespace tollweir
