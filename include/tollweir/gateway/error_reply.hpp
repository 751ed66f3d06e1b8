#pragma once

#include <string>

#include "tollweir/core/error.hpp"

namespace tollweir {

namespace net {
class ClientConnection;
}

/// The header lines that an error brings: content type, Retry-After, Allow, x-should-retry.
void append_error_headers(const GatewayError& error, std::string& headers);

/// The same and the body, in OpenAI's shape.
void write_error_reply(const GatewayError& error, std::string& headers, std::string& body);

/// A client that the drain has cut off did not leave: its request failed since the gateway ends.
/// Other errors stay as they are.
void tell_cut(const net::ClientConnection& client, GatewayError& error);

/// Its message is an upstream's own, which may repeat the prompt: clients see it, no log does.
inline bool quotes_upstream(const GatewayError& error) {
    return error.source == ErrorSource::upstream && error.status != 0;
}

}  // namespace tollweir
