#include "tollweir/core/price_field.hpp"

#include <gtest/gtest.h>

#include "tollweir/core/price_table.hpp"

namespace tollweir {
namespace {

TEST(RateName, IsReadAndWrittenTheSame) {
    for (const std::string_view name :
         {"input_cost_per_token", "output_cost_per_token_priority",
          "cache_creation_input_token_cost_above_1hr",
          "cache_creation_input_token_cost_above_1hr_above_200k_tokens",
          "cache_read_input_token_cost_above_272k_tokens_flex", "input_cost_per_token_batches",
          "input_cost_per_token_above_1500_tokens", "input_cost_per_token_cache_hit",
          "output_cost_per_second_1080p", "input_cost_per_video_per_second_above_8s_interval"}) {
        const auto rate = parse_rate_name(name);
        ASSERT_TRUE(rate) << name;
        EXPECT_EQ(rate_name(*rate), name);
    }
    const auto rate = parse_rate_name("output_cost_per_token_above_128k_tokens_priority");
    const Rate expected{PriceUnit::output_token, ServiceTier::priority, 128'000, 0};
    ASSERT_TRUE(rate);
    EXPECT_EQ(*rate, expected);
}

TEST(RateName, IsNoneOfAnythingElse) {
    for (const std::string_view name :
         {"", "cost", "input_cost_per", "max_tokens", "supports_vision", "_priority",
          "input_cost_per_token_", "input_cost_per_token_above_k_tokens",
          "input_cost_per_token_above_0k_tokens", "input_cost_per_token_above_-1k_tokens",
          "input_cost_per_token_above_99999999999k_tokens", "input_cost_per_token_slow",
          "input_cost_per_token_above_tokens", "max_budget_above_1k_tokens",
          "input_cost_per_token_priority_flex"})
        EXPECT_FALSE(parse_rate_name(name)) << name;
}

ModelPrice overridden(ModelPrice price, std::vector<PriceOverride> overrides) {
    const auto done = override_prices(price, overrides);
    EXPECT_TRUE(done) << done.error().message;
    return price;
}

Femtodollars price_of(const ModelPrice& price, PriceUnit unit, std::uint64_t prompt = 0,
                      ServiceTier tier = ServiceTier::standard) {
    const auto* rate = price.find(unit, tier, prompt);
    return rate == nullptr ? -1 : rate->price;
}

TEST(OverridePrices, ReplacesThePricesThatTheStatedOneStandsFor) {
    const auto listed = *PriceTable().find("gemini/gemini-2.5-pro");
    ASSERT_GT(price_of(listed, PriceUnit::input_token, 200'001), 0);
    ASSERT_GT(price_of(listed, PriceUnit::cache_read_token), 0);

    const auto input = overridden(listed, {{"input_cost_per_token", "1e-6"}});
    EXPECT_EQ(price_of(input, PriceUnit::input_token, 200'001), 1'000'000'000);
    EXPECT_EQ(price_of(input, PriceUnit::cache_read_token), -1);
    EXPECT_EQ(price_of(input, PriceUnit::output_token), price_of(listed, PriceUnit::output_token));

    const auto output = overridden(listed, {{"output_cost_per_token", "0"}});
    EXPECT_EQ(price_of(output, PriceUnit::output_token, 200'001), 0);
    EXPECT_EQ(price_of(output, PriceUnit::input_token, 200'001),
              price_of(listed, PriceUnit::input_token, 200'001));

    const auto cache = overridden(listed, {{"cache_read_input_token_cost", "1e-9"}});
    EXPECT_EQ(price_of(cache, PriceUnit::cache_read_token, 200'001), 1'000'000);
    EXPECT_EQ(price_of(cache, PriceUnit::input_token), price_of(listed, PriceUnit::input_token));
}

TEST(OverridePrices, KeepsWhatIsStatedBesideInAnyOrder) {
    const auto listed = *PriceTable().find("gemini/gemini-2.5-pro");
    const auto price = overridden(listed, {{"cache_read_input_token_cost", "1e-9"},
                                           {"input_cost_per_token_above_100k_tokens", "3e-6"},
                                           {"input_cost_per_token_flex", "5e-7"},
                                           {"input_cost_per_token", "1e-6"}});
    EXPECT_EQ(price_of(price, PriceUnit::cache_read_token), 1'000'000);
    EXPECT_EQ(price_of(price, PriceUnit::input_token), 1'000'000'000);
    EXPECT_EQ(price_of(price, PriceUnit::input_token, 100'001), 3'000'000'000);
    EXPECT_EQ(price_of(price, PriceUnit::input_token, 0, ServiceTier::flex), 500'000'000);
}

TEST(OverridePrices, AddsATierToTheListedPrices) {
    const auto listed = *PriceTable().find("gpt-4o-mini");
    const auto price = overridden(listed, {{"input_cost_per_token_priority", "9e-7"}});
    EXPECT_EQ(price_of(price, PriceUnit::input_token), 150'000'000);
    EXPECT_EQ(price_of(price, PriceUnit::input_token, 0, ServiceTier::priority), 900'000'000);
}

TEST(OverridePrices, OfTimeOrBracketsLeaveNoTokenPrice) {
    const auto listed = *PriceTable().find("gpt-4o-mini");
    const auto timed = overridden(listed, {{"input_cost_per_second", "0.0004"}});
    EXPECT_FALSE(timed.has(PriceUnit::input_token) || timed.has(PriceUnit::output_token));
    EXPECT_EQ(price_of(timed, PriceUnit::input_second), 400'000'000'000);

    const auto tiered = overridden(
        listed,
        {{"tiered_pricing",
          R"([{"range":[0,1000],"input_cost_per_token":1e-6,"output_cost_per_token":2e-6}])"}});
    EXPECT_FALSE(tiered.has(PriceUnit::input_token));
    ASSERT_EQ(tiered.brackets.size(), 1U);
    const auto flat = overridden(tiered, {{"input_cost_per_token", "4e-6"}});
    ASSERT_EQ(flat.brackets.size(), 1U);
    EXPECT_FALSE(flat.brackets.front().input);
    EXPECT_TRUE(flat.brackets.front().output);
    EXPECT_TRUE(overridden(flat, {{"output_cost_per_token", "0"}}).brackets.empty());
}

TEST(OverridePrices, NullSaysNothing) {
    const auto listed = *PriceTable().find("gpt-4o-mini");
    EXPECT_EQ(overridden(listed, {{"input_cost_per_token", "null"}}), listed);
}

TEST(OverridePrices, NamesWhatIsWrong) {
    auto price = *PriceTable().find("gpt-4o-mini");
    const std::vector<PriceOverride> bad{{"output_cost_per_token", "\"cheap\""}};
    const auto done = override_prices(price, bad);
    ASSERT_FALSE(done);
    EXPECT_TRUE(done.error().message.starts_with("output_cost_per_token: expected a price"));
}

TEST(PriceName, IsOfPricesOnly) {
    for (const std::string_view name : {"input_cost_per_token", "tiered_pricing",
                                        "search_context_cost_per_query", "ocr_cost_per_page"})
        EXPECT_TRUE(is_price_name(name)) << name;
    for (const std::string_view name : {"max_tokens", "supports_vision", "mode", "rpm"})
        EXPECT_FALSE(is_price_name(name)) << name;
}

}  // namespace
}  // namespace tollweir
