#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "tollweir/core/price.hpp"

namespace tollweir {

// Where a field's number goes, for the table whose numbers need no reading. Null: not such a field.
std::optional<std::int64_t>* count_slot(ModelPrice& price, std::string_view name);
Millionths* factor_slot(ModelPrice& price, std::string_view name);

/// The same for every size of context.
void set_search_cost(ModelPrice& price, Femtodollars cost);

}  // namespace tollweir
