#include "tollweir/limits/refusal_error.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

using namespace std::chrono_literals;

constexpr auto kDollar = kPicodollarsPerDollar;

WallTime noon() {
    return std::chrono::sys_days(std::chrono::year(2026) / 11 / 26) + 12h;
}

Refusal rate_refusal() {
    Refusal refusal;
    refusal.kind = LimitKind::requests;
    refusal.scope = {.kind = ScopeKind::key, .id = "88dc"};
    refusal.label = "ci-runner";
    refusal.limit = 60;
    refusal.used = 60;
    refusal.asked = 1;
    refusal.frees_in = 12'300ms;
    return refusal;
}

Refusal budget_refusal(Scope scope) {
    Refusal refusal;
    refusal.kind = LimitKind::budget;
    refusal.label = scope.id;
    refusal.scope = std::move(scope);
    refusal.limit = 10 * kDollar;
    refusal.used = 10 * kDollar + kDollar / 2;
    return refusal;
}

std::string budget_text(Scope scope) {
    return to_error(budget_refusal(std::move(scope)), 429, noon()).message;
}

TEST(RefusalError, OfARateSaysWhatIsLimitedAndWhenItFrees) {
    const auto error = to_error(rate_refusal(), 429, noon());
    EXPECT_EQ(error.http_status(), 429);
    EXPECT_EQ(facts(error.kind).type, "throttling_error");
    EXPECT_EQ(error.message,
              "Rate limit exceeded for api_key: ci-runner. Limit type: requests. Current limit: "
              "60, Remaining: 0. Limit resets at: 2026-11-26 12:00:13 UTC");
    EXPECT_EQ(error.retry_after.value_or(""), "13");
    EXPECT_FALSE(error.should_not_retry);
    EXPECT_EQ(error.headers.value_or(""),
              "rate_limit_type: requests\r\n"
              "x-ratelimit-limit-requests: 60\r\n"
              "x-ratelimit-api_key-limit-requests: 60\r\n"
              "x-ratelimit-remaining-requests: 0\r\n"
              "x-ratelimit-api_key-remaining-requests: 0\r\n"
              "reset_at: 2026-11-26 12:00:13 UTC\r\n"
              "x-ratelimit-reset-requests: 13s\r\n"
              "x-ratelimit-api_key-reset-requests: 13s\r\n");
}

TEST(RefusalError, OfAModelsRateNamesTheModel) {
    auto refusal = rate_refusal();
    refusal.scope.model = "gpt-4o";
    refusal.kind = LimitKind::tokens;
    refusal.used = 40;
    const auto error = to_error(refusal, 429, noon());
    EXPECT_TRUE(error.message.starts_with(
        "Rate limit exceeded for model_per_key: ci-runner:gpt-4o. Limit type: tokens. Current "
        "limit: 60, Remaining: 20."))
        << error.message;
}

TEST(RefusalError, OfSlotsAsksToComeBackSoon) {
    auto refusal = rate_refusal();
    refusal.kind = LimitKind::slots;
    refusal.frees_in.reset();
    const auto error = to_error(refusal, 429, noon());
    EXPECT_EQ(error.retry_after.value_or(""), "1");
    EXPECT_TRUE(error.headers.value_or("").starts_with("rate_limit_type: max_parallel_requests"));
}

TEST(RefusalError, TellsNotToRetryWhatNeverFits) {
    auto refusal = rate_refusal();
    refusal.kind = LimitKind::tokens;
    refusal.asked = 100;
    refusal.used = 0;
    refusal.frees_in.reset();
    const auto error = to_error(refusal, 429, noon());
    EXPECT_TRUE(error.should_not_retry);
    EXPECT_TRUE(error.retry_after.empty());
    EXPECT_NE(error.message.find("takes 100, which is more than the limit"), std::string::npos);
}

TEST(RefusalError, OfABudgetIsLiteLlms) {
    const auto error =
        to_error(budget_refusal({.kind = ScopeKind::key, .id = "88dc"}), 429, noon());
    EXPECT_EQ(error.message, "Budget has been exceeded! Current cost: 10.5, Max budget: 10.0");
    EXPECT_EQ(error.http_status(), 429);
    EXPECT_EQ(facts(error.kind).type, "budget_exceeded");
    EXPECT_TRUE(error.should_not_retry);
    EXPECT_TRUE(error.retry_after.empty());
}

TEST(RefusalError, TakesTheOlderStatusWhereItIsAskedFor) {
    EXPECT_EQ(
        to_error(budget_refusal({.kind = ScopeKind::key, .id = "k"}), 400, noon()).http_status(),
        400);
    EXPECT_EQ(to_error(rate_refusal(), 400, noon()).http_status(), 429);
}

TEST(RefusalError, NamesWhoseBudgetItIs) {
    EXPECT_EQ(budget_text({.kind = ScopeKind::team, .id = "t1"}),
              "Budget has been exceeded! Team=t1 Current cost: 10.5, Max budget: 10.0");
    EXPECT_EQ(budget_text({.kind = ScopeKind::project, .id = "p1"}),
              "Budget has been exceeded! Project=p1 Current cost: 10.5, Max budget: 10.0");
    EXPECT_EQ(budget_text({.kind = ScopeKind::organization, .id = "o1"}),
              "Budget has been exceeded! Organization=o1 Current cost: 10.5, Max budget: 10.0");
    EXPECT_EQ(budget_text({.kind = ScopeKind::tag, .id = "batch"}),
              "Budget has been exceeded! Tag=batch Current cost: 10.5, Max budget: 10.0");
    EXPECT_EQ(budget_text({.kind = ScopeKind::team_member, .id = "t1", .member = "u1"}),
              "Budget has been exceeded! User=u1 in Team=t1 Current cost: 10.5, Max budget: 10.0");
    EXPECT_EQ(budget_text({.kind = ScopeKind::organization_member, .id = "o1", .member = "u1"}),
              "Budget has been exceeded! User=u1 in Organization=o1 Current cost: 10.5, Max "
              "budget: 10.0");
    EXPECT_EQ(budget_text({.kind = ScopeKind::user, .id = "u1"}),
              "ExceededBudget: User=u1 over budget. Spend=10.5, Budget=10.0");
    EXPECT_EQ(budget_text({.kind = ScopeKind::customer, .id = "c1"}),
              "ExceededBudget: End User=c1 over budget. Spend=10.5, Budget=10.0");
    EXPECT_EQ(budget_text({.kind = ScopeKind::global}),
              "Budget has been exceeded! Current cost: 10.5, Max budget: 10.0");
    EXPECT_EQ(budget_text({.kind = ScopeKind::key, .id = "k", .window = "1d"}),
              "ExceededBudget: Key over 1d budget. Spend=$10.5000, Limit=$10.00");
    EXPECT_EQ(budget_text({.kind = ScopeKind::team, .id = "t1", .window = "1d"}),
              "ExceededBudget: Team=t1 over 1d budget. Spend=$10.5000, Limit=$10.00");
}

TEST(RefusalError, NamesTheModelOfAModelsBudget) {
    auto refusal =
        budget_refusal({.kind = ScopeKind::key, .id = "88dc", .model = "gpt-4o", .window = "1d"});
    refusal.label = "ci-runner";
    EXPECT_EQ(to_error(refusal, 429, noon()).message,
              "LiteLLM Virtual Key: 88dc, key_alias: ci-runner, exceeded budget for model=gpt-4o");
    refusal.label = "88dc";
    EXPECT_EQ(to_error(refusal, 429, noon()).message,
              "LiteLLM Virtual Key: 88dc, key_alias: None, exceeded budget for model=gpt-4o");
    EXPECT_EQ(budget_text({.kind = ScopeKind::user, .id = "u1", .model = "m"}),
              "LiteLLM User: u1, exceeded budget for model=m");
    EXPECT_EQ(budget_text({.kind = ScopeKind::customer, .id = "c1", .model = "m"}),
              "LiteLLM End User: c1, exceeded budget for model=m");
    EXPECT_EQ(budget_text({.kind = ScopeKind::team_member, .id = "t", .member = "u", .model = "m"}),
              "ExceededBudget: Team member model budget exceeded. User=u, Team=t, Model=m. "
              "Spend=$10.5, Budget=$10.0");
    EXPECT_EQ(budget_text(
                  {.kind = ScopeKind::organization_member, .id = "o", .member = "u", .model = "m"}),
              "LiteLLM User: u in Organization: o, exceeded budget for model=m");
}

TEST(RefusalError, LeavesRoutersToTryOthersWhereAProvidersBudgetIsUsedUp) {
    auto refusal = budget_refusal({.kind = ScopeKind::provider, .id = "openai", .window = "1d"});
    refusal.frees_in = 90min;
    const auto error = to_error(refusal, 400, noon());
    EXPECT_EQ(error.message,
              "No deployments available - crossed budget: Exceeded budget for provider openai: "
              "10.5 >= 10.0");
    EXPECT_EQ(error.http_status(), 429);
    EXPECT_FALSE(error.should_not_retry);
    EXPECT_EQ(error.retry_after.value_or(""), "5400");
}

TEST(RefusalError, SaysSoWhereCallsUnderWayHoldWhatIsLeft) {
    auto refusal = budget_refusal({.kind = ScopeKind::key, .id = "k"});
    refusal.used = 8 * kDollar;
    refusal.reserved = 2 * kDollar;
    EXPECT_EQ(to_error(refusal, 429, noon()).message,
              "Budget has been exceeded! Current cost: 10.0, Max budget: 10.0 (2.0 of it reserved "
              "by requests under way)");
}

}  // namespace
}  // namespace tollweir
