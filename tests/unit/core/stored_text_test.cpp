#include "tollweir/core/stored_text.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

TEST(StoredText, StaysAsItCame) {
    const std::string body = R"({"model":"m","n":1.50,"messages":[{"content":"caf\u00e9 \n"}]})";
    EXPECT_EQ(stored_text(body, 20), body);
    EXPECT_EQ(stored_text("not json", 20), "{}");
    EXPECT_EQ(stored_text("", 20), "{}");
}

TEST(StoredText, KeepsBeginningAndEndOfLongStrings) {
    EXPECT_EQ(stored_text(R"(["0123456789"])", 10), R"(["0123456789"])");
    EXPECT_EQ(stored_text(R"({"a":"0123456789abcdefghijABCDEFGHIJ"})", 20),
              R"({"a":"0123456... (litellm_truncated skipped 10 chars) ...hijABCDEFGHIJ"})");
}

TEST(StoredText, CountsCharactersNotBytes) {
    EXPECT_EQ(stored_text("[\"ééééé\"]", 5), "[\"ééééé\"]");
    EXPECT_EQ(stored_text("[\"éaéaéaéaéa\"]", 4),
              "[\"é... (litellm_truncated skipped 7 chars) ...éa\"]");
}

TEST(StoredText, NeverHoldsACredential) {
    EXPECT_EQ(stored_text(R"({"api_key":"sk-1","x":{"aws_secret_access_key":{"a":1}}})", 99),
              R"({"api_key":"REDACTED","x":{"aws_secret_access_key":"REDACTED"}})");
    EXPECT_EQ(stored_text(R"({"api\u005fkey":"sk-1"})", 99), R"({"api\u005fkey":"REDACTED"})");
}

TEST(StoredText, IsSomethingThatPostgresCanHold) {
    EXPECT_EQ(stored_text(R"({"a\u0000":"b\u0000c","d":"\ud800"})", 99),
              "{\"a\xEF\xBF\xBD\":\"b\xEF\xBF\xBD"
              "c\",\"d\":\"\xEF\xBF\xBD\"}");
    EXPECT_EQ(stored_text(R"(["\ud83d\ude00"])", 99), "[\"\xF0\x9F\x98\x80\"]");
}

}  // namespace
}  // namespace tollweir
