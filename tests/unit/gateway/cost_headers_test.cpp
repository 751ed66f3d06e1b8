#include "tollweir/gateway/cost_headers.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

std::string headers(const ChargedCost* cost, const CostTerms& terms, const KeyRecord* key) {
    std::string out;
    append_cost_headers(cost, terms, key, Reservation(), out);
    return out;
}

TEST(CostHeaders, TellTheCostAsPythonWritesFloats) {
    const auto of = [](Picodollars cost) {
        const auto charged = charge(cost, {});
        return headers(&charged, {}, nullptr);
    };
    EXPECT_EQ(of(13'500'000), "x-litellm-response-cost: 1.35e-05\r\n");
    EXPECT_EQ(of(310'000'000), "x-litellm-response-cost: 0.00031\r\n");
    EXPECT_EQ(of(0), "x-litellm-response-cost: 0.0\r\n");
}

TEST(CostHeaders, TellWhatBecameOfTheCost) {
    CostTerms terms;
    terms.discount = 50'000'000;  // 5 %
    auto charged = charge(1'000'000'000'000, terms);
    EXPECT_EQ(headers(&charged, terms, nullptr),
              "x-litellm-response-cost: 0.95\r\nx-litellm-response-cost-original: 1.0\r\n"
              "x-litellm-response-cost-discount-amount: 0.05\r\n");
    terms = {0, 100'000'000, 2'000'000'000};
    charged = charge(1'000'000'000'000, terms);
    EXPECT_EQ(headers(&charged, terms, nullptr),
              "x-litellm-response-cost: 1.102\r\nx-litellm-response-cost-original: 1.0\r\n"
              "x-litellm-response-cost-margin-amount: 0.102\r\n"
              "x-litellm-response-cost-margin-percent: 0.1\r\n");
    terms = {0, 0, 2'000'000'000};
    charged = charge(0, terms);
    EXPECT_EQ(headers(&charged, terms, nullptr),
              "x-litellm-response-cost: 0.002\r\nx-litellm-response-cost-original: 0.0\r\n"
              "x-litellm-response-cost-margin-amount: 0.002\r\n");
}

TEST(CostHeaders, TellWhatTheKeyMayDoAndHasSpent) {
    KeyRecord key;
    key.limits.spend = 250'000'000'000;
    EXPECT_EQ(headers(nullptr, {}, &key), "x-litellm-key-spend: 0.25\r\n");
    key.limits.tpm_limit = 1000;
    key.limits.rpm_limit = 0;
    key.limits.max_budget = 10 * kPicodollarsPerDollar;
    const auto charged = charge(500'000'000'000, {});
    EXPECT_EQ(headers(&charged, {}, &key),
              "x-litellm-response-cost: 0.5\r\nx-litellm-key-tpm-limit: 1000\r\n"
              "x-litellm-key-rpm-limit: 0\r\nx-litellm-key-max-budget: 10.0\r\n"
              "x-litellm-key-spend: 0.75\r\n");
    EXPECT_EQ(headers(nullptr, {}, nullptr), "");
}

}  // namespace
}  // namespace tollweir
