#pragma once

#include <cstdint>
#include <string_view>

namespace tollweir {

/// Which price list of a provider a call is on. Any other word counts as `standard`.
enum class ServiceTier : std::uint8_t { standard, priority, flex, batches };

ServiceTier parse_service_tier(std::string_view word);

}  // namespace tollweir
