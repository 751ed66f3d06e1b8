#pragma once

#include <functional>

#include "config/section.hpp"
#include "tollweir/config/router_config.hpp"

namespace tollweir {

/// The router's lists, else LiteLLM's. `{group: [groups]}`, and `[from, to]` with a warning.
FallbackConfig read_fallbacks(const Section& router, const Section& litellm);

/// Warns of groups and targets that are none, of groups that fall back on themselves and of loops.
/// `names_something`: whether a model can be asked for under the name.
void check_fallbacks(const FallbackConfig& fallbacks,
                     const std::function<bool(const std::string&)>& names_something,
                     Findings& findings);

}  // namespace tollweir
