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
    const auto caller = read_caller(with_key("sk-1234"), head);
    ASSERT_TRUE(caller.has_value());
    EXPECT_EQ(caller->kind, Caller::Kind::master);
    const auto other = read_caller(with_key("sk-master"), head);
    ASSERT_TRUE(other.has_value());
    EXPECT_EQ(other->kind, Caller::Kind::key);
    EXPECT_EQ(other->digest, sha256("sk-1234"));
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
};

class WrongKeys : public testing::TestWithParam<Wrong> {};

TEST_P(WrongKeys, AreRefusedInLiteLlmsWords) {
    const auto head = head_with(GetParam().name, GetParam().value);
    const auto caller = read_caller(with_key("sk-1234"), head);
    ASSERT_FALSE(caller.has_value());
    EXPECT_EQ(caller.error().http_status(), 401);
    EXPECT_NE(caller.error().message.find(GetParam().message_part), std::string::npos)
        << caller.error().message;
    EXPECT_EQ(caller.error().type_json, "\"auth_error\"");
    EXPECT_EQ(caller.error().code_json, "\"401\"");
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongKeys,
    testing::Values(Wrong{"X-Other", "sk-1234", "No api key passed in."},
                    Wrong{"Authorization", "Bearer ", "No api key passed in."},
                    Wrong{"Authorization", "sk-1234", "Malformed API Key"},
                    Wrong{"Authorization", "Token sk-1234", "Malformed API Key"},
                    Wrong{"Authorization", "Bearer abcdefghijkl", "Received=abcd****ijkl"},
                    Wrong{"Authorization", "Bearer short", "Received=****,"}));

TEST(UnknownKey, IsToldApartByItsDigest) {
    const auto error = unknown_key(with_key("sk-1234"),
                                   head_with("Authorization", "Bearer sk-Qm4tY7xJ2vB9kLr0WcZ5Ng"));
    EXPECT_EQ(error.message,
              "Authentication Error, Invalid proxy server token passed. Received API Key = "
              "sk-...Z5Ng, Key Hash (Token) "
              "=2b823d0866a7f98986a13706e278b20c9565ce0025126c336c86e4fc927880b1. Unable to find "
              "token in cache or `LiteLLM_VerificationTokenTable`");
    EXPECT_EQ(error.http_status(), 401);
    EXPECT_EQ(error.type_json, "\"token_not_found_in_db\"");
    EXPECT_EQ(error.param_json, "\"key\"");
}

TEST(Caller, IsAnybodyWithoutAMasterKey) {
    const auto caller = read_caller(Config{}, net::RequestHead{});
    ASSERT_TRUE(caller.has_value());
    EXPECT_EQ(caller->kind, Caller::Kind::anonymous);
}

TEST(Credential, IsPreferredInLiteLlmsOwnHeader) {
    auto head = head_with("Authorization", "Bearer sk-other");
    head.fields.push_back({"x-litellm-api-key", "sk-1234"});
    EXPECT_EQ(find_credential(Config{}, head).key(), "sk-1234");
}

TEST(Credential, IsReadOnlyFromTheConfiguredHeaderWhereOneIsSet) {
    auto config = with_key("sk-1234");
    config.key_header = "x-my-key";
    EXPECT_TRUE(read_caller(config, head_with("X-My-Key", "Bearer sk-1234")).has_value());
    EXPECT_FALSE(read_caller(config, head_with("X-My-Key", "sk-1234")).has_value());
    EXPECT_FALSE(read_caller(config, head_with("Authorization", "Bearer sk-1234")).has_value());
}

TEST(Credential, IsReadFromTheQueryOnGeminisRoutesOnly) {
    net::RequestHead head;
    head.path = "/v1beta/models/gemini-2.5-flash:generateContent";
    head.query = "alt=sse&key=sk-12%334";
    EXPECT_EQ(find_credential(Config{}, head).key(), "sk-1234");
    head.path = "/v1beta/models/gemini-2.5-flash:streamGenerateContent";
    EXPECT_EQ(find_credential(Config{}, head).key(), "sk-1234");
    head.path = "/v1/chat/completions";
    EXPECT_FALSE(find_credential(Config{}, head).present);
}

TEST(Credential, OfAWebsocketMayBeASubprotocol) {
    net::RequestHead head;
    head.fields.push_back({"Upgrade", "WebSocket"});
    head.fields.push_back(
        {"Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.sk-1234 , openai-beta.x"});
    EXPECT_EQ(find_credential(Config{}, head).key(), "sk-1234");
    head.fields.erase(head.fields.begin());
    EXPECT_FALSE(find_credential(Config{}, head).present) << "no websocket";
}

}  // namespace
}  // namespace tollweir
