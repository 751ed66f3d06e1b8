#include "providers/openai/head.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "providers/openai/address.hpp"
#include "tollweir/core/version.hpp"

namespace tollweir {
namespace {

using Header = std::pair<std::string, std::string>;

// Framing and connection handling are the upstream module's, and an answer in a coding we do not
// decode would be unreadable.
constexpr std::array<std::string_view, 11> kReservedHeaders{"host",
                                                            "content-length",
                                                            "transfer-encoding",
                                                            "connection",
                                                            "keep-alive",
                                                            "te",
                                                            "trailer",
                                                            "upgrade",
                                                            "expect",
                                                            "accept-encoding",
                                                            "proxy-connection"};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

// RFC 9110, "token".
bool is_header_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
               std::string_view("!#$%&'*+-.^_`|~").contains(c);
    });
}

bool has_line_break(std::string_view value) {
    return value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

// Printable ASCII without blank: all that may stand in a request line or Host.
bool is_visible(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

void set_header(std::vector<Header>& headers, const Header& wanted) {
    const auto found = std::ranges::find_if(headers, [&wanted](const Header& header) {
        return equals_ignoring_case(header.first, wanted.first);
    });
    if (found != headers.end()) {
        found->second = wanted.second;
    } else {
        headers.push_back(wanted);
    }
}

// These come from the configuration, not from the client.
std::unexpected<GatewayError> refuse(std::string message) {
    return fail(ErrorKind::bad_request, std::move(message), ErrorSource::gateway);
}

// Azure's serverless models take the key as OpenAI does, its other hosts in a header of their own.
bool takes_bearer_key(const OpenAiDialect& row, std::string_view host) {
    if (row.addressing == Addressing::openai) return true;
    if (row.addressing == Addressing::azure) return false;
    return host.ends_with(".inference.ai.azure.com") || host.ends_with(".models.ai.azure.com");
}

// A token that must be fetched is added when it is there.
Result<void> add_credential(const OpenAiDialect& row, const Deployment& deployment,
                            std::vector<Header>& headers) {
    const std::string key =
        deployment.api_key.empty() ? std::string(row.default_key) : deployment.api_key.reveal();
    if (has_line_break(key)) return refuse("api_key: it holds a line break or NUL");
    const auto& token = deployment.access_token.reveal();
    if (has_line_break(token)) return refuse("azure_ad_token: it holds a line break or NUL");
    if (key.empty()) {
        if (!token.empty()) headers.emplace_back("Authorization", "Bearer " + token);
        return {};
    }
    if (takes_bearer_key(row, deployment.origin.host)) {
        headers.emplace_back("Authorization", "Bearer " + key);
    } else {
        headers.emplace_back("api-key", key);
    }
    if (!row.key_header.empty()) headers.emplace_back(row.key_header, key);
    return {};
}

Result<void> check_extra_header(const Header& header) {
    if (!is_header_name(header.first)) {
        return refuse("extra_headers: a name is not a header name");
    }
    const auto is_this = [&header](std::string_view reserved) {
        return equals_ignoring_case(reserved, header.first);
    };
    if (std::ranges::any_of(kReservedHeaders, is_this)) {
        return refuse("extra_headers: '" + header.first + "' is set by the gateway alone");
    }
    if (has_line_break(header.second)) {
        return refuse("extra_headers: the value of '" + header.first +
                      "' holds a line break or NUL");
    }
    return {};
}

}  // namespace

Result<UpstreamHead> openai_head(const OpenAiDialect& row, const Deployment& deployment,
                                 const UpstreamCall& call) {
    auto path = path_of_call(row, deployment, call);
    if (!path) return std::unexpected(path.error());
    UpstreamHead head;
    head.path = std::move(*path);
    if (!head.path.starts_with('/') || !is_visible(head.path) || head.path.contains('#')) {
        return refuse("api_base: its path holds a character that no URL may");
    }
    const auto host = host_header(deployment.origin);
    if (deployment.origin.host.empty() || !is_visible(host)) {
        return refuse("api_base: it names no valid host");
    }

    std::vector<Header> headers{{"Host", host}};
    if (auto added = add_credential(row, deployment, headers); !added) {
        return std::unexpected(added.error());
    }
    if (has_line_break(deployment.organization)) {
        return refuse("organization: it holds a line break or NUL");
    }
    headers.emplace_back("Content-Type", "application/json");
    // Also for streams, as the official SDKs do.
    headers.emplace_back("Accept", "application/json");
    headers.emplace_back("Accept-Encoding", "identity");
    headers.emplace_back("User-Agent", "tollweir/" + std::string(kVersion));
    if (!deployment.organization.empty()) {
        headers.emplace_back("OpenAI-Organization", deployment.organization);
    }
    if (const auto colon = row.own_header.find(": "); colon != std::string_view::npos) {
        headers.emplace_back(row.own_header.substr(0, colon), row.own_header.substr(colon + 2));
    }
    for (const auto& extra : deployment.extra_headers) {
        if (const auto checked = check_extra_header(extra); !checked) {
            return std::unexpected(checked.error());
        }
        set_header(headers, extra);
    }
    for (const auto& [name, value] : headers) head.headers += name + ": " + value + "\r\n";
    return head;
}

}  // namespace tollweir
