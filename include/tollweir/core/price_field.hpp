#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "tollweir/core/error.hpp"
#include "tollweir/core/price.hpp"

namespace tollweir {

/// What a price's field is called: `input_cost_per_token`, with `_above_200k_tokens` for a
/// threshold and `_priority`, `_flex` or `_batches` for a tier behind it. Nothing: no price's name.
std::optional<Rate> parse_rate_name(std::string_view name);
std::string rate_name(const Rate& rate);

/// Sets a field of a model's row from its JSON text: our table's layout, or LiteLLM's. False: not
/// a field that a row has, nothing is set. A null says nothing. Errors (`bad_request`): a known
/// field with a value that it cannot have; the message says what is expected, not which field.
Result<bool> set_price_field(ModelPrice& price, std::string_view name, std::string_view json);

/// A field that a deployment states, and its JSON text.
using PriceOverride = std::pair<std::string, std::string>;

/// Puts stated fields in place of the table's. With a price goes what the table derived from the
/// list price: a stated `input_cost_per_token` replaces every price for prompt tokens (tiers,
/// thresholds, cached ones), `output_cost_per_token` every price for tokens of answers,
/// `tiered_pricing` or a price a second both, any other the same unit's. Errors (`bad_request`): as
/// set_price_field, the message begins with the field's name.
Result<void> override_prices(ModelPrice& price, std::span<const PriceOverride> overrides);

/// Whether the field is a price, not a limit or a capability.
bool is_price_name(std::string_view name);

}  // namespace tollweir
