#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tollweir {

/// `true`, `Yes`, `off`, ...: YAML 1.1's words, as PyYAML takes them.
std::optional<bool> parse_yaml_boolean(std::string_view text);

/// A plain scalar that is a whole number: decimal, `0x`, `0b`, `0o` or a leading zero (octal, as in
/// YAML 1.1), with `_` between digits. Nothing as well where it does not fit.
std::optional<std::int64_t> parse_yaml_integer(std::string_view text);

/// Whether a plain scalar is written as a whole number, of any size.
bool is_yaml_integer(std::string_view text);

/// Whether a plain scalar is a number with a point or exponent, `.inf` and `.nan` included.
bool is_yaml_number(std::string_view text);

/// A whole decimal number out of a text (an environment variable, a quoted scalar); `12.0` counts.
std::optional<std::int64_t> parse_integer(std::string_view text);

/// A decimal number; `.inf` and `.nan` as YAML writes them.
std::optional<double> parse_number(std::string_view text);

/// `true`/`false` and YAML's words in any case, `1` and `0`: as environment variables say it.
std::optional<bool> parse_boolean_word(std::string_view text);

/// `500ms`, `25s`, `2m`, `1.5h`, `7d` or a number of seconds. Negative and not finite: nothing.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// JSON's own grammar for a number.
bool is_json_number(std::string_view text);

std::string_view trimmed(std::string_view text);

}  // namespace tollweir
