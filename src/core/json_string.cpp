#include <array>
#include <cstdint>

#include "core/json_syntax.hpp"
#include "core/utf8.hpp"
#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

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

constexpr std::size_t kShort = 256;  // longer ones are texts, seldom plain

/// As keys and names mostly are: ASCII in which nothing needs an escape.
bool is_plain_ascii(std::string_view text) {
    unsigned char odd = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        odd |=
            static_cast<unsigned char>(byte < 0x20 || byte > 0x7e || byte == '"' || byte == '\\');
    }
    return odd == 0;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    if (text.size() <= kShort && is_plain_ascii(text)) {
        out += text;
    } else if (is_valid_utf8(text)) {
        append_escaped(out, text);
    } else {
        append_escaped(out, with_replacements(text));
    }
    out += '"';
}

std::optional<std::string> decode_json_string(std::string_view literal) {
    if (literal.size() < 2 || literal.front() != '"' || literal.back() != '"') return std::nullopt;
    const std::string_view text = literal.substr(1, literal.size() - 2);
    if (text.size() <= kShort && is_plain_ascii(text)) return std::string(text);
    if (!is_valid_utf8(text)) return std::nullopt;
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

void append_json_text(std::string& out, std::string_view literal) {
    std::string_view text = literal;
    if (text.starts_with('"')) text.remove_prefix(1);
    if (text.ends_with('"')) text.remove_suffix(1);
    for (;;) {
        const std::size_t plain = std::min(text.find('\\'), text.size());
        out += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty()) return;
        std::size_t length = decode_escape(text, out);
        if (length == 0) {
            length = std::max<std::size_t>(json_escape_length(text), 1);
            out += length == 6 ? kReplacementCharacter : text.substr(0, 1);
        }
        text.remove_prefix(length);
    }
}

}  // namespace tollweir
