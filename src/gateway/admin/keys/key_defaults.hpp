#pragma once

#include "gateway/admin/keys/key_fields.hpp"
#include "tollweir/config/key_defaults.hpp"

namespace tollweir {

/// `default_key_generate_params`: what a new key has where nothing is said.
void fill_defaults(const KeyParams& defaults, KeyFields& fields);

enum class Unsaid : std::uint8_t { becomes_the_most, stays };
/// `upperbound_key_generate_params`: what a key may have at most. Errors (`bad_request`): more.
Result<void> hold_bounds(const KeyParams& bounds, Unsaid unsaid, KeyFields& fields);

/// `required_params` of `key_generation_settings`. Errors: `bad_request`.
Result<void> hold_required(const std::vector<std::string>& params, const KeyFields& fields);

/// `enable_key_alias_format_validation`. Errors: `bad_request`.
Result<void> check_alias_format(std::string_view alias);
/// The same of an alias that was sent, where the configuration asks for it.
Result<void> hold_alias_format(const KeyDefaults& rules, const KeyFields& fields);

}  // namespace tollweir
