#pragma once

#include <string>
#include <string_view>

namespace tollweir {

/// ASCII only, as in host and header names.
std::string lower_case(std::string_view text);

/// A byte below 0x20, or DEL: it would end a header line or a line of the log.
bool has_control_character(std::string_view text);

/// A token of RFC 9110, section 5.6.2.
bool is_header_name(std::string_view name);

}  // namespace tollweir
