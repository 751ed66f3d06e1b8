#include "tollweir/gateway/limit_headers.hpp"

#include <gtest/gtest.h>

#include "tollweir/gateway/cost_headers.hpp"
#include "tollweir/limits/limiter.hpp"
#include "tollweir/limits/memory_leases.hpp"

namespace tollweir {
namespace {

using namespace std::chrono_literals;

class LimitHeadersTest : public testing::Test {
protected:
    LimitHeadersTest() { record.hash = "k"; }

    Reservation reserve(std::string_view model) {
        limiter.bind(record);
        ReserveRequest request;
        request.key = record.cells.get();
        request.model = model;
        request.prompt_tokens = 10;
        request.completion_tokens = 20;
        request.cost = 1000;
        auto held = limiter.try_reserve(request, Clock::now());
        EXPECT_TRUE(held && *held);
        return held && *held ? std::move(**held) : Reservation();
    }
    std::string headers(std::string_view model) {
        std::string text;
        append_limit_headers(reserve(model), model, 60s, text);
        return text;
    }

    LeaseBook book;
    MemoryLeases leases{book, "p"};
    Limiter limiter{{}, leases};
    KeyRecord record;
};

TEST_F(LimitHeadersTest, SayNothingWhereNothingIsLimited) {
    EXPECT_EQ(headers("m"), "");
}

TEST_F(LimitHeadersTest, SayWhatIsLeftOfEachLimit) {
    record.limits.rpm_limit = 60;
    const auto text = headers("openai/gpt-4o:mini");
    EXPECT_EQ(text,
              "x-ratelimit-api_key-limit-requests: 60\r\n"
              "x-ratelimit-api_key-remaining-requests: 59\r\n"
              "x-ratelimit-api_key-reset-requests: 60s\r\n"
              "x-litellm-key-remaining-requests-openai-gpt-4o-mini: 59\r\n");
}

TEST_F(LimitHeadersTest, TellTheTightestOfTheKeysLimits) {
    record.limits.rpm_limit = 60;
    record.limits.tpm_limit = 1000;
    record.limits.max_parallel_requests = 3;
    record.model_limits.push_back({"m", std::nullopt, "", 5, 2000});
    const auto text = headers("m");
    for (const auto* line :
         {"x-ratelimit-model_per_key-remaining-requests: 4\r\n",
          "x-ratelimit-api_key-remaining-tokens: 970\r\n",
          "x-ratelimit-api_key-limit-max_parallel_requests: 3\r\n",
          "x-ratelimit-api_key-remaining-max_parallel_requests: 2\r\n",
          "x-litellm-key-remaining-requests-m: 4\r\n", "x-litellm-key-remaining-tokens-m: 970\r\n"})
        EXPECT_NE(text.find(line), std::string::npos) << line << "in\n" << text;
    EXPECT_EQ(text.find("reset-max_parallel"), std::string::npos);
}

TEST_F(LimitHeadersTest, KeepTheLimitsOfTheGatewayToItself) {
    LimitsConfig limits;
    limits.rpm = 5;
    limiter.configure(limits, {}, 429);
    EXPECT_EQ(headers("m"), "");
}

TEST_F(LimitHeadersTest, CannotBreakTheHeadByAModelsName) {
    record.limits.rpm_limit = 60;
    const auto text = headers("a b\r\nx: y\xc3\xa4");
    EXPECT_NE(text.find("x-litellm-key-remaining-requests-a-b--x--y--: 59\r\n"), std::string::npos)
        << text;
}

TEST_F(LimitHeadersTest, ShowTheKeysLimitsAndItsSpendWithThisCall) {
    record.limits.rpm_limit = 60;
    record.limits.tpm_limit = 1000;
    record.limits.max_budget = 5 * kPicodollarsPerDollar;
    record.limits.spend = kPicodollarsPerDollar;
    auto held = reserve("m");
    std::string text;
    ChargedCost cost;
    cost.total = kPicodollarsPerDollar / 2;
    append_cost_headers(&cost, {}, &record, held, text);
    EXPECT_EQ(text,
              "x-litellm-response-cost: 0.5\r\n"
              "x-litellm-key-tpm-limit: 1000\r\n"
              "x-litellm-key-rpm-limit: 60\r\n"
              "x-litellm-key-max-budget: 5.0\r\n"
              "x-litellm-key-spend: 1.5\r\n");
    // The budget's own count is younger than the record.
    limiter.settle(held, {}, cost.total, Clock::now());
    text.clear();
    append_cost_headers(nullptr, {}, &record, reserve("m"), text);
    EXPECT_NE(text.find("x-litellm-key-spend: 1.5\r\n"), std::string::npos);
}

}  // namespace
}  // namespace tollweir
