#include "upstream/token_answer.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

using std::chrono::seconds;

constexpr TimePoint kStart{std::chrono::hours(1)};

KeptToken kept(seconds lifetime) {
    KeptToken token;
    token.take({"t", lifetime}, kStart);
    return token;
}

TEST(KeptToken, IsRenewedFiveMinutesBeforeItsEnd) {
    const auto token = kept(seconds(3600));
    EXPECT_TRUE(token.is_usable(kStart, false));
    EXPECT_TRUE(token.is_usable(kStart + seconds(3299), false));
    EXPECT_FALSE(token.is_usable(kStart + seconds(3300), false));
}

TEST(KeptToken, IsUsedToItsEndWhileItIsRenewed) {
    const auto token = kept(seconds(3600));
    EXPECT_TRUE(token.is_usable(kStart + seconds(3599), true));
    EXPECT_FALSE(token.is_usable(kStart + seconds(3600), true));
}

TEST(KeptToken, OfAShortLifeIsRenewedHalfWay) {
    const auto token = kept(seconds(100));
    EXPECT_TRUE(token.is_usable(kStart + seconds(49), false));
    EXPECT_FALSE(token.is_usable(kStart + seconds(50), false));
    EXPECT_FALSE(kept(seconds(0)).is_usable(kStart, true));
}

TEST(KeptToken, OutlivesAFailedRenewalForHalfAMinuteAtATime) {
    auto token = kept(seconds(3600));
    EXPECT_TRUE(token.outlives_failure(kStart + seconds(3400)));
    EXPECT_TRUE(token.is_usable(kStart + seconds(3429), false));
    EXPECT_FALSE(token.is_usable(kStart + seconds(3430), false));
    EXPECT_FALSE(token.outlives_failure(kStart + seconds(3600)));
}

TEST(KeptToken, IsNothingBeforeTheFirst) {
    KeptToken token;
    EXPECT_FALSE(token.is_usable(kStart, true));
    EXPECT_FALSE(token.outlives_failure(kStart));
    EXPECT_TRUE(token.is_expired(kStart));
}

TEST(TokenAnswer, ReadsALifetimeInEitherForm) {
    const auto lifetime = [](std::string_view value) {
        return read_token(R"({"access_token":"a","expires_in":)" + std::string(value) + "}", "x")
            ->lifetime;
    };
    EXPECT_EQ(lifetime("3599"), seconds(3599));
    EXPECT_EQ(lifetime(R"("86399")"), seconds(86399));
    EXPECT_EQ(lifetime("1.9"), seconds(1));
    EXPECT_EQ(lifetime("1e30"), seconds(7 * 24 * 3600));
    EXPECT_EQ(lifetime("-5"), seconds(600));
    EXPECT_EQ(lifetime(R"("soon")"), seconds(600));
    EXPECT_EQ(read_token(R"({"access_token":"a"})", "x")->lifetime, seconds(600));
}

TEST(TokenAnswer, RefusesWhatIsNoToken) {
    for (const std::string_view body :
         {"", "[]", "{}", R"({"access_token":7})", R"({"access_token":""})",
          R"({"access_token":"a b"})", R"({"access_token":"a\nb"})"}) {
        EXPECT_FALSE(read_token(body, "x")) << body;
    }
}

TEST(TokenRefusal, RepeatsCodeWordsAlone) {
    const auto message = [](std::string_view body) {
        return read_token_error(400, body, "the issuer").message;
    };
    EXPECT_EQ(message(R"({"error":"invalid_grant","error_description":"AADSTS1: for ann@x"})"),
              "the gateway got no access token from the issuer: status 400 "
              "(invalid_grant, AADSTS1)");
    for (const std::string_view body :
         {"", "<html>secret", R"({"error":{"message":"secret"}})", R"({"error":"a secret text"})",
          R"({"error_description":"secret"})"}) {
        EXPECT_EQ(message(body), "the gateway got no access token from the issuer: status 400");
    }
}

TEST(TokenRefusal, HasTheClassOfItsStatus) {
    const auto kind = [](int status) { return read_token_error(status, "", "x").kind; };
    EXPECT_EQ(kind(400), ErrorKind::authentication);
    EXPECT_EQ(kind(401), ErrorKind::authentication);
    EXPECT_EQ(kind(429), ErrorKind::rate_limited);
    EXPECT_EQ(kind(503), ErrorKind::unavailable);
}

TEST(TokenForm, IsPercentEncoded) {
    TokenCall call;
    call.form.emplace_back("a", Secret("x y&=+/~"));
    call.form.emplace_back("b", Secret(""));
    EXPECT_EQ(form_body(call, ""), "a=x%20y%26%3D%2B%2F~&b=");
    EXPECT_EQ(form_body(call, "j"), "a=x%20y%26%3D%2B%2F~&b=&client_assertion=j");
}

TEST(Assertion, IsAMemberOrTheWholeText) {
    EXPECT_EQ(*read_assertion("jwt", ""), "jwt");
    EXPECT_EQ(*read_assertion(R"({"value":"jwt"})", "value"), "jwt");
    EXPECT_FALSE(read_assertion(R"({"value":7})", "value"));
    EXPECT_FALSE(read_assertion("", ""));
}

}  // namespace
}  // namespace tollweir
