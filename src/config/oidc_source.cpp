#include "config/oidc_source.hpp"

#include "config/scalar.hpp"
#include "config/text_rules.hpp"
#include "tollweir/config/api_base.hpp"
#include "tollweir/core/percent.hpp"

namespace tollweir {
namespace {

using Source = std::expected<AssertionSource, std::string>;

constexpr std::string_view kReference = "oidc/";

std::optional<std::string> variable(const Environment& environment, const std::string& name) {
    const auto value = environment(name);
    if (!value || trimmed(*value).empty()) return std::nullopt;
    return std::string(trimmed(*value));
}

std::unexpected<std::string> unset(std::string_view name) {
    return std::unexpected(std::string(name) + " is not set");
}

Source text_of(const Environment& environment, const std::string& name) {
    const auto value = variable(environment, name);
    if (!value) return unset(name);
    AssertionSource source;
    source.kind = AssertionSource::Kind::text;
    source.text = Secret(*value);
    return source;
}

Source file_of(const Environment& environment, const std::string& name) {
    const auto path = variable(environment, name);
    if (!path) return unset(name);
    return assertion_in_file(*path);
}

Source call_to(const std::string& url, std::string_view name, std::string query,
               const std::string& headers) {
    auto base = parse_api_base(url);
    if (!base) return std::unexpected(std::string(name) + " is not a usable URL: " + base.error());
    AssertionSource source;
    source.kind = AssertionSource::Kind::call;
    source.call.origin = base->origin;
    auto& head = source.call.head;
    head.method = "GET ";
    head.path = base->path.empty() ? "/" : base->path;
    if (!base->query.empty()) query = base->query + (query.empty() ? "" : "&") + query;
    if (!query.empty()) head.path += "?" + query;
    head.headers = "Host: " + host_header(base->origin) + "\r\n" + headers;
    return source;
}

Source github(std::string_view audience, const Environment& environment) {
    const auto url = variable(environment, "ACTIONS_ID_TOKEN_REQUEST_URL");
    if (!url) return unset("ACTIONS_ID_TOKEN_REQUEST_URL");
    const auto token = variable(environment, "ACTIONS_ID_TOKEN_REQUEST_TOKEN");
    if (!token || has_control_character(*token)) return unset("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
    auto source =
        call_to(*url, "ACTIONS_ID_TOKEN_REQUEST_URL", "audience=" + percent_encoded(audience),
                "Authorization: Bearer " + *token + "\r\nAccept: application/json\r\n");
    if (source) source->answer_member = "value";
    return source;
}

Source google(std::string_view audience, const Environment& environment) {
    const auto host = variable(environment, "GCE_METADATA_HOST");
    const std::string server = host.value_or("metadata.google.internal");
    return call_to(
        "http://" + server + "/computeMetadata/v1/instance/service-accounts/default/identity",
        "GCE_METADATA_HOST", "audience=" + percent_encoded(audience),
        "Metadata-Flavor: Google\r\n");
}

}  // namespace

bool is_oidc_reference(std::string_view text) {
    return text.starts_with(kReference);
}

Source parse_oidc_reference(std::string_view text, const Environment& environment) {
    text.remove_prefix(kReference.size());
    const auto provider = text.substr(0, text.find('/'));
    const std::string audience(text.size() > provider.size() ? text.substr(provider.size() + 1)
                                                             : std::string_view());
    if (provider == "circleci") return text_of(environment, "CIRCLE_OIDC_TOKEN");
    if (provider == "circleci_v2") return text_of(environment, "CIRCLE_OIDC_TOKEN_V2");
    if (provider == "azure") return file_of(environment, "AZURE_FEDERATED_TOKEN_FILE");
    if (audience.empty()) {
        return std::unexpected("expected oidc/<provider>/<audience>");
    }
    if (provider == "file") return assertion_in_file(audience);
    if (provider == "env") return text_of(environment, audience);
    if (provider == "env_path") return file_of(environment, audience);
    if (provider == "github") return github(audience, environment);
    if (provider == "google") return google(audience, environment);
    return std::unexpected(
        "no identity provider is called `" + std::string(provider.substr(0, 40)) +
        "`; there are google, github, circleci, circleci_v2, azure, file, env and env_path");
}

AssertionSource assertion_in_file(std::string path) {
    AssertionSource source;
    source.kind = AssertionSource::Kind::file;
    source.file = std::move(path);
    return source;
}

}  // namespace tollweir
