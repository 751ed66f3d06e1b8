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

}  // namespace
}  // namespace tollweir
