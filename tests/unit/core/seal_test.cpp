#include "tollweir/core/seal.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

// Made with PyNaCl 1.6.2 and cryptography 50.0.2, as LiteLLM calls them: nonces of 0, 1, 2, ...
// (the second: of ones), the key SHA-256 of the salt key, for `v3` HKDF of it.
const Secret kSalt("sk-salt-of-the-tests");
constexpr std::string_view kText = "sk-upstream-\u00e9-1234";
constexpr std::string_view kUrlSafe =
    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXW1KHi5v8xU2OZxnRAsmGmH_JZWxJnCVMuq0A3bMhz_NSwmU=";
constexpr std::string_view kStandard =
    "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBIDAEw695ma/+bSs3GJiU8Nq0u/i+ijrC7bc239YC+BAH2/s=";
constexpr std::string_view kOfNothing = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXRm-i4Hv82dt2IYNbpKJR7w==";
constexpr std::string_view kHashedKey =
    "v2:gcm:AAECAwQFBgcICQoLNtMKT9C85mu0pN_xBnPZYwEpSL72nsnsMsbRpIL8Berttho=";
constexpr std::string_view kDerivedKey =
    "v3:gcm:AAECAwQFBgcICQoL1zTSle6aDRO-jHiS2mbqDkZfsTRHxSBJgTgo5JfpJcVgIoc=";

TEST(Seal, OpensWhatEachVersionOfLiteLlmHasSealed) {
    for (const auto sealed : {kUrlSafe, kStandard, kHashedKey, kDerivedKey})
        EXPECT_EQ(unseal(sealed, kSalt), kText) << sealed;
    EXPECT_EQ(unseal(kOfNothing, kSalt), "");
    EXPECT_EQ(unseal(kUrlSafe.substr(0, kUrlSafe.size() - 1), kSalt), kText) << "without padding";
}

TEST(Seal, OpensNothingWithAnotherKey) {
    const Secret other("sk-another");
    for (const auto sealed : {kUrlSafe, kStandard, kOfNothing, kHashedKey, kDerivedKey})
        EXPECT_EQ(unseal(sealed, other), std::nullopt) << sealed;
}

TEST(Seal, OpensNothingThatWasChangedOrCut) {
    for (const auto sealed : {kUrlSafe, kHashedKey, kDerivedKey}) {
        for (std::size_t i = 8; i + 4 < sealed.size(); i += 5) {
            std::string changed(sealed);
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            EXPECT_EQ(unseal(changed, kSalt), std::nullopt) << changed;
        }
        for (std::size_t size = 0; size < sealed.size() - 2; ++size)
            EXPECT_EQ(unseal(sealed.substr(0, size), kSalt), std::nullopt) << size;
    }
}

TEST(Seal, ComesBackAndNeverTwiceTheSame) {
    for (const std::string text : {"", "k", "openai/gpt-4o", "\xff\x00\n", "\u00e9"}) {
        const auto sealed = seal(text, kSalt);
        EXPECT_EQ(unseal(sealed, kSalt), text);
        EXPECT_EQ(sealed.size() % 4, 0U) << "Python's decoder asks for padding";
        EXPECT_EQ(sealed.find_first_of("+/"), std::string::npos);
        EXPECT_NE(seal(text, kSalt), sealed);
        EXPECT_TRUE(looks_sealed(sealed));
    }
}

TEST(Seal, IsToldFromPlainTexts) {
    for (const auto plain : {"", "openai/gpt-4o", "azure/chat-of-the-sales-department-in-the-north",
                             "https://host.example/v1", "sk-1234"})
        EXPECT_FALSE(looks_sealed(plain)) << plain;
    for (const auto sealed : {kUrlSafe, kStandard, kOfNothing, kHashedKey, kDerivedKey})
        EXPECT_TRUE(looks_sealed(sealed)) << sealed;
}

}  // namespace
}  // namespace tollweir
