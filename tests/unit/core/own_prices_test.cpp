#include <gtest/gtest.h>

#include "tollweir/core/price_table.hpp"

namespace tollweir {
namespace {

struct OwnPricesTest : testing::Test {
    PriceFile read(std::string_view json) {
        errors.clear();
        return read_own_prices(json, errors);
    }
    static Femtodollars price(const ModelPrice& row, PriceUnit unit) {
        const auto* rate = row.find(unit, ServiceTier::standard, 0);
        return rate == nullptr ? -1 : rate->price;
    }
    /// The error and the text at its place.
    std::string only_error(std::string_view json) {
        read(json);
        if (errors.size() != 1) return "not one error, but " + std::to_string(errors.size());
        return errors[0].message + " | " + std::string(json.substr(errors[0].at, 6));
    }

    std::vector<PriceFileError> errors;
};

TEST_F(OwnPricesTest, AreLaidOverTheRowOfTheirName) {
    const auto file = read(R"({"gpt-4o-mini":{"input_cost_per_token":1e-6,"unknown_field":[1]}})");
    ASSERT_TRUE(errors.empty());
    const auto& row = file.at("gpt-4o-mini");
    EXPECT_EQ(price(row, PriceUnit::input_token), 1'000'000'000);
    EXPECT_EQ(price(row, PriceUnit::output_token), 600'000'000);  // the table's
    EXPECT_EQ(price(row, PriceUnit::cache_read_token), -1);       // derived from the list price
    EXPECT_EQ(row.max_output_tokens, 16'384);
    EXPECT_EQ(row.provider, "openai");
}

TEST_F(OwnPricesTest, MayNameModelsThatTheTableDoesNot) {
    const auto file = read(R"({"house":{"litellm_provider":"openai","input_cost_per_token":1e-6},
        "home":{"same_as":"house"},"mini":{"same_as":"gpt-4o-mini"},"sample_spec":{"x":1}})");
    ASSERT_TRUE(errors.empty()) << errors[0].message;
    EXPECT_EQ(file.size(), 3U);
    EXPECT_EQ(price(file.at("home"), PriceUnit::input_token), 1'000'000'000);
    EXPECT_EQ(file.at("home").key, "home");
    EXPECT_EQ(price(file.at("mini"), PriceUnit::input_token), 150'000'000);
}

TEST_F(OwnPricesTest, TellWhereTheyAreWrong) {
    EXPECT_EQ(only_error(R"({"a":{"litellm_provider":"x","input_cost_per_token":"cheap"}})"),
              "model 'a': input_cost_per_token: expected a price in dollars, not negative and at "
              "most 9,223 | \"cheap");
    EXPECT_EQ(only_error(R"({"a":{"input_cost_per_token":1}})"),
              "model 'a': litellm_provider is missing: whose model it is | {\"inpu");
    EXPECT_EQ(only_error(R"({"a":[1, 2]})"), "model 'a': expected a mapping of fields | [1, 2]");
    EXPECT_EQ(only_error(R"({"a":{"same_as":"nobody"}})"),
              "model 'a': same_as: there is no row 'nobody' | \"nobod");
    EXPECT_EQ(only_error("[1, 2]"), "not a JSON object with a row for each model | [1, 2]");
    EXPECT_EQ(only_error(""), "not a JSON object with a row for each model | ");
}

TEST_F(OwnPricesTest, TellEachErrorAndKeepTheGoodRows) {
    const auto file = read(R"({"a":{"mode":1,"input_cost_per_token":-1},"b":[],
        "c":{"litellm_provider":"openai","output_cost_per_token":0}})");
    EXPECT_EQ(errors.size(), 3U);
    EXPECT_EQ(file.size(), 1U);
    EXPECT_TRUE(file.contains("c"));
}

}  // namespace
}  // namespace tollweir
