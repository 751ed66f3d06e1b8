#include "tollweir/core/hash.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tollweir/core/secret.hpp"

namespace tollweir {
namespace {

// FIPS 180-2, appendix B.
TEST(Sha256, AgreesWithThePublishedVectors) {
    EXPECT_EQ(sha256_hex("abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, GivesTheSameOnEveryThread) {
    const std::string expected = sha256_hex("sk-1234");
    std::vector<std::string> digests(4);
    std::vector<std::thread> threads;
    for (std::string& digest : digests) {
        threads.emplace_back([&digest] {
            for (int round = 0; round < 100; ++round) digest = sha256_hex("sk-1234");
        });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::string& digest : digests) EXPECT_EQ(digest, expected);
}

TEST(EqualInConstantTime, TellsEqualFromDifferent) {
    EXPECT_TRUE(equal_in_constant_time("sk-1234", "sk-1234"));
    EXPECT_TRUE(equal_in_constant_time("", ""));
    EXPECT_FALSE(equal_in_constant_time("sk-1234", "sk-1235"));
    EXPECT_FALSE(equal_in_constant_time("sk-1234", "sk-123"));
    EXPECT_FALSE(equal_in_constant_time("sk-1234", ""));
}

// spec/management-api.md, 1.2: unsalted, of the whole key, as LiteLLM's rows have it.
TEST(Sha256, OfKeysIsWhatLiteLlmStores) {
    EXPECT_EQ(sha256_hex("sk-1234"),
              "88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b");
    EXPECT_EQ(sha256_hex("sk-Qm4tY7xJ2vB9kLr0WcZ5Ng"),
              "2b823d0866a7f98986a13706e278b20c9565ce0025126c336c86e4fc927880b1");
}

TEST(Digest, IsReadFromItsHex) {
    const auto digest = sha256("sk-1234");
    EXPECT_EQ(parse_digest(to_hex(digest)), digest);
    EXPECT_EQ(to_hex(digest), sha256_hex("sk-1234"));
    EXPECT_FALSE(parse_digest(""));
    EXPECT_FALSE(parse_digest(std::string(63, 'a')));
    EXPECT_FALSE(parse_digest(std::string(63, 'a') + "g"));
    EXPECT_FALSE(parse_digest(std::string(62, 'a') + "-1"));
}

}  // namespace
}  // namespace tollweir
