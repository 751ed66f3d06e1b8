#include "tollweir/core/service_tier.hpp"

namespace tollweir {

ServiceTier parse_service_tier(std::string_view word) {
    if (word == "priority") return ServiceTier::priority;
    if (word == "flex") return ServiceTier::flex;
    if (word == "batches" || word == "batch") return ServiceTier::batches;
    return ServiceTier::standard;
}

}  // namespace tollweir
