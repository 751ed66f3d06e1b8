#include "tollweir/core/ip_range.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace tollweir {
namespace {

constexpr unsigned kAllBits = 128;
constexpr unsigned kBitsBeforeIpv4 = 96;

bool is_ipv4(std::string_view text) {
    return text.contains('.') && !text.contains(':');
}

std::optional<unsigned> parse_bits(std::string_view text, unsigned most) {
    unsigned bits = 0;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, bits);
    if (error != std::errc{} || at != end || bits > most) return std::nullopt;
    return bits;
}

}  // namespace

std::optional<IpAddress> parse_ip_address(std::string_view text) {
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    const std::string terminated(text);
    IpAddress address{};
    if (is_ipv4(text)) {
        address[10] = address[11] = 0xff;
        if (inet_pton(AF_INET, terminated.c_str(), &address[12]) != 1) return std::nullopt;
        return address;
    }
    if (inet_pton(AF_INET6, terminated.c_str(), address.data()) != 1) return std::nullopt;
    return address;
}

std::optional<IpRange> IpRange::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto host = text.substr(0, slash);
    const auto address = parse_ip_address(host);
    if (!address) return std::nullopt;
    IpRange range;
    range.first_ = *address;
    range.bits_ = kAllBits;
    range.text_ = text;
    if (slash == std::string_view::npos) return range;
    const bool ipv4 = is_ipv4(host);
    const auto bits = parse_bits(text.substr(slash + 1), ipv4 ? 32 : kAllBits);
    if (!bits) return std::nullopt;
    range.bits_ = ipv4 && *bits > 0 ? *bits + kBitsBeforeIpv4 : *bits;
    return range;
}

bool IpRange::contains(const IpAddress& address) const {
    const std::size_t whole = bits_ / 8;
    if (!std::equal(first_.begin(), first_.begin() + static_cast<std::ptrdiff_t>(whole),
                    address.begin()))
        return false;
    const unsigned rest = bits_ % 8;
    if (rest == 0) return true;
    const auto mask = static_cast<std::uint8_t>(0xff << (8 - rest));
    return ((first_[whole] ^ address[whole]) & mask) == 0;
}

}  // namespace tollweir
