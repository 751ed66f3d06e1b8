#include "config/azure_credential.hpp"

#include <array>

#include "config/azure_login.hpp"
#include "config/oidc_source.hpp"
#include "config/scalar.hpp"
#include "config/text_rules.hpp"

namespace tollweir {
namespace {

// The entry's keys that ask for a login.
constexpr std::array<std::string_view, 6> kLoginKeys{
    "tenant_id", "client_id", "client_secret", "azure_username", "azure_password", "azure_scope"};

std::string variable(const DeploymentEntry& entry, const std::string& name) {
    const auto value = entry.environment()(name);
    return value ? std::string(trimmed(*value)) : std::string();
}

std::string own(const DeploymentEntry& entry, std::string_view key) {
    const auto value = entry.params.text(key);
    return value ? std::string(trimmed(*value)) : std::string();
}

std::string own_or(const DeploymentEntry& entry, std::string_view key, const std::string& name) {
    auto text = own(entry, key);
    return text.empty() ? variable(entry, name) : text;
}

AzureLogin read_login(const DeploymentEntry& entry) {
    AzureLogin login;
    login.authority = variable(entry, "AZURE_AUTHORITY_HOST");
    login.scope = own_or(entry, "azure_scope", "AZURE_SCOPE");
    login.tenant = own_or(entry, "tenant_id", "AZURE_TENANT_ID");
    login.client = own_or(entry, "client_id", "AZURE_CLIENT_ID");
    login.client_secret = Secret(own_or(entry, "client_secret", "AZURE_CLIENT_SECRET"));
    login.username = own_or(entry, "azure_username", "AZURE_USERNAME");
    login.password = Secret(own_or(entry, "azure_password", "AZURE_PASSWORD"));
    // A secret says more than a person's account.
    if (own(entry, "azure_username").empty() && !login.client_secret.empty()) {
        login.username.clear();
    }
    return login;
}

void take(const DeploymentEntry& entry, std::string_view key,
          std::expected<std::shared_ptr<const TokenRecipe>, std::string> recipe,
          Deployment& deployment) {
    if (recipe) {
        deployment.token_recipe = std::move(*recipe);
    } else {
        entry.params.error(key, recipe.error());
    }
}

/// `azure_ad_token`: the token itself, or `oidc/...` to be exchanged for one.
void take_token(const DeploymentEntry& entry, const std::string& token, Deployment& deployment) {
    constexpr std::string_view kKey = "azure_ad_token";
    if (!is_oidc_reference(token)) {
        if (has_control_character(token))
            entry.params.error(kKey, "holds a line end or control character");
        deployment.access_token = Secret(token);
        return;
    }
    auto source = parse_oidc_reference(token, entry.environment());
    if (!source) {
        entry.params.error(kKey, source.error());
        return;
    }
    auto login = read_login(entry);
    login.assertion = std::move(*source);
    login.username.clear();
    take(entry, kKey, make_azure_recipe(login), deployment);
}

/// What a platform's workload identity sets.
void add_federated_token(const DeploymentEntry& entry, AzureLogin& login) {
    const auto file = variable(entry, "AZURE_FEDERATED_TOKEN_FILE");
    const bool is_needed = login.client_secret.empty() && login.username.empty();
    if (is_needed && !file.empty()) login.assertion = assertion_in_file(file);
}

bool uses_managed_identity(const DeploymentEntry& entry) {
    const auto kind = variable(entry, "AZURE_CREDENTIAL");
    if (kind == "ManagedIdentityCredential" || kind == "DefaultAzureCredential") return true;
    return entry.context.uses_managed_identity;
}

void take_managed_identity(const DeploymentEntry& entry, const AzureLogin& login,
                           Deployment& deployment) {
    take(entry, "client_id",
         make_managed_identity_recipe(variable(entry, "AZURE_POD_IDENTITY_AUTHORITY_HOST"),
                                      login.scope, login.client),
         deployment);
}

/// The login that the entry asks for; false if it asks for none.
bool take_own_login(const DeploymentEntry& entry, Deployment& deployment) {
    std::string_view first;
    for (const auto key : kLoginKeys)
        if (first.empty() && key != "azure_scope" && !own(entry, key).empty()) first = key;
    if (first.empty()) return false;
    auto login = read_login(entry);
    add_federated_token(entry, login);
    const bool has_proof = !login.client_secret.empty() || !login.username.empty() ||
                           login.assertion.kind != AssertionSource::Kind::none;
    if (!has_proof && uses_managed_identity(entry)) {
        take_managed_identity(entry, login, deployment);
    } else {
        take(entry, first, make_azure_recipe(login), deployment);
    }
    return true;
}

/// The environment's; false if it holds none that is whole.
bool take_login_of_environment(const DeploymentEntry& entry, Deployment& deployment) {
    auto login = read_login(entry);
    add_federated_token(entry, login);
    if (auto recipe = make_azure_recipe(login); recipe) {
        deployment.token_recipe = std::move(*recipe);
        return true;
    }
    if (!uses_managed_identity(entry)) return false;
    take_managed_identity(entry, login, deployment);
    return true;
}

void take_key(const DeploymentEntry& entry, const std::string& key, Deployment& deployment) {
    if (has_control_character(key))
        entry.params.error("api_key", "holds a line end or control character");
    deployment.api_key = Secret(key);
}

}  // namespace

void read_azure_credential(const DeploymentEntry& entry, Deployment& deployment) {
    if (const auto key = own(entry, "api_key"); !key.empty())
        return take_key(entry, key, deployment);
    if (const auto token = own(entry, "azure_ad_token"); !token.empty())
        return take_token(entry, token, deployment);
    if (take_own_login(entry, deployment)) return;
    for (const auto name : entry.provider->defaults.key_names)
        if (const auto key = variable(entry, std::string(name)); !key.empty())
            return take_key(entry, key, deployment);
    if (const auto token = variable(entry, "AZURE_AD_TOKEN"); !token.empty())
        return take_token(entry, token, deployment);
    if (take_login_of_environment(entry, deployment)) return;
    const Node* node = entry.params.node()->find("api_key");
    const bool is_told =
        node != nullptr && node->origin == Node::Origin::reference;  // "... is not set"
    if (!is_told && !deployment.wildcard && !deployment.mock_response)
        entry.params.warn(
            "api_key",
            "no key and no login: calls will be refused until api_key, "
            "azure_ad_token or tenant_id, client_id and client_secret are given, or " +
                std::string(entry.provider->defaults.key_names.front()) + " is set");
}

}  // namespace tollweir
