#include "tollweir/auth/client_address.hpp"

#include <algorithm>

#include "tollweir/auth/auth_error.hpp"

namespace tollweir {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

/// `203.0.113.7:51234` and `[2001:db8::1]:443` as some proxies write them.
std::string_view without_port(std::string_view hop) {
    if (hop.starts_with('[')) return hop.substr(0, hop.find(']') + 1);
    const auto colon = hop.find(':');
    return colon != hop.npos && hop.find(':', colon + 1) == hop.npos ? hop.substr(0, colon) : hop;
}

bool is_in(const std::vector<IpRange>& ranges, std::string_view text) {
    const auto address = parse_ip_address(text);
    return address && std::ranges::any_of(ranges, [&address](const IpRange& range) {
               return range.contains(*address);
           });
}

}  // namespace

std::string_view client_address(const AccessConfig& access, const net::RequestHead& head,
                                std::string_view peer) {
    if (!access.use_x_forwarded_for) return peer;
    const auto& trusted = access.trusted_proxies;
    if (!trusted.empty() && !is_in(trusted, peer)) return peer;
    auto client = peer;
    // Fields of one name are one list, the last hop at the end of the last.
    for (auto field = head.fields.rbegin(); field != head.fields.rend(); ++field) {
        if (!net::same_name(field->name, "x-forwarded-for")) continue;
        for (auto list = field->value; !list.empty();) {
            const auto comma = list.rfind(',');
            const auto hop =
                without_port(trimmed(comma == list.npos ? list : list.substr(comma + 1)));
            list = comma == list.npos ? std::string_view{} : list.substr(0, comma);
            if (hop.empty()) continue;
            client = hop;
            if (!is_in(trusted, hop)) return client;
        }
    }
    return client;
}

Result<void> permit_address(const AccessConfig& access, const net::RequestHead& head,
                            std::string_view peer) {
    if (access.allowed_ips.empty()) return {};
    const auto address = client_address(access, head, peer);
    if (is_in(access.allowed_ips, address)) return {};
    return std::unexpected(auth_error(
        ErrorKind::permission_denied,
        "Access forbidden: IP address " + std::string(address.substr(0, 64)) + " not allowed."));
}

Result<void> permit_path(const AccessConfig& access, std::string_view path) {
    if (access.allowed_routes.empty() || is_one_of(access.allowed_routes, path)) return {};
    return std::unexpected(
        auth_error(ErrorKind::permission_denied,
                   "Access forbidden: Route " + std::string(path) + " not allowed"));
}

bool is_one_of(const std::vector<std::string>& paths, std::string_view path) {
    return std::ranges::any_of(paths, [path](std::string_view entry) {
        if (entry.ends_with('*')) return path.starts_with(entry.substr(0, entry.size() - 1));
        return entry == path;
    });
}

}  // namespace tollweir
