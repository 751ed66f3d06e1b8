#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tollweir/core/deployment.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/core/secret.hpp"

namespace tollweir::net {

/// An HTTP proxy on the way to an upstream.
struct Proxy {
    std::string host;
    std::uint16_t port = 80;
    Secret authorization;  // value of Proxy-Authorization; empty: none
};

/// Which upstreams are reached through which proxy: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and
/// NO_PROXY, lower case spellings first as curl does. Immutable.
class ProxyTable {
public:
    ProxyTable() = default;

    /// Errors (`bad_request`): an address that is not `http://[user:password@]host[:port]`.
    static Result<ProxyTable> from_environment(
        const std::function<std::optional<std::string>(const std::string&)>& environment);

    /// Null: straight to the origin.
    const Proxy* proxy_for(const Origin& origin) const;

private:
    bool is_exempt(const Origin& origin) const;

    std::optional<Proxy> http_;
    std::optional<Proxy> https_;
    std::vector<std::string> exempt_;  // NO_PROXY: names, domains, addresses, CIDR blocks, `*`
};

}  // namespace tollweir::net
