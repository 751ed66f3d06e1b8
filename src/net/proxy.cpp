#include "tollweir/net/proxy.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <cctype>
#include <charconv>
#include <span>

#include "tollweir/core/base64.hpp"

namespace tollweir::net {

namespace {

namespace ip = boost::asio::ip;

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::string trimmed(std::string_view text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())))
        text.remove_prefix(1);
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())))
        text.remove_suffix(1);
    return std::string(text);
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr ==
                text.data() + i + 3) {
            out += static_cast<char>(value);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string base64(std::string_view text) {
    std::string out;
    append_base64(out, std::as_bytes(std::span(text)));
    return out;
}

std::optional<Proxy> parse(std::string_view url) {
    constexpr std::string_view kScheme = "http://";
    if (url.find("://") != url.npos) {
        if (!url.starts_with(kScheme)) return std::nullopt;
        url.remove_prefix(kScheme.size());
    }
    url = url.substr(0, url.find_first_of("/?#"));
    Proxy proxy;
    if (const auto at = url.rfind('@'); at != url.npos) {
        proxy.authorization = Secret("Basic " + base64(percent_decoded(url.substr(0, at))));
        url.remove_prefix(at + 1);
    }
    auto port = std::string_view{};
    if (url.starts_with('[')) {
        const auto close = url.find(']');
        if (close == url.npos) return std::nullopt;
        proxy.host = std::string(url.substr(1, close - 1));
        if (close + 1 < url.size() && url[close + 1] == ':') port = url.substr(close + 2);
    } else {
        const auto colon = url.rfind(':');
        proxy.host = lower(std::string(url.substr(0, colon)));
        if (colon != url.npos) port = url.substr(colon + 1);
    }
    if (!port.empty()) {
        const auto [end, error] =
            std::from_chars(port.data(), port.data() + port.size(), proxy.port);
        if (error != std::errc{} || end != port.data() + port.size() || proxy.port == 0)
            return std::nullopt;
    }
    if (proxy.host.empty()) return std::nullopt;
    return proxy;
}

bool in_block(const ip::address& address, const std::string& block) {
    boost::system::error_code error;
    if (address.is_v4()) {
        const auto network = ip::make_network_v4(block, error);
        return !error && network.hosts().find(address.to_v4()) != network.hosts().end();
    }
    const auto network = ip::make_network_v6(block, error);
    return !error && network.hosts().find(address.to_v6()) != network.hosts().end();
}

}  // namespace

Result<ProxyTable> ProxyTable::from_environment(
    const std::function<std::optional<std::string>(const std::string&)>& environment) {
    const auto first_of = [&](std::initializer_list<const char*> names) {
        for (const auto* name : names)
            if (auto value = environment(name); value && !value->empty())
                return std::pair{std::string(name), *value};
        return std::pair{std::string(), std::string()};
    };
    ProxyTable table;
    const auto read = [&](const std::pair<std::string, std::string>& found,
                          std::optional<Proxy>& into) -> Result<void> {
        if (found.second.empty()) return {};
        into = parse(trimmed(found.second));
        if (!into)
            return fail(ErrorKind::bad_request,
                        found.first + ": expected http://[user:password@]host[:port]");
        return {};
    };
    // HTTP_PROXY is not read in upper case by curl because of CGI; LiteLLM's users set it so.
    if (auto ok =
            read(first_of({"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"}), table.http_);
        !ok)
        return std::unexpected(ok.error());
    if (auto ok =
            read(first_of({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}), table.https_);
        !ok)
        return std::unexpected(ok.error());
    std::string_view rest;
    const auto exempt = first_of({"no_proxy", "NO_PROXY"}).second;
    for (rest = exempt; !rest.empty();) {
        const auto comma = rest.find(',');
        if (auto entry = lower(trimmed(rest.substr(0, comma))); !entry.empty())
            table.exempt_.push_back(std::move(entry));
        rest = comma == rest.npos ? std::string_view{} : rest.substr(comma + 1);
    }
    return table;
}

bool ProxyTable::is_exempt(const Origin& origin) const {
    boost::system::error_code not_an_address;
    const auto address = ip::make_address(origin.host, not_an_address);
    const auto with_port = origin.host + ":" + std::to_string(origin.port);
    for (const auto& entry : exempt_) {
        if (entry == "*" || entry == origin.host || entry == with_port) return true;
        if (!not_an_address) {
            if (entry.contains('/') && in_block(address, entry)) return true;
            continue;
        }
        const auto domain = entry.starts_with("*.")  ? entry.substr(1)
                            : entry.starts_with('.') ? entry
                                                     : "." + entry;
        if (origin.host.ends_with(domain)) return true;
    }
    return false;
}

const Proxy* ProxyTable::proxy_for(const Origin& origin) const {
    const auto& proxy = origin.tls ? https_ : http_;
    return proxy && !is_exempt(origin) ? &*proxy : nullptr;
}

}  // namespace tollweir::net
