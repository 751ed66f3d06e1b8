#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "tollweir/config/api_base.hpp"
#include "tollweir/config/load.hpp"
#include "tollweir/core/secret.hpp"

namespace tollweir {

/// Where a running gateway is, and the key that it is asked with (empty: none).
struct GatewayAddress {
    ApiBase base;
    Secret key;
};

/// `http://localhost:4000`, `https://gateway.example.org/llm`; without a scheme it is http. The
/// error is one line.
std::expected<ApiBase, std::string> parse_gateway_url(std::string_view url);

struct GatewayAnswer {
    int status = 0;
    std::string body;
};

/// One call to a running gateway, for commands that are a process of their own: blocks until the
/// answer is whole. Proxies and certificate authorities are those of `environment`; nothing on this
/// machine is asked through a proxy. `target`: path and query. The error is one line that says why
/// there is no answer.
std::expected<GatewayAnswer, std::string> ask_gateway(const GatewayAddress& gateway,
                                                      const Environment& environment,
                                                      std::string_view method,
                                                      std::string_view target,
                                                      const std::string& body);

}  // namespace tollweir
