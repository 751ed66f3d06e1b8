#include "tollweir/auth/authenticator.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

Config with_key(std::string key) {
    Config config;
    config.master_key_digest = sha256(key);
    config.master_key = Secret(std::move(key));
    return config;
}

net::RequestHead head_with(std::string_view name, std::string_view value) {
    net::RequestHead head;
    head.fields.push_back({name, value});
    return head;
}

struct Place {
    const char* name;
    const char* value;
};

class KeyPlaces : public testing::TestWithParam<Place> {};

TEST_P(KeyPlaces, AreAllRead) {
    const auto head = head_with(GetParam().name, GetParam().value);
    const auto identity = authenticate(with_key("sk-1234"), head);
    ASSERT_TRUE(identity.has_value());
    EXPECT_TRUE(identity->is_admin());
}

INSTANTIATE_TEST_SUITE_P(
    All, KeyPlaces,
    testing::Values(
        Place{"Authorization", "Bearer sk-1234"}, Place{"authorization", "bearer sk-1234"},
        Place{"Authorization", "Basic sk-1234"},
        Place{"Authorization", "AWS4-HMAC-SHA256 Credential=sk-1234/2026/x"},
        Place{"Authorization", "AWS4-HMAC-SHA256 Credential=Bearer sk-1234/2026/x"},
        Place{"API-Key", "sk-1234"}, Place{"x-api-key", "sk-1234"},
        Place{"x-goog-api-key", "sk-1234"}, Place{"Ocp-Apim-Subscription-Key", "sk-1234"},
        Place{"x-litellm-api-key", "sk-1234"}, Place{"x-litellm-api-key", "Bearer sk-1234"}));

struct Wrong {
    const char* name;
    const char* value;
    const char* message_part;
    const char* type;
};

class WrongKeys : public testing::TestWithParam<Wrong> {};

TEST_P(WrongKeys, AreRefusedInLiteLlmsWords) {
    const auto head = head_with(GetParam().name, GetParam().value);
    const auto identity = authenticate(with_key("sk-1234"), head);
    ASSERT_FALSE(identity.has_value());
    EXPECT_EQ(identity.error().http_status(), 401);
    EXPECT_NE(identity.error().message.find(GetParam().message_part), std::string::npos)
        << identity.error().message;
    EXPECT_EQ(identity.error().type_json, std::string("\"") + GetParam().type + "\"");
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongKeys,
    testing::Values(Wrong{"X-Other", "sk-1234", "No api key passed in.", "auth_error"},
                    Wrong{"Authorization", "Bearer ", "No api key passed in.", "auth_error"},
                    Wrong{"Authorization", "sk-1234", "Malformed API Key", "auth_error"},
                    Wrong{"Authorization", "Token sk-1234", "Malformed API Key", "auth_error"},
                    Wrong{"Authorization", "Bearer abcdefghijkl", "Received=abcd****ijkl",
                          "auth_error"},
                    Wrong{"Authorization", "Bearer short", "Received=****,", "auth_error"},
                    Wrong{"Authorization", "Bearer sk-Qm4tY7xJ2vB9kLr0WcZ5Ng",
                          "Received API Key = sk-...Z5Ng, Key Hash (Token) "
                          "=2b823d0866a7f98986a13706e278b20c9565ce0025126c336c86e4fc927880b1",
                          "token_not_found_in_db"}));

TEST(Authenticate, LetsAnybodyInWithoutAMasterKeyButNotAsAdmin) {
    const auto identity = authenticate(Config{}, net::RequestHead{});
    ASSERT_TRUE(identity.has_value());
    EXPECT_FALSE(identity->is_admin());
}

TEST(Authenticate, PrefersLiteLlmsOwnHeader) {
    auto head = head_with("Authorization", "Bearer sk-other");
    head.fields.push_back({"x-litellm-api-key", "sk-1234"});
    EXPECT_TRUE(authenticate(with_key("sk-1234"), head).has_value());
}

TEST(Authenticate, ReadsOnlyTheConfiguredHeaderWhereOneIsSet) {
    auto config = with_key("sk-1234");
    config.key_header = "x-my-key";
    EXPECT_TRUE(authenticate(config, head_with("X-My-Key", "Bearer sk-1234")).has_value());
    EXPECT_FALSE(authenticate(config, head_with("X-My-Key", "sk-1234")).has_value());
    EXPECT_FALSE(authenticate(config, head_with("Authorization", "Bearer sk-1234")).has_value());
}

}  // namespace
}  // namespace tollweir
