#include "config/azure_login.hpp"

#include <algorithm>

#include "tollweir/config/api_base.hpp"
#include "tollweir/core/hash.hpp"
#include "tollweir/core/percent.hpp"
#include "tollweir/core/version.hpp"

namespace tollweir {
namespace {

// Source: spec/providers-openai-family.md, section 3.
constexpr std::string_view kAuthority = "https://login.microsoftonline.com";
constexpr std::string_view kScope = "https://cognitiveservices.azure.com/.default";
constexpr std::string_view kMetadataServer = "http://169.254.169.254";
constexpr std::string_view kAssertionType =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

using Recipe = std::expected<std::shared_ptr<const TokenRecipe>, std::string>;

std::string with_scheme(const std::string& address) {
    return address.contains("://") ? address : "https://" + address;
}

// A tenant is an id or a domain; it becomes part of a path.
bool is_tenant(std::string_view text) {
    return !text.empty() && text.size() <= 253 && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '.';
    });
}

std::string head_lines(const Origin& origin, std::string_view more) {
    std::string lines = "Host: " + host_header(origin) + "\r\n";
    lines.append(more).append("Accept: application/json\r\nUser-Agent: tollweir/");
    return lines.append(kVersion).append("\r\n");
}

// Parts are told apart whatever they hold; secrets go in as their digests.
std::string key_of(std::initializer_list<std::string_view> parts) {
    std::string joined;
    for (const auto part : parts)
        joined.append(std::to_string(part.size())).append(":").append(part);
    return sha256_hex(joined);
}

std::string identity_of(const AssertionSource& source) {
    const auto& call = source.call;
    return source.file + "\n" + sha256_hex(source.text.reveal()) + "\n" + call.origin.host +
           call.head.path;
}

std::string missing(const AzureLogin& login) {
    if (login.client.empty()) return "client_id is missing";
    if (!login.username.empty()) return login.password.empty() ? "azure_password is missing" : "";
    if (login.tenant.empty()) return "tenant_id is missing";
    const bool has_proof =
        !login.client_secret.empty() || login.assertion.kind != AssertionSource::Kind::none;
    return has_proof ? "" : "client_secret is missing";
}

void add_proof(const AzureLogin& login, TokenRecipe& recipe) {
    auto& form = recipe.call.form;
    if (!login.username.empty()) {
        form.emplace_back("grant_type", Secret("password"));
        form.emplace_back("username", Secret(login.username));
        form.emplace_back("password", login.password);
        return;
    }
    form.emplace_back("grant_type", Secret("client_credentials"));
    if (login.assertion.kind == AssertionSource::Kind::none) {
        form.emplace_back("client_secret", login.client_secret);
    } else {
        form.emplace_back("client_assertion_type", Secret(std::string(kAssertionType)));
        recipe.assertion = login.assertion;
    }
}

}  // namespace

Recipe make_azure_recipe(const AzureLogin& login) {
    if (auto what = missing(login); !what.empty()) return std::unexpected(std::move(what));
    // A person's account does not need one.
    const std::string tenant = login.tenant.empty() ? "organizations" : login.tenant;
    if (!is_tenant(tenant)) return std::unexpected("tenant_id is neither an id nor a domain");
    const auto authority = parse_api_base(
        with_scheme(login.authority.empty() ? std::string(kAuthority) : login.authority));
    if (!authority) {
        return std::unexpected("AZURE_AUTHORITY_HOST is not a usable URL: " + authority.error());
    }
    const std::string scope = login.scope.empty() ? std::string(kScope) : login.scope;

    auto recipe = std::make_shared<TokenRecipe>();
    recipe->issuer = "Microsoft Entra ID";
    recipe->call.origin = authority->origin;
    recipe->call.head.path = authority->path + "/" + tenant + "/oauth2/v2.0/token";
    recipe->call.head.headers =
        head_lines(authority->origin, "Content-Type: application/x-www-form-urlencoded\r\n");
    recipe->call.form.emplace_back("client_id", Secret(login.client));
    recipe->call.form.emplace_back("scope", Secret(scope));
    add_proof(login, *recipe);
    recipe->key = key_of({"entra", authority->text, tenant, login.client, scope,
                          sha256_hex(login.client_secret.reveal()), identity_of(login.assertion),
                          login.username, sha256_hex(login.password.reveal())});
    return recipe;
}

Recipe make_managed_identity_recipe(const std::string& host, const std::string& scope,
                                    const std::string& client) {
    const auto server = parse_api_base(host.empty() ? std::string(kMetadataServer) : host);
    if (!server) {
        return std::unexpected("AZURE_POD_IDENTITY_AUTHORITY_HOST is not a usable URL: " +
                               server.error());
    }
    // The same thing in the older form: `https://x/.default` is `https://x/`.
    std::string resource = scope.empty() ? std::string(kScope) : scope;
    if (resource.ends_with("/.default")) resource.resize(resource.size() - 8);

    auto recipe = std::make_shared<TokenRecipe>();
    recipe->issuer = "Azure's managed identity";
    recipe->call.origin = server->origin;
    auto& head = recipe->call.head;
    head.method = "GET ";
    head.path = server->path + "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=" +
                percent_encoded(resource);
    if (!client.empty()) head.path += "&client_id=" + percent_encoded(client);
    head.headers = head_lines(server->origin, "Metadata: true\r\n");
    recipe->key = key_of({"managed identity", server->text, resource, client});
    return recipe;
}

}  // namespace tollweir
