#include <gtest/gtest.h>

#include "tollweir/auth/auth_error.hpp"
#include "tollweir/auth/body_rules.hpp"
#include "tollweir/auth/client_address.hpp"
#include "tollweir/auth/end_user.hpp"
#include "unit/core/padded.hpp"

namespace tollweir {
namespace {

class Body {
public:
    explicit Body(std::string_view json) : text_(json) {
        EXPECT_TRUE(view_.scan(text_.view())) << json;
    }
    const ObjectView& operator*() const { return view_; }

private:
    Padded text_;
    ObjectView view_;
};

// End users

std::string end_user_of(std::string_view body, std::vector<net::HeaderField> fields = {},
                        const AccessConfig& access = {}) {
    net::RequestHead head;
    head.fields = std::move(fields);
    std::string id;
    find_end_user(access, head, *Body(body), id);
    return id;
}

TEST(EndUser, IsTheFirstOneNamed) {
    constexpr auto* kAll =
        R"({"user":"b1","litellm_metadata":{"user":"b2"},"metadata":{"user_id":"b3"},)"
        R"("safety_identifier":"b4"})";
    AccessConfig access;
    access.user_headers = {{"x-team", UserHeader::Names::internal_user},
                           {"x-customer", UserHeader::Names::customer}};
    access.user_header = "x-user";
    EXPECT_EQ(end_user_of(kAll,
                          {{"X-User", "h4"},
                           {"X-Customer", "h3"},
                           {"X-LiteLLM-End-User-Id", "h2"},
                           {"X-LiteLLM-Customer-Id", "h1"}},
                          access),
              "h1");
    EXPECT_EQ(end_user_of(kAll, {{"X-User", "h4"}, {"X-LiteLLM-End-User-Id", "h2"}}, access), "h2");
    EXPECT_EQ(end_user_of(kAll, {{"X-User", "h4"}, {"X-Customer", "h3"}, {"X-Team", "t"}}, access),
              "h3");
    EXPECT_EQ(end_user_of(kAll, {{"X-User", "h4"}}, access), "h4");
    EXPECT_EQ(end_user_of(kAll, {{"X-User", "h4"}}), "b1");
    EXPECT_EQ(end_user_of(R"({"litellm_metadata":{"user":"b2"},"metadata":{"user_id":"b3"}})"),
              "b2");
    EXPECT_EQ(end_user_of(R"({"metadata":{"user_id":"b3"},"safety_identifier":"b4"})"), "b3");
    EXPECT_EQ(end_user_of(R"({"safety_identifier":"b4"})"), "b4");
}

TEST(EndUser, MayBeANumberAndNothingElse) {
    EXPECT_EQ(end_user_of(R"({"user":42})"), "42");
    for (const auto* body : {R"({"user":null})", R"({"user":{"a":1}})", R"({"user":["a"]})",
                             R"({"user":""})", R"({"user":true})", "{}"})
        EXPECT_EQ(end_user_of(body), "") << body;
}

TEST(EndUser, IsNoBook) {
    EXPECT_EQ(end_user_of(R"({"user":")" + std::string(513, 'x') + R"("})"), "");
}

// What bodies must and must not carry

TEST(Body, MustNameItsUserWhereThatIsEnforced) {
    AccessConfig access;
    access.enforce_user_param = true;
    EXPECT_TRUE(permit_body(access, {}, *Body(R"({"user":"lena"})")));
    const auto refused = permit_body(access, {}, *Body("{}"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message,
              "Authentication Error, 'user' param not passed in. 'enforce_user_param'=True");
    EXPECT_EQ(refused.error().http_status(), 401);
    EXPECT_FALSE(permit_body(access, {}, *Body(R"({"user":null})")));
}

TEST(Body, MustNotBringTagsWhereTheyAreRejected) {
    AccessConfig access;
    const Body body(R"({"metadata":{"tags":["a"]}})");
    EXPECT_TRUE(permit_body(access, {}, *body));
    access.reject_clientside_metadata_tags = true;
    const auto refused = permit_body(access, {}, *body);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().http_status(), 400);
    EXPECT_EQ(refused.error().param_json, "\"metadata.tags\"");
    EXPECT_TRUE(permit_body(access, {}, *Body(R"({"metadata":{"x":"tags"}})")));
}

TEST(Body, MustCarryTheEnforcedParams) {
    KeyRecord key;
    key.metadata.enforced_params = {"user", "metadata.job"};
    EXPECT_TRUE(permit_body({}, key, *Body(R"({"user":"a","metadata":{"job":"x"}})")));
    EXPECT_TRUE(permit_body({}, key, *Body(R"({"user":"a","litellm_metadata":{"job":"x"}})")));
    const auto refused = permit_body({}, key, *Body(R"({"user":"a","metadata":{"x":"job"}})"));
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().message.contains("param=[metadata][job] in request body"))
        << refused.error().message;

    AccessConfig access;
    access.service_account_enforced_params = {"user"};
    KeyRecord account;
    EXPECT_TRUE(permit_body(access, account, *Body("{}")));
    account.metadata.service_account = true;
    EXPECT_FALSE(permit_body(access, account, *Body("{}")));
    access.service_account_enforced_params = {};
    access.enforced_params = {"user"};
    EXPECT_FALSE(permit_body(access, {}, *Body("{}")));
}

TEST(Body, MayUseAllowedToolsOnly) {
    KeyRecord key;
    key.metadata.allowed_tools = {"weather"};
    EXPECT_TRUE(permit_body({}, key, *Body("{}")));
    EXPECT_TRUE(permit_body(
        {}, key, *Body(R"({"tools":[{"type":"function","function":{"name":"weather"}}]})")));
    const auto refused = permit_body(
        {}, key,
        *Body(R"({"tools":[{"type":"function","function":{"name":"shell"}},{"name":"weather"},)"
              R"({"type":"web_search"}]})"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message,
              "Tool(s) ['shell', 'web_search'] are not in the allowed tools list for this "
              "key/team.");
    EXPECT_EQ(refused.error().http_status(), 403);
}

TEST(ClientFallbacks, AreFoundInEveryForm) {
    const std::vector<std::string> expected{"a", "b", "c", "d", "e"};
    EXPECT_EQ(
        client_fallbacks(*Body(R"({"fallbacks":["a",{"model":"b","messages":[]},{"x":["c","d"]}],)"
                               R"("context_window_fallbacks":[{"x":["e"]}]})")),
        expected);
    EXPECT_TRUE(client_fallbacks(*Body(R"({"fallbacks":null})")).empty());
    EXPECT_TRUE(client_fallbacks(*Body(R"({"fallbacks":"a"})")).empty());
}

// Addresses

std::vector<IpRange> ranges(std::initializer_list<const char*> texts) {
    std::vector<IpRange> made;
    for (const auto* text : texts) made.push_back(IpRange::parse(text).value());
    return made;
}

TEST(ClientAddress, IsThePeerUnlessTold) {
    net::RequestHead head;
    head.fields = {{"X-Forwarded-For", "203.0.113.7"}};
    EXPECT_EQ(client_address({}, head, "10.0.0.1"), "10.0.0.1");
}

TEST(ClientAddress, IsTheRightMostHopThatIsNoTrustedProxy) {
    AccessConfig access;
    access.use_x_forwarded_for = true;
    net::RequestHead head;
    head.fields = {{"X-Forwarded-For", "6.6.6.6, 203.0.113.7"}, {"x-forwarded-for", "10.0.0.2"}};
    EXPECT_EQ(client_address(access, head, "10.0.0.1"), "10.0.0.2");
    access.trusted_proxies = ranges({"10.0.0.0/8"});
    EXPECT_EQ(client_address(access, head, "10.0.0.1"), "203.0.113.7");
    EXPECT_EQ(client_address(access, head, "192.0.2.1"), "192.0.2.1") << "no proxy of ours";
    head.fields = {{"X-Forwarded-For", "203.0.113.7:5000, [2001:db8::1]:443 , "}};
    EXPECT_EQ(client_address(access, head, "10.0.0.1"), "[2001:db8::1]");
    head.fields = {{"X-Forwarded-For", "203.0.113.7:5000"}};
    EXPECT_EQ(client_address(access, head, "10.0.0.1"), "203.0.113.7");
    head.fields = {};
    EXPECT_EQ(client_address(access, head, "10.0.0.1"), "10.0.0.1");
}

TEST(PermitAddress, GoesByExactAddressesAndRanges) {
    AccessConfig access;
    const net::RequestHead head;
    EXPECT_TRUE(permit_address(access, head, "203.0.113.7"));
    access.allowed_ips = ranges({"192.0.2.1", "10.0.0.0/8", "2001:db8::/32"});
    EXPECT_TRUE(permit_address(access, head, "192.0.2.1"));
    EXPECT_TRUE(permit_address(access, head, "10.250.0.1"));
    EXPECT_TRUE(permit_address(access, head, "::ffff:10.1.1.1"));
    EXPECT_TRUE(permit_address(access, head, "2001:db8::7"));
    const auto refused = permit_address(access, head, "192.0.2.2");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "Access forbidden: IP address 192.0.2.2 not allowed.");
    EXPECT_EQ(refused.error().http_status(), 403);
}

TEST(PermitPath, GoesByTheGatewaysRoutes) {
    AccessConfig access;
    EXPECT_TRUE(permit_path(access, "/anything"));
    access.allowed_routes = {"/v1/models", "/key/*"};
    EXPECT_TRUE(permit_path(access, "/v1/models"));
    EXPECT_TRUE(permit_path(access, "/key/info"));
    const auto refused = permit_path(access, "/v1/models/m");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "Access forbidden: Route /v1/models/m not allowed");
}

TEST(PythonList, QuotesAsPythonDoes) {
    EXPECT_EQ(python_list({}), "[]");
    EXPECT_EQ(python_list({"a", "b"}), "['a', 'b']");
    EXPECT_EQ(python_list({"it's"}), "[\"it's\"]");
    EXPECT_EQ(python_list({"'\""}), R"(['\'"'])");
}

TEST(MaskedId, ShowsItsEnds) {
    EXPECT_EQ(masked_id("user-0123456789"), "user-0***89");
    EXPECT_EQ(masked_id("abcd"), "***");
    EXPECT_EQ(masked_id("u-lena"), "u-***");
}

}  // namespace
}  // namespace tollweir
