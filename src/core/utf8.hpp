#pragma once

#include <string>
#include <string_view>

namespace tollweir {

inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";  // U+FFFD

bool is_valid_utf8(std::string_view text);

/// The text with U+FFFD in place of each byte, or longest beginning of a character, that is not
/// UTF-8 (Unicode 15, section 3.9).
std::string with_replacements(std::string_view text);

}  // namespace tollweir
