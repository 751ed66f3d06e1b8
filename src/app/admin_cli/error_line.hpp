#pragma once

#include <string>
#include <string_view>

namespace tollweir::admin_cli {

/// What the gateway says of a call that it refused, as one line: `Key not found (404)`.
std::string error_line(int status, std::string_view body);

}  // namespace tollweir::admin_cli
