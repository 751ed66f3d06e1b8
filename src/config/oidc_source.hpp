#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "tollweir/config/load.hpp"
#include "tollweir/core/token_recipe.hpp"

namespace tollweir {

/// `oidc/<provider>/<audience>`: where the token of an identity provider is found.
bool is_oidc_reference(std::string_view text);

/// Providers: `google`, `github`, `circleci`, `circleci_v2`, `azure`, `file`, `env`, `env_path`
/// (spec/config.md, section 2). Errors: an unknown one, or a variable of its that is not set.
std::expected<AssertionSource, std::string> parse_oidc_reference(std::string_view text,
                                                                 const Environment& environment);

/// A text file that holds the token.
AssertionSource assertion_in_file(std::string path);

}  // namespace tollweir
