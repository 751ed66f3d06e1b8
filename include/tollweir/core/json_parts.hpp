#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tollweir {

// Small JSON texts of rows and settings, taken apart a level at a time. They need no padding and
// allocate: not for the way of a request. Values are views into the text, without blanks around.

/// Of an object, in order, keys decoded; of a key given twice the last one counts. Nothing: not one
/// well-formed object, or over 1024 members.
using JsonParts = std::vector<std::pair<std::string, std::string_view>>;
std::optional<JsonParts> json_members(std::string_view object);

/// Calls `take` with each member of an object of any size, in order, a key given twice too. False:
/// not one well-formed object, or a key that is no valid text; members before it were taken.
bool for_each_member(std::string_view object,
                     const std::function<void(std::string key, std::string_view value)>& take);

/// Of an array. Nothing: not one well-formed array.
std::optional<std::vector<std::string_view>> json_elements(std::string_view array);

/// The member's value; empty if absent.
std::string_view find_part(const JsonParts& parts, std::string_view key);

/// Strings of an array, decoded; others, and what is no array, are left out.
std::vector<std::string> json_texts(std::string_view array);

/// A whole number; also one written `5.0`, as Python's floats are. Nothing: anything else.
std::optional<std::int64_t> json_integer(std::string_view value);

}  // namespace tollweir
