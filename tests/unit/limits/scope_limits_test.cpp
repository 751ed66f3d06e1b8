#include "tollweir/limits/scope_limits.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace tollweir {
namespace {

constexpr auto kDollar = kPicodollarsPerDollar;

KeyRecord key_record() {
    KeyRecord key;
    key.hash = "88dc";
    return key;
}

TEST(ScopeLimits, AreNoneForAKeyWithoutLimits) {
    const auto limits = limits_of(key_record(), {}, std::nullopt);
    EXPECT_TRUE(limits.every.rates.empty());
    EXPECT_TRUE(limits.every.budgets.empty());
    EXPECT_TRUE(limits.models.empty());
}

TEST(ScopeLimits, HaveWhatTheKeysRowNames) {
    auto key = key_record();
    key.limits.rpm_limit = 60;
    key.limits.tpm_limit = 1000;
    key.limits.max_parallel_requests = 5;
    key.limits.max_budget = 10 * kDollar;
    key.limits.soft_budget = 8 * kDollar;
    key.limits.budget_duration = "30d";
    key.limits.spend = 3 * kDollar;
    const auto limits = limits_of(key, {}, 7);
    ASSERT_EQ(limits.every.rates.size(), 3u);
    EXPECT_EQ(limits.every.rates[0].kind, LimitKind::requests);
    EXPECT_EQ(limits.every.rates[0].limit, 60);
    EXPECT_EQ(limits.every.rates[1].kind, LimitKind::tokens);
    EXPECT_EQ(limits.every.rates[2].kind, LimitKind::slots);
    EXPECT_EQ(limits.every.rates[2].limit, 5);
    ASSERT_EQ(limits.every.budgets.size(), 1u);
    const auto& budget = limits.every.budgets[0];
    EXPECT_EQ(scope_key(budget.scope), "key:88dc");
    EXPECT_EQ(budget.cap, 10 * kDollar);
    EXPECT_EQ(budget.soft_cap, 8 * kDollar);
    EXPECT_EQ(budget.period, parse_budget_duration("30d"));
    EXPECT_EQ(budget.spent, 3 * kDollar);
    EXPECT_FALSE(budget.rolls);
}

TEST(ScopeLimits, TakeTheGatewaysSlotsForAKeyWithoutAny) {
    const auto limits = limits_of(key_record(), {}, 7);
    ASSERT_EQ(limits.every.rates.size(), 1u);
    EXPECT_EQ(limits.every.rates[0].kind, LimitKind::slots);
    EXPECT_EQ(limits.every.rates[0].limit, 7);
}

TEST(ScopeLimits, HaveNoCapWhereOnlyASoftBudgetIsNamed) {
    auto key = key_record();
    key.limits.soft_budget = kDollar;
    const auto limits = limits_of(key, {}, std::nullopt);
    ASSERT_EQ(limits.every.budgets.size(), 1u);
    EXPECT_EQ(limits.every.budgets[0].cap, kNoCap);
}

TEST(ScopeLimits, ResetAtMidnightWhereARowNamesNoDuration) {
    auto key = key_record();
    key.limits.max_budget = kDollar;
    key.limits.budget_duration = "fortnightly";
    EXPECT_EQ(limits_of(key, {}, {}).every.budgets[0].period, parse_budget_duration("1d"));
    key.limits.budget_duration = "none";
    EXPECT_FALSE(limits_of(key, {}, {}).every.budgets[0].period);
}

TEST(ScopeLimits, RaiseTheCapForAWhile) {
    auto key = key_record();
    key.limits.max_budget = kDollar;
    key.budget_windows.push_back({kDollar / 2, "1d", std::nullopt});
    key.metadata.temp_budget_increase = 5 * kDollar;
    key.metadata.temp_budget_expiry = WallTime(std::chrono::hours(500'000));
    const auto limits = limits_of(key, {}, {});
    EXPECT_EQ(limits.every.budgets[0].extra, 5 * kDollar);
    EXPECT_EQ(limits.every.budgets[0].extra_until, key.metadata.temp_budget_expiry);
    EXPECT_EQ(limits.every.budgets[1].extra, 0);
    key.metadata.temp_budget_expiry.reset();
    EXPECT_EQ(limits_of(key, {}, {}).every.budgets[0].extra, 0);
}

TEST(ScopeLimits, CountEachFurtherWindowByItself) {
    auto key = key_record();
    key.budget_windows = {{kDollar, "1d", std::nullopt}, {9 * kDollar, "30d", std::nullopt}};
    const auto limits = limits_of(key, {}, {});
    ASSERT_EQ(limits.every.budgets.size(), 2u);
    EXPECT_EQ(scope_key(limits.every.budgets[0].scope), "key:88dc:window:1d");
    EXPECT_EQ(scope_key(limits.every.budgets[1].scope), "key:88dc:window:30d");
}

TEST(ScopeLimits, RunAModelsBudgetFromItsFirstUse) {
    auto key = key_record();
    key.model_limits.push_back({"gpt-4o", 5 * kDollar, "1d", 10, 100});
    key.model_limits.push_back({"gpt-4", std::nullopt, "", 20, std::nullopt});
    const auto limits = limits_of(key, {}, {});
    ASSERT_EQ(limits.models.size(), 2u);
    EXPECT_EQ(limits.models[0].first, "gpt-4o");
    const auto& first = limits.models[0].second;
    EXPECT_EQ(first.rates.size(), 2u);
    ASSERT_EQ(first.budgets.size(), 1u);
    EXPECT_TRUE(first.budgets[0].rolls);
    EXPECT_EQ(scope_key(first.budgets[0].scope), "key:88dc:model:gpt-4o:window:1d");
    EXPECT_EQ(limits.models[1].second.rates.size(), 1u);
    EXPECT_TRUE(limits.models[1].second.budgets.empty());
}

TEST(ScopeLimits, OfADeploymentRefuseOnlyWhereTheRouterEnforcesThem) {
    DeploymentTerms terms;
    terms.id = "d1";
    terms.rpm = 10;
    terms.max_parallel_requests = 2;
    terms.max_budget = kDollar;
    terms.budget_duration = parse_budget_duration("1d");
    auto limits = limits_of(terms, {});
    ASSERT_EQ(limits.rates.size(), 2u);
    EXPECT_EQ(limits.rates[0].enforcement, Enforcement::never);
    EXPECT_EQ(limits.rates[1].enforcement, Enforcement::always);
    ASSERT_EQ(limits.budgets.size(), 1u);
    EXPECT_EQ(scope_key(limits.budgets[0].scope), "deployment:d1:window:1d");
    terms.enforces_rates = true;
    EXPECT_EQ(limits_of(terms, {}).rates[0].enforcement, Enforcement::always);
}

TEST(ScopeLimits, OfAProviderAreThoseOfItsBudget) {
    BudgetConfig budgets;
    budgets.providers.push_back({"openai", kDollar, parse_budget_duration("1d"), 5, std::nullopt});
    budgets.providers.push_back({"azure", std::nullopt, parse_budget_duration("1d"), {}, {}});
    const auto limits = provider_limits("openai", budgets, {});
    EXPECT_EQ(limits.rates.size(), 1u);
    ASSERT_EQ(limits.budgets.size(), 1u);
    EXPECT_EQ(scope_key(limits.budgets[0].scope), "provider:openai:window:1d");
    // A budget of null is unlimited.
    EXPECT_TRUE(provider_limits("azure", budgets, {}).budgets.empty());
    EXPECT_TRUE(provider_limits("groq", budgets, {}).budgets.empty());
}

TEST(ScopeLimits, OfTheGatewayAreThoseOfTheFile) {
    LimitsConfig limits;
    BudgetConfig budgets;
    EXPECT_TRUE(gateway_limits(limits, budgets, {}).rates.empty());
    EXPECT_TRUE(gateway_limits(limits, budgets, {}).budgets.empty());
    limits.rpm = 5;
    limits.max_parallel_requests = 3;
    budgets.max_budget = 100 * kDollar;
    budgets.budget_duration = parse_budget_duration("1mo");
    const auto found = gateway_limits(limits, budgets, {});
    EXPECT_EQ(found.rates.size(), 2u);
    ASSERT_EQ(found.budgets.size(), 1u);
    EXPECT_EQ(scope_key(found.budgets[0].scope), "global");
}

std::vector<std::string> budget_keys(const ScopeLimits& limits) {
    std::vector<std::string> keys;
    for (const auto& budget : limits.budgets) keys.push_back(scope_key(budget.scope));
    return keys;
}

bool has(const ScopeLimits& limits, const std::string& key) {
    const auto keys = budget_keys(limits);
    return std::ranges::find(keys, key) != keys.end();
}

/// A key that belongs to everybody there is, each with a budget and a limit of requests.
KeyRecord key_of_everybody() {
    auto key = key_record();
    key.user_id = "lena";
    key.team_id = "search";
    const auto limit = [](auto& owner) {
        owner.limits.max_budget = kDollar;
        owner.limits.rpm_limit = 5;
    };
    limit(key);
    TeamRecord team;
    team.id = "search";
    limit(team);
    team.budget_windows.push_back({kDollar, "1d", std::nullopt});
    key.team = std::make_shared<const TeamRecord>(team);
    MemberRecord member;
    limit(member);
    key.member = std::make_shared<const MemberRecord>(member);
    UserRecord user;
    user.id = "lena";
    limit(user);
    key.user = std::make_shared<const UserRecord>(user);
    OrganizationRecord organization;
    organization.id = "acme";
    limit(organization);
    key.organization = std::make_shared<const OrganizationRecord>(organization);
    OrganizationMemberRecord organization_member;
    limit(organization_member);
    key.organization_member = std::make_shared<const OrganizationMemberRecord>(organization_member);
    ProjectRecord project;
    project.id = "p";
    limit(project);
    key.project = std::make_shared<const ProjectRecord>(project);
    return key;
}

TEST(ScopeLimits, AreThoseOfWhomeverTheKeyBelongsTo) {
    const auto limits = limits_of(key_of_everybody(), {}, std::nullopt);
    EXPECT_EQ(
        budget_keys(limits.every),
        (std::vector<std::string>{"key:88dc", "project:p", "team:search", "team:search:window:1d",
                                  "organization:acme", "organization_member:acme:lena", "user:lena",
                                  "team_member:search:lena"}));
    EXPECT_EQ(limits.every.rates.size(), 7u);
}

TEST(ScopeLimits, LeaveAUsersBudgetOutOfTeamsWhereAskedTo) {
    auto key = key_of_everybody();
    auto limits = limits_of(key, {}, std::nullopt, false);
    EXPECT_FALSE(has(limits.every, "user:lena"));
    EXPECT_EQ(limits.every.rates.size(), 7u) << "its rates bind all the same";
    key.team_id.clear();
    limits = limits_of(key, {}, std::nullopt, false);
    EXPECT_TRUE(has(limits.every, "user:lena"));
}

TEST(ScopeLimits, OfOneModelAreOneSetWhoeverNamesIt) {
    auto key = key_record();
    key.model_limits.push_back({"m", kDollar, "1d", {}, {}});
    TeamRecord team;
    team.id = "search";
    team.model_limits.push_back({"m", {}, "", 5, {}});
    team.model_limits.push_back({"other", {}, "", 5, {}});
    key.team = std::make_shared<const TeamRecord>(team);
    const auto limits = limits_of(key, {}, std::nullopt);
    ASSERT_EQ(limits.models.size(), 2u);
    EXPECT_EQ(limits.models[0].first, "m");
    EXPECT_EQ(limits.models[0].second.budgets.size(), 1u);
    ASSERT_EQ(limits.models[0].second.rates.size(), 1u);
    EXPECT_EQ(scope_key(limits.models[0].second.rates[0].scope), "team:search:model:m");
}

}  // namespace
}  // namespace tollweir
