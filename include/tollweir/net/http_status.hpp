#pragma once

#include <string>
#include <string_view>

namespace tollweir::net {

/// `HTTP/1.1 200 OK\r\n`.
std::string_view status_line(int status);

}  // namespace tollweir::net
