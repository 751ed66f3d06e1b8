#include "tollweir/core/deployment.hpp"

namespace tollweir {

std::string host_header(const Origin& origin) {
    const bool is_ipv6 = origin.host.contains(':');
    std::string host = is_ipv6 ? "[" + origin.host + "]" : origin.host;
    if (origin.port != (origin.tls ? 443 : 80)) host += ":" + std::to_string(origin.port);
    return host;
}

TokenCounter token_counter_for(const Deployment& deployment, std::string_view upstream_model) {
    const bool is_open = deployment.model.contains('*') && deployment.base_model.empty();
    return is_open ? TokenCounter::for_model(upstream_model) : deployment.token_counter;
}

}  // namespace tollweir
