#include "tollweir/routing/cooldown_rules.hpp"

#include <gtest/gtest.h>

#include "unit/routing/fleet.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

GatewayError upstream_error(ErrorKind kind) {
    return {kind, ErrorSource::upstream, "no"};
}

struct Cooldowns : testing::Test {
    Fleet fleet;
    Deployment& deployment = fleet.add("a");
    CooldownConfig config;
    bool has_others = true;

    std::optional<milliseconds> fails(const GatewayError& error, bool callers_timeout = false) {
        return note_outcome(deployment, config,
                            {&error, callers_timeout, fleet.call.now, fleet.call.minute},
                            has_others);
    }
    std::optional<milliseconds> fails(ErrorKind kind) { return fails(upstream_error(kind)); }
    void answers(int times = 1) {
        for (int i = 0; i < times; ++i)
            note_outcome(deployment, config, {nullptr, false, fleet.call.now, fleet.call.minute},
                         has_others);
    }
    Cooldown::State state() const { return deployment.health->cooldown.state(fleet.call.now); }
};

TEST_F(Cooldowns, A429OrABadKeyIsEnough) {
    for (const auto kind :
         {ErrorKind::rate_limited, ErrorKind::authentication, ErrorKind::not_found}) {
        EXPECT_EQ(fails(kind), milliseconds(5'000));
        EXPECT_EQ(state(), Cooldown::State::cooling);
        deployment.health->cooldown.end();
    }
}

TEST_F(Cooldowns, AClientsErrorBlamesNobody) {
    for (const auto kind : {ErrorKind::bad_request, ErrorKind::context_window_exceeded,
                            ErrorKind::content_policy_violation, ErrorKind::unprocessable,
                            ErrorKind::not_implemented})
        for (int i = 0; i < 20; ++i) EXPECT_FALSE(fails(kind));
    EXPECT_EQ(deployment.health->recent_failures.in(fleet.call.minute), 0u);
}

TEST_F(Cooldowns, ALimitOfTheCallersTimeBlamesNobody) {
    for (int i = 0; i < 20; ++i) EXPECT_FALSE(fails(upstream_error(ErrorKind::timeout), true));
}

TEST_F(Cooldowns, OurOwnRefusalBlamesNobody) {
    const GatewayError own(ErrorKind::rate_limited, ErrorSource::gateway, "no");
    EXPECT_FALSE(fails(own));
}

TEST_F(Cooldowns, MoreThanHalfOfFiveFailuresAreTooMany) {
    answers(3);
    EXPECT_FALSE(fails(ErrorKind::internal));
    EXPECT_FALSE(fails(ErrorKind::internal));
    EXPECT_FALSE(fails(ErrorKind::internal)) << "half of six";
    EXPECT_TRUE(fails(ErrorKind::internal));
}

TEST_F(Cooldowns, FiveInARowAreTooManyHoweverWellItWentBefore) {
    answers(1'000);
    for (int i = 0; i < 4; ++i) EXPECT_FALSE(fails(ErrorKind::api_connection));
    EXPECT_TRUE(fails(ErrorKind::api_connection));
}

TEST_F(Cooldowns, TheLastOneIsNeverLeftOut) {
    has_others = false;
    for (int i = 0; i < 50; ++i) EXPECT_FALSE(fails(ErrorKind::internal));
    EXPECT_EQ(state(), Cooldown::State::serving);
}

TEST_F(Cooldowns, AllowedFailsOfAnyNumberTakeThePlaceOfTheShare) {
    config.allowed_fails = 3;  // LiteLLM takes its own default for not given
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(fails(ErrorKind::rate_limited));
    EXPECT_TRUE(fails(ErrorKind::rate_limited));
}

TEST_F(Cooldowns, APolicyCountsByClass) {
    config.allowed_fails_by_error.timeout = 1;
    EXPECT_FALSE(fails(ErrorKind::timeout));
    EXPECT_FALSE(fails(ErrorKind::internal));
    EXPECT_TRUE(fails(ErrorKind::timeout));
}

TEST_F(Cooldowns, TheDeploymentsOwnPolicyWins) {
    config.allowed_fails = 100;
    deployment.policy.allowed_fails = 0;
    EXPECT_TRUE(fails(ErrorKind::internal));
}

TEST_F(Cooldowns, RetryAfterSetsTheTimeUnlessTheDeploymentDoes) {
    auto error = upstream_error(ErrorKind::rate_limited);
    error.retry_after = "30";
    EXPECT_EQ(fails(error), milliseconds(30'000));
    deployment.health->cooldown.end();
    deployment.policy.cooldown_time = milliseconds(2'000);
    EXPECT_EQ(fails(error), milliseconds(2'000));
}

TEST_F(Cooldowns, NeverWhereTheyAreOff) {
    deployment.policy.cooldown_time = milliseconds(0);
    EXPECT_FALSE(fails(ErrorKind::rate_limited));
    deployment.policy.cooldown_time.reset();
    deployment.wildcard = true;
    EXPECT_FALSE(fails(ErrorKind::rate_limited));
    deployment.wildcard = false;
    config.is_disabled = true;
    EXPECT_FALSE(fails(ErrorKind::rate_limited));
}

TEST_F(Cooldowns, AProbeThatFailsMakesTheNextOneLonger) {
    fails(ErrorKind::rate_limited);
    fleet.call.now += seconds(5);
    ASSERT_TRUE(deployment.health->cooldown.claim_probe(fleet.call.now));
    EXPECT_TRUE(fails(ErrorKind::internal)) << "one failure of the probe is enough";
    fleet.call.now += seconds(9);
    EXPECT_EQ(state(), Cooldown::State::cooling);
    fleet.call.now += seconds(1);
    EXPECT_EQ(state(), Cooldown::State::may_probe);
    ASSERT_TRUE(deployment.health->cooldown.claim_probe(fleet.call.now));
    answers();
    EXPECT_EQ(state(), Cooldown::State::serving);
    fails(ErrorKind::rate_limited);
    fleet.call.now += seconds(5);
    EXPECT_EQ(state(), Cooldown::State::may_probe) << "as short as at first";
}

TEST_F(Cooldowns, ALongerOneIsNeverShortened) {
    auto error = upstream_error(ErrorKind::rate_limited);
    error.retry_after = "60";
    fails(error);
    fails(ErrorKind::rate_limited);
    fleet.call.now += seconds(59);
    EXPECT_EQ(state(), Cooldown::State::cooling);
}

TEST_F(Cooldowns, AClientsErrorOfTheProbeLetsAnotherTry) {
    fails(ErrorKind::rate_limited);
    fleet.call.now += seconds(5);
    ASSERT_TRUE(deployment.health->cooldown.claim_probe(fleet.call.now));
    EXPECT_FALSE(fails(ErrorKind::bad_request));
    EXPECT_EQ(state(), Cooldown::State::may_probe);
}

TEST(RetryAfter, ReadsSecondsOnly) {
    GatewayError error;
    EXPECT_FALSE(retry_after_of(error));
    error.retry_after = "1.5";
    EXPECT_EQ(retry_after_of(error), milliseconds(1'500));
    error.retry_after = "Wed, 21 Oct 2026 07:28:00 GMT";
    EXPECT_FALSE(retry_after_of(error));
    error.retry_after = "999999999";
    EXPECT_EQ(retry_after_of(error), kMaxRetryAfter);
    error.retry_after = "-1";
    EXPECT_FALSE(retry_after_of(error));
}

}  // namespace
}  // namespace tollweir
