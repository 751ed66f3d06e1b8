#include <simdjson.h>

#include <array>
#include <cstdint>

#include "core/json_syntax.hpp"
#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

constexpr std::array<bool, 256> kPlain = [] {
    std::array<bool, 256> plain{};
    for (std::size_t c = 0x20; c < 256; ++c) plain[c] = c != '"' && c != '\\';
    return plain;
}();

void append_escape(std::string& out, char c) {
    constexpr char kDigits[] = "0123456789abcdef";
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        case '\b':
            out += "\\b";
            return;
        case '\f':
            out += "\\f";
            return;
        default:
            break;
    }
    out += "\\u00";
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15];
}

void append_escaped(std::string& out, std::string_view text) {
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (kPlain[static_cast<unsigned char>(text[at])]) continue;
        out.append(text, begin, at - begin);
        append_escape(out, text[at]);
        begin = at + 1;
    }
    out.append(text, begin);
}

/// What a UTF-8 sequence with this first byte looks like: its length (0: no first byte) and the
/// bounds of its second byte, which rule out overlong forms, surrogates and what lies above
/// U+10FFFF. Source: Unicode 15, table 3-7.
struct Sequence {
    std::size_t length;
    unsigned char low = 0x80, high = 0xBF;
};

Sequence sequence_of(unsigned char first) {
    if (first < 0x80) return {1};
    if (first < 0xC2 || first > 0xF4) return {0};
    if (first < 0xE0) return {2};
    if (first < 0xF0) {
        if (first == 0xE0) return {3, 0xA0, 0xBF};
        return first == 0xED ? Sequence{3, 0x80, 0x9F} : Sequence{3};
    }
    if (first == 0xF0) return {4, 0x90, 0xBF};
    return first == 0xF4 ? Sequence{4, 0x80, 0x8F} : Sequence{4};
}

/// How many bytes at the front form a character, or the longest beginning of one (`whole` false).
std::size_t character_length(std::string_view text, bool& whole) {
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const Sequence sequence = sequence_of(byte(0));
    std::size_t length = 1;
    while (length < sequence.length && length < text.size()) {
        const bool second = length == 1;
        if (byte(length) < (second ? sequence.low : 0x80)) break;
        if (byte(length) > (second ? sequence.high : 0xBF)) break;
        ++length;
    }
    whole = length == sequence.length;
    return length;
}

std::string with_replacements(std::string_view text) {
    std::string clean;
    clean.reserve(text.size() + 16);
    while (!text.empty()) {
        bool whole = false;
        const std::size_t length = character_length(text, whole);
        clean += whole ? text.substr(0, length) : kReplacement;
        text.remove_prefix(length);
    }
    return clean;
}

std::uint32_t hex_value(std::string_view digits) {
    std::uint32_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    return value;
}

void append_utf8(std::string& out, std::uint32_t code) {
    const auto tail = [code](int shift) {
        return static_cast<char>(0x80 | (code >> shift & 0x3F));
    };
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += {static_cast<char>(0xC0 | code >> 6), tail(0)};
    } else if (code < 0x10000) {
        out += {static_cast<char>(0xE0 | code >> 12), tail(6), tail(0)};
    } else {
        out += {static_cast<char>(0xF0 | code >> 18), tail(12), tail(6), tail(0)};
    }
}

constexpr bool is_high_surrogate(std::uint32_t code) {
    return code >= 0xD800 && code < 0xDC00;
}
constexpr bool is_low_surrogate(std::uint32_t code) {
    return code >= 0xDC00 && code < 0xE000;
}

/// Decodes the escape at the front of `text`; returns its length, 0 if it is malformed.
std::size_t decode_escape(std::string_view text, std::string& out) {
    const std::size_t length = json_escape_length(text);
    if (length == 2) {
        constexpr std::string_view kNames = "\"\\/bfnrt";
        constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
        out += kMeanings[kNames.find(text[1])];
        return length;
    }
    if (length == 0) return 0;
    const std::uint32_t code = hex_value(text.substr(2, 4));
    if (is_low_surrogate(code)) return 0;
    if (!is_high_surrogate(code)) {
        append_utf8(out, code);
        return length;
    }
    const std::string_view second = text.substr(6);
    if (!second.starts_with("\\u") || json_escape_length(second) != 6) return 0;
    const std::uint32_t low = hex_value(second.substr(2, 4));
    if (!is_low_surrogate(low)) return 0;
    append_utf8(out, 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00));
    return 12;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    if (simdjson::validate_utf8(text.data(), text.size())) {
        append_escaped(out, text);
    } else {
        append_escaped(out, with_replacements(text));
    }
    out += '"';
}

std::optional<std::string> decode_json_string(std::string_view literal) {
    if (literal.size() < 2 || literal.front() != '"' || literal.back() != '"') return std::nullopt;
    if (!simdjson::validate_utf8(literal.data(), literal.size())) return std::nullopt;
    const std::string_view text = literal.substr(1, literal.size() - 2);
    std::string decoded;
    decoded.reserve(text.size());
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (kPlain[static_cast<unsigned char>(text[at])]) {
            ++at;
            continue;
        }
        if (text[at] != '\\') return std::nullopt;  // a bare quote or control character
        decoded.append(text, begin, at - begin);
        const std::size_t length = decode_escape(text.substr(at), decoded);
        if (length == 0) return std::nullopt;
        at += length;
        begin = at;
    }
    decoded.append(text, begin);
    return decoded;
}

}  // namespace tollweir
