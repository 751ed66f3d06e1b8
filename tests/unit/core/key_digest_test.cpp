#include "tollweir/core/key_digest.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "core/siphash.hpp"

namespace tollweir {
namespace {

/// The sixteen bytes as the reference implementation prints them.
std::string hex_of(const std::array<std::uint64_t, 2>& hash) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    for (const auto word : hash)
        for (int shift = 0; shift < 64; shift += 8) {
            out += kDigits[word >> (shift + 4) & 15];
            out += kDigits[word >> shift & 15];
        }
    return out;
}

// `vectors_sip128` of the authors' reference implementation: the key 00 01 .. 0f, and inputs that
// begin 00 01 02. Those of 8, 15 and 35 bytes: `openssl mac SIPHASH`.
TEST(SipHash128, AgreesWithThePublishedVectors) {
    const std::array<std::uint64_t, 2> key{0x0706050403020100, 0x0f0e0d0c0b0a0908};
    std::string input;
    for (char c = 0; c < 35; ++c) input += c;
    const std::string_view bytes = input;
    EXPECT_EQ(hex_of(siphash128(key, bytes.substr(0, 0))), "a3817f04ba25a8e66df67214c7550293");
    EXPECT_EQ(hex_of(siphash128(key, bytes.substr(0, 1))), "da87c1d86b99af44347659119b22fc45");
    EXPECT_EQ(hex_of(siphash128(key, bytes.substr(0, 8))), "3b62a9ba6258f5610f83e264f31497b4");
    EXPECT_EQ(hex_of(siphash128(key, bytes.substr(0, 15))), "5493e99933b0a8117e08ec0f97cfc3d9");
    EXPECT_EQ(hex_of(siphash128(key, bytes)), "a705f0e69da9a8f907241a2e923c8cc8");
}

TEST(DigestOfKey, IsTheSha256OfTheKeyHoweverOftenAndInWhateverOrderKeysCome) {
    for (int round = 0; round < 3; ++round)
        for (int number = 0; number < 3'000; ++number) {
            const auto key = "sk-" + std::to_string(number);
            ASSERT_EQ(digest_of_key(key), sha256(key)) << key;
        }
}

TEST(DigestOfKey, TakesKeysOfAnyLength) {
    for (std::size_t size = 0; size < 600; ++size) {
        const std::string key(size, 'k');
        ASSERT_EQ(digest_of_key(key), sha256(key)) << size;
        ASSERT_EQ(digest_of_key(key), sha256(key)) << size;
    }
}

TEST(DigestOfKey, IsTheSameOnEveryThread) {
    const auto expected = sha256("sk-1234");
    EXPECT_EQ(digest_of_key("sk-1234"), expected);
    std::thread([&] { EXPECT_EQ(digest_of_key("sk-1234"), expected); }).join();
}

}  // namespace
}  // namespace tollweir
