#pragma once

#include <string>
#include <string_view>

#include "providers/openai/adaptation.hpp"
#include "tollweir/core/json_tree.hpp"

namespace tollweir {

/// The tool through whose arguments a JSON answer is had from models without a json_schema format.
inline constexpr std::string_view kJsonToolName = "json_tool_call";

/// Replaces a json_schema `response_format` by that tool and its choice; notes in the needs that
/// the answer must be unwrapped. Leaves requests with tools of their own as they are.
Result<void> schema_to_tool(Adaptation& adaptation);

/// Makes the content of a whole answer's messages (`choices`) of the tool's arguments. True if
/// something was changed.
bool unwrap_json_tool(JsonNode& choices);

}  // namespace tollweir
