#pragma once

#include <cstddef>
#include <string_view>

namespace tollweir {

constexpr bool is_json_blank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

constexpr std::string_view trim_json_right(std::string_view text) {
    while (!text.empty() && is_json_blank(text.back())) text.remove_suffix(1);
    return text;
}

/// Length of the number, `true`, `false` or `null` that `text` begins with; 0 if there is none.
std::size_t json_number_length(std::string_view text);
std::size_t json_word_length(std::string_view text);

/// Length of the escape sequence that `text` begins with (at its backslash): 2 or 6; 0 if it is
/// none of JSON's.
std::size_t json_escape_length(std::string_view text);

/// Length of the string literal that `text` begins with, both quotes included; 0 if it is
/// malformed. UTF-8 is not checked.
std::size_t json_string_length(std::string_view text);

}  // namespace tollweir
