#pragma once

#include <string>

#include "tollweir/core/error.hpp"

namespace tollweir {

/// The header lines that an error brings: content type, Retry-After, Allow, x-should-retry.
void append_error_headers(const GatewayError& error, std::string& headers);

/// The same and the body, in OpenAI's shape.
void write_error_reply(const GatewayError& error, std::string& headers, std::string& body);

/// Its message is an upstream's own, which may repeat the prompt: clients see it, no log does.
inline bool quotes_upstream(const GatewayError& error) {
    return error.source == ErrorSource::upstream && error.status != 0;
}

}  // namespace tollweir
