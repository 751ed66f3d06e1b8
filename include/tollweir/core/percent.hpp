#pragma once

#include <string>
#include <string_view>

namespace tollweir {

/// RFC 3986, section 2.3: all but unreserved characters are encoded, as parts of a path, of a query
/// and of a form need it.
void append_percent_encoded(std::string& out, std::string_view text);
std::string percent_encoded(std::string_view text);

}  // namespace tollweir
