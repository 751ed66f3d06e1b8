#pragma once

#include <string>
#include <string_view>

namespace tollweir {

/// Percent-decodes; malformed escapes and `+` stay as they are.
std::string percent_decode(std::string_view text);

/// The decoded value of a query parameter; empty if absent.
std::string query_value(std::string_view query, std::string_view name);

/// The same as forms write it: `+` is a blank.
std::string form_value(std::string_view query, std::string_view name);

}  // namespace tollweir
