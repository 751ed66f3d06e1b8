#pragma once

#include <optional>
#include <string>

#include "tollweir/core/error.hpp"
#include "tollweir/core/json.hpp"

namespace tollweir {

/// Appends LiteLLM's envelope: `{"error":{"message","type","param","code"}}` and, where there are
/// any, `provider_specific_fields`; `detail` beside it. Source: spec/data-plane.md 4.1,
/// spec/README.md decision 2.
void write_openai_error(const GatewayError& error, std::string& out);

/// The error that an event of an OpenAI-shaped stream carries: an `error` that is an object or a
/// text, or vLLM's flat `{"object":"error","message",...}`. What the upstream named stays as sent,
/// but for a numeric code, which becomes a string.
std::optional<GatewayError> read_openai_stream_error(const ObjectView& event);

}  // namespace tollweir
