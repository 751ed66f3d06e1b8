#include "tollweir/core/base64.hpp"

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

}  // namespace

void append_base64(std::string& out, std::span<const std::byte> bytes) {
    encode(out, bytes, kStandard, true);
}

void append_base64url(std::string& out, std::span<const std::byte> bytes) {
    encode(out, bytes, kUrlSafe, false);
}

}  // namespace tollweir
