#include "providers/openai/address.hpp"

#include <algorithm>
#include <array>

#include "providers/openai/azure_rules.hpp"

namespace tollweir {
namespace {

constexpr std::string_view kVersionKey = "api-version=";
// Of the model catalogue's route, where the configuration names none (unconfirmed).
constexpr std::string_view kCatalogueVersion = "2024-05-01-preview";

// The longest first: "chat/completions" also ends with "completions".
constexpr std::array<std::string_view, 5> kServed{"/chat/completions", "/fim/completions",
                                                  "/completions", "/embeddings", "/moderations"};

std::string_view without_endpoint(std::string_view path) {
    for (const auto served : kServed) {
        if (path.ends_with(served)) return path.substr(0, path.size() - served.size());
    }
    return path;
}

// The endpoint as the upstream calls it.
std::string operation(const OpenAiDialect& row, Endpoint endpoint) {
    if (endpoint == Endpoint::chat_completions && row.quirks.has(Quirk::chat_as_text)) {
        return std::string(path_of(Endpoint::completions));
    }
    if (endpoint == Endpoint::completions && row.quirks.has(Quirk::fim)) return "fim/completions";
    return std::string(path_of(endpoint));
}

std::string with_query(std::string path, std::string_view query) {
    if (!query.empty()) path.append("?").append(query);
    return path;
}

// `query` without its api-version, which is noted.
std::string split_version(std::string_view query, std::string_view& version) {
    std::string rest;
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        if (pair.starts_with(kVersionKey)) {
            version = pair.substr(kVersionKey.size());
        } else {
            rest.append(rest.empty() ? "" : "&").append(pair);
        }
    }
    return rest;
}

std::string join_version(std::string query, std::string_view version) {
    if (version.empty()) return query;
    query.append(query.empty() ? "" : "&").append(kVersionKey).append(version);
    return query;
}

std::unexpected<GatewayError> refuse(std::string message, std::string_view param,
                                     ErrorSource source) {
    GatewayError error(ErrorKind::bad_request, source, std::move(message));
    error.param_json = "\"" + std::string(param) + "\"";
    return std::unexpected(std::move(error));
}

bool is_version(std::string_view text) {
    const auto is_plain = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '.' || c == '_';
    };
    return text.size() <= 64 && std::ranges::all_of(text, is_plain);
}

// A name that becomes part of a path must not lead elsewhere.
bool is_path_segment(std::string_view name) {
    return !name.empty() && name != "." && !name.contains("..") &&
           std::ranges::all_of(name, [](char c) {
               return c > 0x20 && c < 0x7f && !std::string_view("/?#%\\").contains(c);
           });
}

Result<void> check_version(std::string_view version, const UpstreamCall& call) {
    if (is_version(version)) return {};
    const bool is_clients = version == call.api_version;
    return refuse("api-version is a date such as 2024-10-21, or v1", "api-version",
                  is_clients ? ErrorSource::client : ErrorSource::gateway);
}

// `/openai/deployments/NAME` and what stands before it; empty if it is not there.
std::string_view deployment_part(std::string_view path) {
    constexpr std::string_view kDeployments = "/openai/deployments/";
    const auto at = path.find(kDeployments);
    if (at == std::string_view::npos) return {};
    return path.substr(0, path.find('/', at + kDeployments.size()));
}

std::string_view without_openai(std::string_view path) {
    constexpr std::string_view kTail = "/openai";
    if (path.ends_with(kTail)) path.remove_suffix(kTail.size());
    return path;
}

Result<std::string> azure_path(const OpenAiDialect& row, const Deployment& deployment,
                               const UpstreamCall& call) {
    constexpr std::string_view kV1 = "/openai/v1";
    const auto op = operation(row, call.endpoint);
    std::string_view written;
    const auto query = split_version(deployment.base_query, written);
    auto version = azure_api_version(deployment, call);
    if (call.api_version.empty() && deployment.api_version.empty() && !written.empty()) {
        version = written;
    }
    if (auto checked = check_version(version, call); !checked) {
        return std::unexpected(checked.error());
    }
    const std::string_view base = deployment.base_path;
    if (const auto v1 = base.find(kV1); v1 != std::string_view::npos) {
        return with_query(std::string(base.substr(0, v1 + kV1.size())) + "/" + op, query);
    }
    const auto given = deployment_part(base);
    if (!given.empty()) {
        return with_query(std::string(given) + "/" + op, join_version(query, version));
    }
    const auto endpoint = std::string(without_openai(without_endpoint(base)));
    if (is_azure_v1(version)) return with_query(endpoint + std::string(kV1) + "/" + op, query);
    const auto name = azure_deployment(call.model);
    if (!is_path_segment(name)) {
        return refuse("'" + std::string(name) + "' cannot be the name of a deployment at Azure",
                      "model", ErrorSource::gateway);
    }
    return with_query(endpoint + "/openai/deployments/" + std::string(name) + "/" + op,
                      join_version(query, version));
}

Result<std::string> catalogue_path(const OpenAiDialect& row, const Deployment& deployment,
                                   const UpstreamCall& call) {
    std::string_view version;
    const auto query = split_version(deployment.base_query, version);
    if (!call.api_version.empty()) {
        version = call.api_version;
    } else if (!deployment.api_version.empty()) {
        version = deployment.api_version;
    }
    if (auto checked = check_version(version, call); !checked) {
        return std::unexpected(checked.error());
    }
    std::string path(without_endpoint(deployment.base_path));
    if (path.empty() && deployment.origin.host.ends_with(".services.ai.azure.com")) {
        path = "/models";
        if (version.empty()) version = kCatalogueVersion;
    }
    path += "/" + operation(row, call.endpoint);
    return with_query(std::move(path), join_version(query, version));
}

}  // namespace

Result<std::string> path_of_call(const OpenAiDialect& row, const Deployment& deployment,
                                 const UpstreamCall& call) {
    if (row.addressing == Addressing::azure) return azure_path(row, deployment, call);
    if (row.addressing == Addressing::azure_ai) return catalogue_path(row, deployment, call);
    std::string path(without_endpoint(deployment.base_path));
    if (!row.base_suffix.empty() && !path.contains("/v1")) path += row.base_suffix;
    path += "/" + operation(row, call.endpoint);
    return with_query(std::move(path), deployment.base_query);
}

}  // namespace tollweir
