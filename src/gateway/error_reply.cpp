#include "tollweir/gateway/error_reply.hpp"

#include <algorithm>

#include "tollweir/api/front.hpp"
#include "tollweir/net/client_connection.hpp"

namespace tollweir {

namespace {

/// An upstream's header value goes out as it came, unless it could break the head.
bool is_safe(std::string_view value) {
    return std::ranges::none_of(value, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

}  // namespace

void append_error_headers(const GatewayError& error, std::string& headers) {
    headers += "content-type: application/json\r\n";
    if (!error.retry_after.empty() && is_safe(*error.retry_after))
        headers.append("retry-after: ").append(*error.retry_after).append("\r\n");
    if (!error.allow.empty()) headers.append("allow: ").append(*error.allow).append("\r\n");
    if (error.headers) headers += *error.headers;
    if (error.should_not_retry) headers += "x-should-retry: false\r\n";
}

void write_error_reply(const GatewayError& error, std::string& headers, std::string& body) {
    append_error_headers(error, headers);
    openai_front().write_error(error, body);
}

void tell_cut(const net::ClientConnection& client, GatewayError& error) {
    if (error.kind == ErrorKind::client_closed && client.is_cut())
        error = {ErrorKind::unavailable, ErrorSource::gateway, "the gateway is shutting down"};
}

}  // namespace tollweir
