#include "tollweir/core/deployment.hpp"

namespace tollweir {

std::string host_header(const Origin& origin) {
    const bool is_ipv6 = origin.host.contains(':');
    std::string host = is_ipv6 ? "[" + origin.host + "]" : origin.host;
    if (origin.port != (origin.tls ? 443 : 80)) host += ":" + std::to_string(origin.port);
    return host;
}

}  // namespace tollweir
