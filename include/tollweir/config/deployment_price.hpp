#pragma once

#include <optional>
#include <string_view>

#include "tollweir/core/deployment.hpp"
#include "tollweir/core/find_price.hpp"
#include "tollweir/core/price_table.hpp"

namespace tollweir {

/// What a deployment's price is looked up by; views of it. `model`: the upstream's name, where a
/// wildcard leaves it open.
PriceQuery price_query(const Deployment& deployment, std::string_view model);

/// What is known of the model that a deployment serves: the table's row, with what the deployment
/// states in place of the table's (docs/prices.md). Nothing: neither a row nor a price. Makes
/// several look-ups and allocates: for each request there is PriceBook.
std::optional<ModelPrice> price_of(const PriceTable& table, const Deployment& deployment,
                                   std::string_view model);

}  // namespace tollweir
