#include "tollweir/config/api_base.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "config/text_rules.hpp"

namespace tollweir {
namespace {

using Failure = std::unexpected<std::string>;

bool is_host_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool is_url_character(char c) {
    return c > ' ' && c < '\x7f' && c != '\\' && c != '"' && c != '<' && c != '>' && c != '^' &&
           c != '`' && c != '{' && c != '|' && c != '}';
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, port);
    if (error != std::errc{} || at != end || port == 0) return std::nullopt;
    return port;
}

std::expected<std::string, std::string> parse_host(std::string_view text) {
    if (text.starts_with('[')) {
        const std::string address(text.substr(1, text.size() - 2));
        in6_addr parsed{};
        if (!text.ends_with(']') || inet_pton(AF_INET6, address.c_str(), &parsed) != 1)
            return Failure("the brackets do not hold an IPv6 address");
        return lower_case(address);
    }
    if (text.empty()) return Failure("it has no host");
    if (text.contains(':')) return Failure("an IPv6 address stands in brackets");
    std::string host = lower_case(text);
    if (host.size() > 253 || !std::ranges::all_of(host, is_host_character))
        return Failure("the host may hold letters, digits, `-`, `_` and `.` only");
    if (host.starts_with('.') || host.contains("..")) return Failure("the host has an empty part");
    return host;
}

std::expected<Origin, std::string> parse_origin(bool tls, std::string_view authority) {
    if (authority.contains('@'))
        return Failure("a user name or password does not belong here; use api_key");
    const std::size_t bracket = authority.rfind(']');
    const std::size_t colon = authority.rfind(':');
    const bool has_port =
        colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    Origin origin;
    origin.tls = tls;
    origin.port = tls ? 443 : 80;
    if (has_port) {
        const auto port = parse_port(authority.substr(colon + 1));
        if (!port) return Failure("the port must be a number from 1 to 65535");
        origin.port = *port;
        authority = authority.substr(0, colon);
    }
    auto host = parse_host(authority);
    if (!host) return Failure(host.error());
    origin.host = std::move(*host);
    return origin;
}

}  // namespace

std::expected<ApiBase, std::string> parse_api_base(std::string_view text) {
    if (!std::ranges::all_of(text, is_url_character))
        return Failure("it holds a blank, a control or another character that a URL cannot have");
    const std::size_t scheme_end = text.find("://");
    const std::string scheme = lower_case(text.substr(0, std::min(scheme_end, text.size())));
    if (scheme_end == std::string_view::npos || (scheme != "http" && scheme != "https"))
        return Failure("it must begin with http:// or https://");
    if (text.contains('#')) return Failure("a fragment (`#`) does not belong here");
    const std::string_view rest = text.substr(scheme_end + 3);
    const std::size_t authority_end = std::min(rest.find_first_of("/?"), rest.size());
    const std::string_view authority = rest.substr(0, authority_end);
    auto origin = parse_origin(scheme == "https", authority);
    if (!origin) return Failure(origin.error());

    ApiBase base;
    base.origin = std::move(*origin);
    std::string_view path = rest.substr(authority_end);
    const std::size_t query_at = path.find('?');
    if (query_at != std::string_view::npos) {
        base.query = path.substr(query_at + 1);
        path = path.substr(0, query_at);
    }
    while (path.ends_with('/')) path.remove_suffix(1);
    base.path = path;
    base.text = scheme + "://" + lower_case(authority) + base.path;
    return base;
}

}  // namespace tollweir
