#include "config/scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

#include "config/text_rules.hpp"

namespace tollweir {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string without_underscores(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c != '_') out += c;
    return out;
}

struct IntegerParts {
    bool negative = false;
    int base = 10;
    std::string digits;
};

std::optional<IntegerParts> split_integer(std::string_view text) {
    IntegerParts parts;
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
        parts.negative = text[0] == '-';
        text.remove_prefix(1);
    }
    if (text.empty() || !is_digit(text[0])) return std::nullopt;
    if (text.size() > 1 && text[0] == '0') {
        const char mark = text[1];
        parts.base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
        text.remove_prefix(mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
    }
    parts.digits = without_underscores(text);
    const auto fits = [base = parts.base](char c) {
        if (is_digit(c)) return c - '0' < base;
        return base == 16 && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
    };
    if (parts.digits.empty() || !std::ranges::all_of(parts.digits, fits)) return std::nullopt;
    return parts;
}

/// Length of the digits at `text[from]`, in the form YAML takes: `_` may stand between them.
std::size_t digits_from(std::string_view text, std::size_t from) {
    std::size_t end = from;
    while (end < text.size() && (is_digit(text[end]) || (end > from && text[end] == '_'))) ++end;
    return end - from;
}

}  // namespace

std::optional<bool> parse_yaml_boolean(std::string_view text) {
    static constexpr std::array<std::string_view, 9> kTrue = {"true", "True", "TRUE", "yes", "Yes",
                                                              "YES",  "on",   "On",   "ON"};
    static constexpr std::array<std::string_view, 9> kFalse = {
        "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"};
    if (std::ranges::find(kTrue, text) != kTrue.end()) return true;
    if (std::ranges::find(kFalse, text) != kFalse.end()) return false;
    return std::nullopt;
}

bool is_yaml_integer(std::string_view text) {
    return split_integer(text).has_value();
}

std::optional<std::int64_t> parse_yaml_integer(std::string_view text) {
    const auto parts = split_integer(text);
    if (!parts) return std::nullopt;
    const std::string signed_digits = (parts->negative ? "-" : "") + parts->digits;
    std::int64_t value = 0;
    const char* end = signed_digits.data() + signed_digits.size();
    const auto [at, error] = std::from_chars(signed_digits.data(), end, value, parts->base);
    if (error != std::errc{} || at != end) return std::nullopt;
    return value;
}

bool is_yaml_number(std::string_view text) {
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
    const std::string word = lower_case(text);
    if (word == ".inf" || word == ".nan") return true;
    std::size_t at = digits_from(text, 0);
    bool has_digits = at > 0;
    const bool has_point = at < text.size() && text[at] == '.';
    if (has_point) {
        const std::size_t fraction = digits_from(text, at + 1);
        has_digits = has_digits || fraction > 0;
        at += 1 + fraction;
    }
    if (!has_digits) return false;
    if (at == text.size()) return has_point;
    if (text[at] != 'e' && text[at] != 'E') return false;
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    const std::size_t exponent = digits_from(text, at);
    return exponent > 0 && at + exponent == text.size();
}

std::optional<double> parse_number(std::string_view text) {
    text = trimmed(text);
    const bool has_sign = !text.empty() && (text[0] == '-' || text[0] == '+');
    const std::string_view bare = has_sign ? text.substr(1) : text;
    const double sign = has_sign && text[0] == '-' ? -1.0 : 1.0;
    const std::string word = lower_case(bare);
    if (word == ".inf") return sign * std::numeric_limits<double>::infinity();
    if (word == ".nan") return std::numeric_limits<double>::quiet_NaN();
    // from_chars alone would also take `inf`, `nan` and `0x` forms.
    if (bare.empty() || !(is_digit(bare[0]) || bare[0] == '.')) return std::nullopt;
    const std::string digits = without_underscores(bare);
    double value = 0;
    const char* end = digits.data() + digits.size();
    const auto [at, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc{} || at != end) return std::nullopt;
    return sign * value;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    text = trimmed(text);
    std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
    std::int64_t value = 0;
    const char* end = digits.data() + digits.size();
    const auto [at, error] = std::from_chars(digits.data(), end, value);
    if (!digits.empty() && error == std::errc{} && at == end) return value;
    const auto number = parse_number(text);
    constexpr double kExact = 9007199254740992.0;  // 2^53: beyond it a double skips whole numbers
    if (!number || !std::isfinite(*number) || std::abs(*number) > kExact) return std::nullopt;
    if (std::trunc(*number) != *number) return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

std::optional<bool> parse_boolean_word(std::string_view text) {
    const std::string word = lower_case(trimmed(text));
    if (word == "1") return true;
    if (word == "0") return false;
    return parse_yaml_boolean(word);
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    text = trimmed(text);
    const std::size_t unit_at = std::min(text.find_first_not_of("0123456789.+-_"), text.size());
    const std::string_view unit = trimmed(text.substr(unit_at));
    double factor = 0;
    if (unit == "ms") factor = 1;
    if (unit.empty() || unit == "s") factor = 1000;
    if (unit == "m" || unit == "min") factor = 60'000;
    if (unit == "h") factor = 3'600'000;
    if (unit == "d") factor = 86'400'000;
    const auto count = parse_number(text.substr(0, unit_at));
    if (factor == 0 || !count || !std::isfinite(*count) || *count < 0) return std::nullopt;
    constexpr double kMost = 1e15;  // far beyond every setting, and safe to convert
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(std::llround(std::min(*count * factor, kMost))));
}

bool is_json_number(std::string_view text) {
    std::size_t at = text.starts_with('-') ? 1 : 0;
    const auto digits = [&] {
        const std::size_t from = at;
        while (at < text.size() && is_digit(text[at])) ++at;
        return at - from;
    };
    const std::size_t whole_from = at;
    const std::size_t whole = digits();
    if (whole == 0 || (whole > 1 && text[whole_from] == '0')) return false;
    if (at < text.size() && text[at] == '.') {
        ++at;
        if (digits() == 0) return false;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
        if (digits() == 0) return false;
    }
    return at == text.size();
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const std::size_t from = text.find_first_not_of(kBlanks);
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(kBlanks) - from + 1);
}

}  // namespace tollweir
