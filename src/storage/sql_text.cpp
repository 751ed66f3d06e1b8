#include "storage/sql_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "tollweir/core/json.hpp"
#include "tollweir/core/time_text.hpp"

namespace tollweir {
namespace {

void append_quoted_element(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

}  // namespace

std::string sql_time(WallTime time) {
    auto text = rfc3339(time);
    text.resize(26);  // without the zone
    text[10] = ' ';
    return text;
}

std::string array_literal(std::span<const std::string> items) {
    std::string out = "{";
    for (const auto& item : items) {
        if (out.size() > 1) out += ',';
        append_quoted_element(out, item);
    }
    return out + '}';
}

std::optional<std::vector<std::string>> read_array_literal(std::string_view text) {
    if (text.size() < 2 || text.front() != '{' || text.back() != '}') return std::nullopt;
    text = text.substr(1, text.size() - 2);
    std::vector<std::string> items;
    std::size_t at = 0;
    while (at < text.size()) {
        std::string item;
        const bool quoted = text[at] == '"';
        if (quoted) ++at;
        for (; at < text.size(); ++at) {
            const char c = text[at];
            if (quoted ? c == '"' : c == ',') break;
            if (!quoted && c == '{') return std::nullopt;
            if (c == '\\' && at + 1 < text.size()) ++at;
            item += text[at];
        }
        if (quoted && at++ >= text.size()) return std::nullopt;
        if (quoted || item != "NULL") items.push_back(std::move(item));
        if (at < text.size() && text[at++] != ',') return std::nullopt;
    }
    return items;
}

std::string json_array(std::span<const std::string> items) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (const auto& item : items) json.string(item);
    json.end_array();
    return out;
}

std::string real_text(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    return {digits, end};
}

std::int64_t held_sum(PicodollarSum amount) {
    constexpr PicodollarSum kLeast = std::numeric_limits<std::int64_t>::min();
    constexpr PicodollarSum kMost = std::numeric_limits<std::int64_t>::max();
    return static_cast<std::int64_t>(std::clamp(amount, kLeast, kMost));
}

std::string quoted_name(std::string_view name) {
    std::string out = "\"";
    for (const char c : name) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + '"';
}

}  // namespace tollweir
