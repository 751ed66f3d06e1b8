#pragma once

#include <string>
#include <string_view>

#include "tollweir/api/front.hpp"

namespace tollweir {

/// Writes a usage object with `cost` as a member, in place of one that the upstream put there. Such
/// as LiteLLM's `include_cost_in_streaming_usage`. `json` is followed by kJsonPadding readable
/// bytes. False: the cost is not known, or this is no object; nothing was appended.
bool add_usage_cost(std::string_view json, const Usage& usage, const UsageCost& cost,
                    std::string& out);

}  // namespace tollweir
