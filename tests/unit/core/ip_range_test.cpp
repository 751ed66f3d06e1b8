#include "tollweir/core/ip_range.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

bool lies_in(const char* address, const char* range) {
    const auto parsed = IpRange::parse(range);
    const auto found = parse_ip_address(address);
    EXPECT_TRUE(parsed) << range;
    EXPECT_TRUE(found) << address;
    return parsed && found && parsed->contains(*found);
}

TEST(IpRange, HoldsTheAddressesThatShareItsPrefix) {
    EXPECT_TRUE(lies_in("10.1.2.3", "10.0.0.0/8"));
    EXPECT_FALSE(lies_in("11.1.2.3", "10.0.0.0/8"));
    EXPECT_TRUE(lies_in("192.168.1.130", "192.168.1.128/25"));
    EXPECT_FALSE(lies_in("192.168.1.127", "192.168.1.128/25"));
    EXPECT_TRUE(lies_in("2001:db8:1::5", "2001:db8::/32"));
    EXPECT_FALSE(lies_in("2001:db9::5", "2001:db8::/32"));
}

TEST(IpRange, OfOneAddressHoldsThatOneOnly) {
    EXPECT_TRUE(lies_in("127.0.0.1", "127.0.0.1"));
    EXPECT_FALSE(lies_in("127.0.0.2", "127.0.0.1"));
    EXPECT_TRUE(lies_in("::1", "::1"));
    EXPECT_FALSE(lies_in("::2", "::1/128"));
}

TEST(IpRange, TakesBitsBehindThePrefix) {
    EXPECT_TRUE(lies_in("10.9.9.9", "10.1.2.3/8"));
}

TEST(IpRange, KnowsMappedIpv4Addresses) {
    EXPECT_TRUE(lies_in("::ffff:10.1.2.3", "10.0.0.0/8"));
    EXPECT_TRUE(lies_in("10.1.2.3", "::ffff:10.0.0.0/104"));
}

TEST(IpRange, OfAllIpv4AddressesIsEverybody) {
    EXPECT_TRUE(lies_in("10.1.2.3", "0.0.0.0/0"));
    EXPECT_TRUE(lies_in("2001:db8::1", "0.0.0.0/0"));
    EXPECT_TRUE(lies_in("10.1.2.3", "::/0"));
}

TEST(IpRange, RefusesWhatIsNone) {
    for (const char* text :
         {"", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "10", "10.0.0.256",
          "::/129", "host", "10.0.0.0/8/8", "1.2.3.4:80", "fe80::1%eth0"})
        EXPECT_FALSE(IpRange::parse(text)) << text;
}

TEST(IpAddress, MayStandInBrackets) {
    EXPECT_EQ(parse_ip_address("[::1]"), parse_ip_address("::1"));
    EXPECT_FALSE(parse_ip_address("[::1"));
}

}  // namespace
}  // namespace tollweir
