#include "tollweir/core/key_record.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

TEST(UserRole, KnowsLiteLlmsWords) {
    for (const auto role : {UserRole::proxy_admin, UserRole::proxy_admin_viewer,
                            UserRole::org_admin, UserRole::internal_user,
                            UserRole::internal_user_viewer, UserRole::team, UserRole::customer})
        EXPECT_EQ(parse_user_role(name_of(role)), role);
    EXPECT_EQ(parse_user_role(""), UserRole::internal_user);
    EXPECT_EQ(parse_user_role("PROXY_ADMIN"), UserRole::internal_user);
}

TEST(AllowedModels, TakeOutTheSpecialWords) {
    EXPECT_TRUE(AllowedModels().admits_all());
    EXPECT_TRUE(AllowedModels({"*"}).admits_all());
    EXPECT_TRUE(AllowedModels({"a", "all-proxy-models"}).admits_all());
    EXPECT_FALSE(AllowedModels({"a"}).admits_all());
    EXPECT_FALSE(AllowedModels({"openai/*"}).admits_all());
    EXPECT_TRUE(AllowedModels({"openai/*"}).has_patterns());
    EXPECT_TRUE(AllowedModels({"all-team-models"}).names_all_of_team());
    EXPECT_TRUE(AllowedModels({"no-default-models"}).refuses_defaults());
    EXPECT_TRUE(AllowedModels({"a", "b"}).holds("b"));
    EXPECT_FALSE(AllowedModels({"a", "b"}).holds("B"));
}

TEST(ShownKey, GivesAwayFourCharacters) {
    EXPECT_EQ(shown_key("sk-Qm4tY7xJ2vB9kLr0WcZ5Ng"), "sk-...Z5Ng");
    EXPECT_EQ(shown_key("ab"), "sk-...ab");
}

TEST(NameMap, IsReadFromAnObjectOfTexts) {
    const NameMap expected{{"fast", "gpt-4o-mini"}, {"b", "c"}};
    EXPECT_EQ(parse_name_map(R"({"fast":"gpt-4o-mini","n":1,"b":"c"})"), expected);
    EXPECT_TRUE(parse_name_map("null").empty());
    ASSERT_NE(find_name(expected, "b"), nullptr);
    EXPECT_EQ(*find_name(expected, "b"), "c");
    EXPECT_EQ(find_name(expected, "x"), nullptr);
}

TEST(ModelTerms, AreGatheredFromThreeColumnsInBothSpellings) {
    const auto terms = parse_model_terms(
        R"({"a":{"budget_limit":5,"time_period":"1d"},"b":{"max_budget":"0.5","budget_duration":"30d","rpm_limit":3},"c":7})",
        R"({"a":10,"d":1})", R"({"a":1000})");
    ASSERT_EQ(terms.size(), 4u);
    EXPECT_EQ(terms[0], (ModelTerms{"a", 5 * kPicodollarsPerDollar, "1d", 10, 1000}));
    EXPECT_EQ(terms[1], (ModelTerms{"b", kPicodollarsPerDollar / 2, "30d", 3, std::nullopt}));
    EXPECT_EQ(terms[2],
              (ModelTerms{"c", 7 * kPicodollarsPerDollar, "", std::nullopt, std::nullopt}));
    EXPECT_EQ(terms[3], (ModelTerms{"d", std::nullopt, "", 1, std::nullopt}));
}

TEST(BudgetWindows, WithoutACapAreNone) {
    const auto windows = parse_budget_windows(
        R"([{"max_budget":1.5,"budget_duration":"1d","reset_at":"2026-11-20T00:00:00Z"},{"budget_duration":"7d"}])");
    ASSERT_EQ(windows.size(), 1u);
    EXPECT_EQ(windows[0].max_budget, 3 * kPicodollarsPerDollar / 2);
    EXPECT_EQ(windows[0].budget_duration, "1d");
    ASSERT_TRUE(windows[0].reset_at);
    EXPECT_EQ(*windows[0].reset_at, WallTime(std::chrono::seconds(1'795'132'800)));
}

TEST(KeyMetadata, HoldsWhatConcernsTheGateway) {
    const auto metadata = parse_key_metadata(
        R"({"user":"lena","tags":["batch",3],"enforced_params":["user"],"allowed_tools":["f"],
            "temp_budget_increase":100,"temp_budget_expiry":"2026-11-20","model_rpm_limit":{"a":1},
            "service_account_id":"ci"})");
    EXPECT_EQ(metadata.tags, std::vector<std::string>{"batch"});
    EXPECT_EQ(metadata.enforced_params, std::vector<std::string>{"user"});
    EXPECT_EQ(metadata.allowed_tools, std::vector<std::string>{"f"});
    EXPECT_EQ(metadata.temp_budget_increase, 100 * kPicodollarsPerDollar);
    EXPECT_TRUE(metadata.temp_budget_expiry);
    EXPECT_EQ(metadata.model_rpm_limit_json, R"({"a":1})");
    EXPECT_EQ(metadata.model_tpm_limit_json, "");
    EXPECT_TRUE(metadata.service_account);
}

TEST(KeyMetadata, OfOddJsonIsEmpty) {
    for (const auto* json : {"", "null", "[]", "{\"tags\":\"a\"}", "{"})
        EXPECT_TRUE(parse_key_metadata(json).tags.empty()) << json;
}

}  // namespace
}  // namespace tollweir
