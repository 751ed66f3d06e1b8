#include "tollweir/core/find_text.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace tollweir {
namespace {

// A block of places at a time is looked at: two letters of the word tell where it may stand (Mula,
// "SIMD-friendly algorithms for substring searching", 2016).
template <std::size_t size>
using Block = std::uint8_t __attribute__((vector_size(size)));

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

/// A bit for each place of a block at which both letters stand.
template <std::size_t size>
[[gnu::always_inline]] inline std::uint32_t places_of(const char* text, Letters letters) {
    using Bits = bool __attribute__((ext_vector_type(size)));
    using Mask = std::conditional_t<size == 16, std::uint16_t, std::uint32_t>;
    Block<size> first;
    Block<size> second;
    std::memcpy(&first, text + letters.first, size);
    std::memcpy(&second, text + letters.second, size);
    const auto both = (first == letters.a) & (second == letters.b);
    return std::bit_cast<Mask>(__builtin_convertvector(both, Bits));
}

/// The first place from `at` on at which both letters stand; `places` if there is none. Four blocks
/// at once while there is none in them.
template <std::size_t size>
[[gnu::always_inline]] inline std::size_t next_place(const char* text, std::size_t at,
                                                     std::size_t places, Letters letters) {
    for (; at + 4 * size <= places; at += 4 * size) {
        const char* const here = text + at;
        const auto hits = places_of<size>(here, letters) | places_of<size>(here + size, letters) |
                          places_of<size>(here + 2 * size, letters) |
                          places_of<size>(here + 3 * size, letters);
        if (hits != 0) break;
    }
    for (; at + size <= places; at += size)
        if (const auto hits = places_of<size>(text + at, letters); hits != 0)
            return at + static_cast<std::size_t>(std::countr_zero(hits));
    for (; at < places; ++at)
        if (static_cast<std::uint8_t>(text[at + letters.first]) == letters.a &&
            static_cast<std::uint8_t>(text[at + letters.second]) == letters.b)
            break;
    return at;
}

// Functions of their own, since around a call the loops could keep nothing in registers.
using Search = std::size_t (*)(const char*, std::size_t, std::size_t, Letters);

std::size_t by_sixteen(const char* text, std::size_t at, std::size_t places, Letters letters) {
    return next_place<16>(text, at, places, letters);
}

#if defined(__x86_64__)

[[gnu::target("avx2")]] std::size_t by_thirty_two(const char* text, std::size_t at,
                                                  std::size_t places, Letters letters) {
    return next_place<32>(text, at, places, letters);
}

Search best_search() {
    return __builtin_cpu_supports("avx2") != 0 ? by_thirty_two : by_sixteen;
}

#else

Search best_search() {
    return by_sixteen;
}

#endif

}  // namespace

std::size_t find_text(std::string_view text, std::string_view word, std::size_t from) {
    if (from > text.size() || text.size() - from < word.size()) return text.npos;
    if (word.empty()) return from;
    static const Search search = best_search();
    const std::size_t places = text.size() - word.size() + 1;
    const Letters letters(word);
    for (std::size_t at = from;; ++at) {
        at = search(text.data(), at, places, letters);
        if (at >= places) return text.npos;
        if (std::memcmp(text.data() + at, word.data(), word.size()) == 0) return at;
    }
}

}  // namespace tollweir
