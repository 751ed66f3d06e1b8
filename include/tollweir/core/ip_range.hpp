#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tollweir {

/// An IPv4 or IPv6 address as sixteen bytes; IPv4 as `::ffff:a.b.c.d`, so that a client counts the
/// same whichever way its connection came in.
using IpAddress = std::array<std::uint8_t, 16>;

/// `10.1.2.3`, `2001:db8::1`, `[2001:db8::1]`; no port, no zone.
std::optional<IpAddress> parse_ip_address(std::string_view text);

/// A range of addresses in CIDR notation, or one address. The range of all IPv4 addresses
/// (`0.0.0.0/0`) means everybody, IPv6 too: so its writers mean it.
class IpRange {
public:
    /// `10.0.0.0/8`, `2001:db8::/32`, `127.0.0.1`. Bits behind the prefix may be set. Nothing: no
    /// such range.
    static std::optional<IpRange> parse(std::string_view text);

    bool contains(const IpAddress& address) const;

    /// As written.
    const std::string& text() const { return text_; }

    friend bool operator==(const IpRange&, const IpRange&) = default;

private:
    IpAddress first_{};
    unsigned bits_ = 0;  // of the sixteen bytes that must agree
    std::string text_;
};

}  // namespace tollweir
