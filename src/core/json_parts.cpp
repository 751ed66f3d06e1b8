#include "tollweir/core/json_parts.hpp"

#include <algorithm>
#include <charconv>

#include "core/json_syntax.hpp"
#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

void skip_blanks(std::string_view text, std::size_t& at) {
    while (at < text.size() && is_json_blank(text[at])) ++at;
}

std::string_view trimmed(std::string_view text) {
    std::size_t begin = 0;
    skip_blanks(text, begin);
    return trim_json_right(text.substr(begin));
}

/// The value at `at`, which is known to be well-formed; `at` moves behind it and the comma or
/// bracket that follows.
std::string_view take_value(std::string_view text, std::size_t& at) {
    skip_blanks(text, at);
    const auto end = json_value_end(text, at);
    const auto value = text.substr(at, end - at);
    at = end;
    skip_blanks(text, at);
    ++at;
    return value;
}

bool is_whole(std::string_view text, char bracket) {
    return text.starts_with(bracket) && json_value_end(text, 0) == text.size();
}

// Keys are compared with each other; ObjectView has the same bound.
constexpr std::size_t kMaxParts = 1024;

/// Nothing between the brackets that `at` stands behind.
bool is_bare(std::string_view text, std::size_t at) {
    skip_blanks(text, at);
    return at + 1 == text.size();
}

}  // namespace

bool for_each_member(std::string_view object,
                     const std::function<void(std::string key, std::string_view value)>& take) {
    object = trimmed(object);
    if (!is_whole(object, '{')) return false;
    if (is_bare(object, 1)) return true;
    for (std::size_t at = 1; at < object.size();) {
        skip_blanks(object, at);
        const auto literal = object.substr(at, json_string_length(object.substr(at)));
        auto key = decode_json_string(literal);
        if (!key) return false;
        at += literal.size();
        skip_blanks(object, at);
        ++at;  // the colon
        const auto value = take_value(object, at);
        take(std::move(*key), value);
    }
    return true;
}

std::optional<JsonParts> json_members(std::string_view object) {
    JsonParts parts;
    bool fits = true;
    const auto take = [&](std::string key, std::string_view value) {
        const auto same = std::ranges::find(
            parts, key, [](const auto& part) { return std::string_view(part.first); });
        if (same != parts.end()) parts.erase(same);
        fits = fits && parts.size() < kMaxParts;
        if (fits) parts.emplace_back(std::move(key), value);
    };
    if (!for_each_member(object, take) || !fits) return std::nullopt;
    return parts;
}

std::optional<std::vector<std::string_view>> json_elements(std::string_view array) {
    array = trimmed(array);
    if (!is_whole(array, '[')) return std::nullopt;
    std::vector<std::string_view> elements;
    if (is_bare(array, 1)) return elements;
    for (std::size_t at = 1; at < array.size();) elements.push_back(take_value(array, at));
    return elements;
}

std::string_view find_part(const JsonParts& parts, std::string_view key) {
    const auto found = std::ranges::find(
        parts, key, [](const auto& part) { return std::string_view(part.first); });
    return found == parts.end() ? std::string_view{} : found->second;
}

std::vector<std::string> json_texts(std::string_view array) {
    std::vector<std::string> texts;
    const auto elements = json_elements(array);
    if (!elements) return texts;
    for (const auto element : *elements)
        if (auto text = decode_json_string(element)) texts.push_back(std::move(*text));
    return texts;
}

std::optional<std::int64_t> json_integer(std::string_view value) {
    std::int64_t number = 0;
    const auto* const end = value.data() + value.size();
    const auto read = std::from_chars(value.data(), end, number);
    if (read.ec != std::errc()) return std::nullopt;
    std::string_view rest(read.ptr, static_cast<std::size_t>(end - read.ptr));
    if (rest.empty()) return number;
    if (rest.size() < 2 || rest.front() != '.') return std::nullopt;
    rest.remove_prefix(1);
    return rest.find_first_not_of('0') == rest.npos ? std::optional(number) : std::nullopt;
}

}  // namespace tollweir
