#include "tollweir/core/base64.hpp"

#include <array>
#include <cstdint>

namespace tollweir {
namespace {

constexpr char kStandard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kUrlSafe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void encode(std::string& out, std::span<const std::byte> bytes, const char* alphabet, bool pad) {
    out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
    while (!bytes.empty()) {
        const std::size_t used = bytes.size() < 3 ? bytes.size() : 3;
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < used; ++i) {
            group |= std::to_integer<std::uint32_t>(bytes[i]) << (16 - 8 * i);
        }
        for (std::size_t i = 0; i <= used; ++i) out += alphabet[group >> (18 - 6 * i) & 63];
        if (pad) out.append(3 - used, '=');
        bytes = bytes.subspan(used);
    }
}

constexpr std::uint8_t kNoDigit = 255;

constexpr std::array<std::uint8_t, 256> make_digits() {
    std::array<std::uint8_t, 256> digits{};
    digits.fill(kNoDigit);
    for (std::uint8_t i = 0; i < 64; ++i) digits[static_cast<unsigned char>(kStandard[i])] = i;
    return digits;
}
constexpr auto kDigits = make_digits();

}  // namespace

void append_base64(std::string& out, std::span<const std::byte> bytes) {
    encode(out, bytes, kStandard, true);
}

void append_base64url(std::string& out, std::span<const std::byte> bytes) {
    encode(out, bytes, kUrlSafe, false);
}

bool decode_base64(std::string_view text, std::string& out) {
    if (text.size() % 4 != 0) return false;
    std::size_t padding = 0;
    while (padding < 2 && text.ends_with('=')) {
        text.remove_suffix(1);
        ++padding;
    }
    std::uint32_t group = 0;
    std::size_t count = 0;
    for (const char c : text) {
        const auto digit = kDigits[static_cast<unsigned char>(c)];
        if (digit == kNoDigit) return false;
        group = group << 6 | digit;
        if (++count % 4 != 0) continue;
        for (int shift = 16; shift >= 0; shift -= 8) out += static_cast<char>(group >> shift);
    }
    // Bits beyond the last whole byte must be none: one text for one value.
    if (padding == 1) {
        if ((group & 3) != 0) return false;
        out += static_cast<char>(group >> 10);
        out += static_cast<char>(group >> 2);
    } else if (padding == 2) {
        if ((group & 15) != 0) return false;
        out += static_cast<char>(group >> 4);
    }
    return true;
}

}  // namespace tollweir
