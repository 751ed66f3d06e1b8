#include "tollweir/core/record_id.hpp"

#include <cstdint>

#include "tollweir/core/ids.hpp"

namespace tollweir {

namespace {

constexpr bool has_dash_before(std::size_t byte) {
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

RecordId new_record_id(WallTime now) {
    const auto milliseconds = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
    const std::uint64_t high =
        milliseconds << 16 | std::uint64_t{0x7000} | (random_bits() & std::uint64_t{0x0fff});
    const std::uint64_t low = (random_bits() & ~(std::uint64_t{3} << 62)) | std::uint64_t{1} << 63;
    RecordId id;
    for (std::size_t i = 0; i < 8; ++i) {
        id.bytes[i] = static_cast<unsigned char>(high >> (56 - 8 * i));
        id.bytes[8 + i] = static_cast<unsigned char>(low >> (56 - 8 * i));
    }
    return id;
}

void append_text(const RecordId& id, std::string& out) {
    constexpr char kDigits[] = "0123456789abcdef";
    char text[36];
    std::size_t at = 0;
    for (std::size_t i = 0; i < id.bytes.size(); ++i) {
        if (has_dash_before(i)) text[at++] = '-';
        text[at++] = kDigits[id.bytes[i] >> 4];
        text[at++] = kDigits[id.bytes[i] & 15];
    }
    out.append(text, sizeof text);
}

std::string to_text(const RecordId& id) {
    std::string out;
    append_text(id, out);
    return out;
}

std::optional<RecordId> parse_record_id(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    RecordId id;
    std::size_t at = 0;
    for (std::size_t i = 0; i < id.bytes.size(); ++i) {
        if (has_dash_before(i) && text[at++] != '-') return std::nullopt;
        const int high = hex_value(text[at++]);
        const int low = hex_value(text[at++]);
        if (high < 0 || low < 0) return std::nullopt;
        id.bytes[i] = static_cast<unsigned char>(high << 4 | low);
    }
    return id;
}

}  // namespace tollweir
