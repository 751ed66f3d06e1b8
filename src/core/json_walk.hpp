#pragma once

#include <algorithm>
#include <string_view>

#include "core/json_syntax.hpp"
#include "tollweir/core/json.hpp"

namespace tollweir {

inline std::string_view trim_json_left(std::string_view text) {
    const auto begin = std::ranges::find_if_not(text, is_json_blank);
    return text.substr(static_cast<std::size_t>(begin - text.begin()));
}

/// Calls `take(element)` with the text of each element of a JSON array. False where the text is no
/// array or breaks off; what came before has been taken.
template <class Take>
bool for_each_element(std::string_view array, Take&& take) {
    if (!array.starts_with('[')) return false;
    std::string_view rest = trim_json_left(array.substr(1));
    if (rest.starts_with(']')) return true;
    for (;;) {
        const std::size_t end = json_value_end(rest, 0);
        if (end == std::string_view::npos) return false;
        take(rest.substr(0, end));
        rest = trim_json_left(rest.substr(end));
        if (!rest.starts_with(',')) return rest.starts_with(']');
        rest = trim_json_left(rest.substr(1));
    }
}

/// Calls `take(key, value)` for each member of a JSON object. The key is the literal's inside with
/// its escapes, the value its text. False as above.
template <class Take>
bool for_each_member(std::string_view object, Take&& take) {
    if (!object.starts_with('{')) return false;
    std::string_view rest = trim_json_left(object.substr(1));
    if (rest.starts_with('}')) return true;
    for (;;) {
        const std::size_t length = json_string_length(rest);
        if (length == 0) return false;
        const std::string_view key = rest.substr(1, length - 2);
        rest = trim_json_left(rest.substr(length));
        if (!rest.starts_with(':')) return false;
        rest = trim_json_left(rest.substr(1));
        const std::size_t end = json_value_end(rest, 0);
        if (end == std::string_view::npos) return false;
        take(key, rest.substr(0, end));
        rest = trim_json_left(rest.substr(end));
        if (!rest.starts_with(',')) return rest.starts_with('}');
        rest = trim_json_left(rest.substr(1));
    }
}

/// The text of a member's value; empty if there is none with this key (which has no escapes).
inline std::string_view member_of(std::string_view object, std::string_view wanted) {
    std::string_view found;
    for_each_member(object, [&](std::string_view key, std::string_view value) {
        if (key == wanted) found = value;
    });
    return found;
}

inline bool is_json_string(std::string_view value) {
    return value.starts_with('"');
}

}  // namespace tollweir
