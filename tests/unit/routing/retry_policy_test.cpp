#include "tollweir/routing/retry_policy.hpp"

#include <gtest/gtest.h>

#include "tollweir/core/retry_budget.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

GatewayError upstream_error(ErrorKind kind) {
    return {kind, ErrorSource::upstream, "no"};
}

struct Retries : testing::Test {
    RetryConfig config;
    Deployment deployment;
    RetryState state;
    std::minstd_rand random{1};

    Retries() { state.group = "fast"; }

    bool helps(ErrorKind kind) {
        return should_retry(config, deployment, state, upstream_error(kind));
    }
    milliseconds delay(const GatewayError& error) {
        return retry_delay(config, state, error, random);
    }
};

TEST_F(Retries, FollowTheKindOfTheError) {
    for (const auto kind :
         {ErrorKind::timeout, ErrorKind::rate_limited, ErrorKind::internal,
          ErrorKind::api_connection, ErrorKind::bad_gateway, ErrorKind::unavailable})
        EXPECT_TRUE(helps(kind));
    for (const auto kind :
         {ErrorKind::bad_request, ErrorKind::not_found, ErrorKind::unprocessable,
          ErrorKind::context_window_exceeded, ErrorKind::content_policy_violation,
          ErrorKind::budget_exceeded, ErrorKind::client_closed, ErrorKind::not_implemented})
        EXPECT_FALSE(helps(kind));
}

TEST_F(Retries, ABadKeyIsTriedElsewhereOnly) {
    EXPECT_FALSE(helps(ErrorKind::authentication));
    state.others_left = 1;
    EXPECT_TRUE(helps(ErrorKind::authentication));
    EXPECT_TRUE(helps(ErrorKind::permission_denied));
}

TEST_F(Retries, AConflictIsWorthAnotherTry) {
    auto error = upstream_error(ErrorKind::bad_request);
    error.status = 409;
    EXPECT_TRUE(should_retry(config, deployment, state, error));
}

TEST_F(Retries, EndWithTheirNumber) {
    state.retries = 1;
    EXPECT_TRUE(helps(ErrorKind::internal));
    state.retries = 2;
    EXPECT_FALSE(helps(ErrorKind::internal));
    state.asked = 3;
    EXPECT_TRUE(helps(ErrorKind::internal)) << "the request's own number";
    deployment.policy.num_retries = 2;
    EXPECT_FALSE(helps(ErrorKind::internal)) << "the deployment's wins";
    config.by_error.internal = 5;
    EXPECT_TRUE(helps(ErrorKind::internal)) << "a policy wins over all";
    ErrorCounts none;
    none.internal = 0;
    config.by_group = {{"fast", none}};
    EXPECT_FALSE(helps(ErrorKind::internal)) << "the group's policy takes the place of the general";
    ErrorCounts keys;
    keys.internal = 3;
    state.keys_policy = &keys;
    EXPECT_TRUE(helps(ErrorKind::internal)) << "the key's before the group's";
}

TEST_F(Retries, APolicyRetriesWhatNobodyElseWould) {
    config.by_error.bad_request = 1;
    EXPECT_TRUE(helps(ErrorKind::bad_request));
}

TEST_F(Retries, ABusyGroupWithFallbacksIsNotWaitedFor) {
    state.has_fallbacks = true;
    EXPECT_FALSE(helps(ErrorKind::rate_limited));
    EXPECT_TRUE(helps(ErrorKind::internal));
    state.others_left = 1;
    EXPECT_TRUE(helps(ErrorKind::rate_limited));
}

TEST_F(Retries, WaitOnlyWhereNobodyElseIsLeft) {
    state.others_left = 1;
    EXPECT_EQ(delay(upstream_error(ErrorKind::internal)), milliseconds(0));
}

TEST_F(Retries, WaitLongerEachTimeUpToABound) {
    config.jitter = milliseconds(0);
    std::vector<std::int64_t> waits;
    for (state.retries = 0; state.retries < 6; ++state.retries)
        waits.push_back(delay(upstream_error(ErrorKind::internal)).count());
    EXPECT_EQ(waits, (std::vector<std::int64_t>{500, 1'000, 2'000, 4'000, 8'000, 8'000}));
    config.backoff_factor = 3;
    state.retries = 1;
    EXPECT_EQ(delay(upstream_error(ErrorKind::internal)).count(), 1'500);
    config.retry_after = milliseconds(5'000);
    EXPECT_EQ(delay(upstream_error(ErrorKind::internal)).count(), 5'000);
}

TEST_F(Retries, JitterIsOnTopAndBounded) {
    for (int i = 0; i < 200; ++i) {
        const auto wait = delay(upstream_error(ErrorKind::internal)).count();
        EXPECT_GE(wait, 500);
        EXPECT_LE(wait, 1'250);
    }
}

TEST_F(Retries, HeedRetryAfterUpToAMinute) {
    config.jitter = milliseconds(0);
    auto error = upstream_error(ErrorKind::rate_limited);
    error.retry_after = "20";
    EXPECT_EQ(delay(error), milliseconds(20'000));
    error.retry_after = "61";
    EXPECT_EQ(delay(error), milliseconds(500));
}

TEST(RetryBudget, BoundsWhatAnOutageAdds) {
    RetryBudget budget;
    const TimePoint begin(std::chrono::hours(1));
    int spent = 0;
    while (budget.spend(begin)) ++spent;
    EXPECT_EQ(spent, RetryBudget::kMost);
    EXPECT_FALSE(budget.spend(begin));
    for (int i = 0; i < 4; ++i) budget.earn();
    EXPECT_FALSE(budget.spend(begin));
    budget.earn();
    EXPECT_TRUE(budget.spend(begin)) << "one for five requests";
    EXPECT_FALSE(budget.spend(begin));
    spent = 0;
    while (budget.spend(begin + seconds(1))) ++spent;
    EXPECT_EQ(spent, RetryBudget::kPerSecond);
    spent = 0;
    while (budget.spend(begin + std::chrono::hours(1))) ++spent;
    EXPECT_EQ(spent, RetryBudget::kMost);
}

}  // namespace
}  // namespace tollweir
