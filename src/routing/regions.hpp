#pragma once

#include <string_view>

namespace tollweir {

/// Whether a deployment's region is the one allowed, or one of those that `eu` and `us` stand for
/// (the names of AWS, Azure and Google). A deployment without a region is in none.
bool is_in_region(std::string_view region, std::string_view allowed);

}  // namespace tollweir
