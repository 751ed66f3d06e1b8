#pragma once

#include <array>
#include <string_view>

#include "tollweir/core/routing_strategy.hpp"

namespace tollweir {

/// LiteLLM's words for the strategies, in the order of the enumeration.
inline constexpr std::array<std::string_view, 6> kStrategyNames = {
    "simple-shuffle",         "least-busy",        "latency-based-routing", "usage-based-routing",
    "usage-based-routing-v2", "cost-based-routing"};

constexpr std::string_view name_of(RoutingStrategy strategy) {
    return kStrategyNames[static_cast<std::size_t>(strategy)];
}

}  // namespace tollweir
