#pragma once

#include <expected>
#include <memory>
#include <string>

#include "tollweir/core/secret.hpp"
#include "tollweir/core/token_recipe.hpp"

namespace tollweir {

/// What Microsoft Entra ID is asked with, as the configuration has it.
struct AzureLogin {
    std::string authority;  // URL or host; empty: Microsoft's public one
    std::string scope;      // empty: that of Azure's AI services
    std::string tenant;
    std::string client;
    Secret client_secret;
    AssertionSource assertion;  // in the secret's place
    std::string username;       // a person's account, with `password`
    Secret password;
};

/// Errors: what is missing or malformed; no secret in it. The kind of login is told by what is
/// given: a user name, an assertion, else a client secret.
std::expected<std::shared_ptr<const TokenRecipe>, std::string> make_azure_recipe(
    const AzureLogin& login);

/// The token of the machine the gateway runs on, from its metadata server. `host`: another address
/// of it; `client`: which of several identities.
std::expected<std::shared_ptr<const TokenRecipe>, std::string> make_managed_identity_recipe(
    const std::string& host, const std::string& scope, const std::string& client);

}  // namespace tollweir
