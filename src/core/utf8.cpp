#include "core/utf8.hpp"

#include <simdjson.h>

namespace tollweir {
namespace {

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

}  // namespace

bool is_valid_utf8(std::string_view text) {
    return simdjson::validate_utf8(text.data(), text.size());
}

std::string with_replacements(std::string_view text) {
    std::string clean;
    clean.reserve(text.size() + 16);
    while (!text.empty()) {
        bool whole = false;
        const std::size_t length = character_length(text, whole);
        clean += whole ? text.substr(0, length) : kReplacementCharacter;
        text.remove_prefix(length);
    }
    return clean;
}

}  // namespace tollweir
