#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "tollweir/core/deployment.hpp"

namespace tollweir {

/// An upstream's address in parts.
struct ApiBase {
    Origin origin;
    std::string path;   // no trailing slash; empty or beginning with one
    std::string query;  // without `?`
    std::string text;   // scheme, host, port and path: for humans
};

/// Strict: http or https, host, port 1 to 65535, IPv6 in brackets. User names, fragments, blanks
/// and control characters are refused. The error never repeats the text, which may hold a password.
std::expected<ApiBase, std::string> parse_api_base(std::string_view text);

}  // namespace tollweir
