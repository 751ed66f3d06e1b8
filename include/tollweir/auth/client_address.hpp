#pragma once

#include <string>
#include <string_view>

#include "tollweir/config/access_config.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/net/http_request.hpp"

namespace tollweir {

/// Where a request comes from: the peer, or with `use_x_forwarded_for` the right-most hop of
/// X-Forwarded-For that is not a trusted proxy. The header counts only where the peer is one; with
/// no trusted proxies configured the peer counts as one.
std::string_view client_address(const AccessConfig& access, const net::RequestHead& head,
                                std::string_view peer);

/// Errors: permission_denied, by `allowed_ips` or by the gateway's `allowed_routes`. `path` is
/// normalised.
Result<void> permit_address(const AccessConfig& access, const net::RequestHead& head,
                            std::string_view peer);
Result<void> permit_path(const AccessConfig& access, std::string_view path);

/// Whether `path` is one of the paths, a trailing `*` standing for any rest.
bool is_one_of(const std::vector<std::string>& paths, std::string_view path);

}  // namespace tollweir
