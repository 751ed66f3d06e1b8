#include "tollweir/core/crc32c.hpp"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#endif

namespace tollweir {

namespace {

constexpr std::uint32_t kReversedPolynomial = 0x82f63b78;

constexpr auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t value = byte;
        for (int bit = 0; bit < 8; ++bit)
            value = value >> 1 ^ ((value & 1) != 0 ? kReversedPolynomial : 0);
        table[byte] = value;
    }
    return table;
}();

[[maybe_unused]] std::uint32_t by_table(std::string_view bytes, std::uint32_t state) {
    for (const char c : bytes)
        state = state >> 8 ^ kTable[(state ^ static_cast<unsigned char>(c)) & 0xff];
    return state;
}

#if defined(__x86_64__)

__attribute__((target("sse4.2"))) std::uint32_t by_instruction(std::string_view bytes,
                                                               std::uint32_t state) {
    std::uint64_t wide = state;
    for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
        std::uint64_t word;
        std::memcpy(&word, bytes.data(), 8);
        wide = _mm_crc32_u64(wide, word);
    }
    state = static_cast<std::uint32_t>(wide);
    for (const char c : bytes) state = _mm_crc32_u8(state, static_cast<unsigned char>(c));
    return state;
}

std::uint32_t advance(std::string_view bytes, std::uint32_t state) {
    static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
    return has_instruction ? by_instruction(bytes, state) : by_table(bytes, state);
}

#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)

std::uint32_t advance(std::string_view bytes, std::uint32_t state) {
    for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
        std::uint64_t word;
        std::memcpy(&word, bytes.data(), 8);
        state = __crc32cd(state, word);
    }
    for (const char c : bytes) state = __crc32cb(state, static_cast<unsigned char>(c));
    return state;
}

#else

std::uint32_t advance(std::string_view bytes, std::uint32_t state) {
    return by_table(bytes, state);
}

#endif

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t before) {
    return ~advance(bytes, ~before);
}

}  // namespace tollweir
