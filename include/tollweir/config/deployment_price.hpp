#pragma once

#include <optional>
#include <string_view>

#include "tollweir/core/deployment.hpp"
#include "tollweir/core/price_table.hpp"

namespace tollweir {

/// What is known of the model that a deployment serves: the table's row, with the prices, limits
/// and abilities that its `litellm_params` and `model_info` state in place of the table's
/// (docs/prices.md). `model`: the upstream's name, where a wildcard leaves it open. Stated values
/// that cannot be understood are passed over. Nothing: neither a row nor a price. Makes several
/// look-ups and allocates: not for each request.
std::optional<ModelPrice> price_of(const PriceTable& table, const Deployment& deployment,
                                   std::string_view model);

}  // namespace tollweir
