#pragma once

#include <string>
#include <string_view>

#include "tollweir/gateway/request_context.hpp"
#include "tollweir/net/http_response.hpp"

namespace tollweir {

/// What a stream's head says beside its status (spec/providers-openai-family.md, 1.8).
inline constexpr std::string_view kStreamHeaders =
    "content-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n"
    "x-accel-buffering: no\r\n";

/// Appends the `x-litellm-*` lines known now, and what the upstream's answer adds. On an error the
/// upstream's address stays out.
void append_reply_headers(const RequestContext& context, bool is_error, std::string& headers);

/// Keeps the headers of an upstream's answer for the client: each as `llm_provider-<name>`, rate
/// limits under their own names too. Hop-by-hop fields, lengths, encodings and cookies stay behind.
void take_upstream_headers(const net::ResponseHead& head, std::string& lines);

}  // namespace tollweir
