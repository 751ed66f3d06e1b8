#pragma once

#include <string>
#include <string_view>

#include "tollweir/core/deployment.hpp"
#include "tollweir/gateway/request_context.hpp"

namespace tollweir {

/// What a stream's head says beside its status (spec/providers-openai-family.md, 1.8).
inline constexpr std::string_view kStreamHeaders =
    "content-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n"
    "x-accel-buffering: no\r\n";

/// Appends the `x-litellm-*` lines known now. `deployment` may be null: none was chosen.
void append_reply_headers(const RequestContext& context, const Deployment* deployment,
                          std::string& headers);

}  // namespace tollweir
