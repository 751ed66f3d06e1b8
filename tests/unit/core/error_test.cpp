#include "tollweir/core/error.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

TEST(ErrorFacts, NameStatusTypeAndCodeWordOfAClass) {
    const ErrorFacts& limited = facts(ErrorKind::rate_limited);
    EXPECT_EQ(limited.status, 429);
    EXPECT_EQ(limited.type, "throttling_error");
    EXPECT_EQ(limited.code, "rate_limit_exceeded");
    EXPECT_EQ(limited.litellm_class, "RateLimitError");

    const ErrorFacts& unreachable = facts(ErrorKind::api_connection);
    EXPECT_EQ(unreachable.status, 503);
    EXPECT_EQ(unreachable.litellm_class, "APIConnectionError");
}

TEST(ErrorFacts, LetOnlyPassingTroubleBeRetried) {
    for (const ErrorKind kind :
         {ErrorKind::timeout, ErrorKind::rate_limited, ErrorKind::internal,
          ErrorKind::api_connection, ErrorKind::bad_gateway, ErrorKind::unavailable}) {
        EXPECT_TRUE(facts(kind).retryable) << facts(kind).litellm_class;
    }
    for (const ErrorKind kind :
         {ErrorKind::bad_request, ErrorKind::context_window_exceeded, ErrorKind::authentication,
          ErrorKind::not_found, ErrorKind::budget_exceeded, ErrorKind::not_implemented,
          ErrorKind::client_closed}) {
        EXPECT_FALSE(facts(kind).retryable) << facts(kind).litellm_class;
    }
}

TEST(GatewayErrorStatus, IsTheUpstreamsOwnWhereItSentOne) {
    GatewayError error(ErrorKind::rate_limited, ErrorSource::upstream, "slow down");
    EXPECT_EQ(error.http_status(), 429);
    error.status = 529;
    EXPECT_EQ(error.http_status(), 529);
}

TEST(KindOfStatus, FollowsTheSpecsTable) {
    EXPECT_EQ(kind_of_status(400), ErrorKind::bad_request);
    EXPECT_EQ(kind_of_status(402), ErrorKind::bad_request);
    EXPECT_EQ(kind_of_status(401), ErrorKind::authentication);
    EXPECT_EQ(kind_of_status(404), ErrorKind::not_found);
    EXPECT_EQ(kind_of_status(418), ErrorKind::bad_request);
    EXPECT_EQ(kind_of_status(424), ErrorKind::internal);
    EXPECT_EQ(kind_of_status(429), ErrorKind::rate_limited);
    EXPECT_EQ(kind_of_status(504), ErrorKind::timeout);
    EXPECT_EQ(kind_of_status(529), ErrorKind::internal);
}

}  // namespace
}  // namespace tollweir
