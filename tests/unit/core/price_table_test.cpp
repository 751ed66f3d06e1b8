#include "tollweir/core/price_table.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "tollweir/core/capability.hpp"
#include "tollweir/core/price_field.hpp"

namespace tollweir {
namespace {

const std::string& shipped_text() {
    static const auto text = [] {
        std::ifstream file(TOLLWEIR_SOURCE_DIR "/config/model_prices.json");
        std::ostringstream out;
        out << file.rdbuf();
        return out.str();
    }();
    return text;
}

const nlohmann::ordered_json& shipped() {
    static const auto json = nlohmann::ordered_json::parse(shipped_text());
    return json;
}

Rate rate(PriceUnit unit, Femtodollars price) {
    return {unit, ServiceTier::standard, 0, price};
}

TEST(PriceTable, HoldsWhatTheShippedFileSays) {
    // Two ways to the same rows: the build's arrays, and the reader of an operator's file.
    const auto file = read_price_file(shipped_text());
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file->size(), builtin_price_count());
    const PriceTable builtin;
    for (const auto& [name, expected] : *file) {
        const auto found = builtin.find(name);
        ASSERT_TRUE(found) << name;
        EXPECT_EQ(*found, expected) << name;
    }
}

TEST(PriceTable, FindsNoNameThatIsNotThere) {
    const PriceTable table;
    for (const std::string_view name : {"", "gpt-4", "gpt-4o-minj", "~", "GPT-4O", "zzz", "1"})
        EXPECT_EQ(table.find(name).has_value(), shipped().contains(std::string(name))) << name;
}

TEST(ShippedPrices, AreTheWholeTableInOrder) {
    EXPECT_EQ(shipped().size(), 2984U);
    std::string last;
    std::size_t aliases = 0;
    std::size_t lines = 0;
    for (const char c : shipped_text()) lines += c == '\n' ? 1 : 0;
    EXPECT_EQ(lines, shipped().size() + 2);  // a line each, and the brackets
    std::set<std::string> seen;
    for (const auto& [name, row] : shipped().items()) {
        EXPECT_LT(last, name);
        last = name;
        if (row.contains("same_as")) {
            ++aliases;
            EXPECT_EQ(row.size(), 1U) << name;
            // Of a row that is none itself and stands before.
            EXPECT_TRUE(seen.contains(row["same_as"].get<std::string>())) << name;
        } else {
            EXPECT_TRUE(row.contains("provider")) << name;
            seen.insert(name);
        }
    }
    EXPECT_EQ(aliases, 968U);
}

TEST(ShippedPrices, HaveNoFieldThatTheReaderDoesNotKnow) {
    for (const auto& [name, row] : shipped().items())
        for (const auto& [field, value] : row.items()) {
            if (field == "same_as") continue;
            ModelPrice price;
            const auto set = set_price_field(price, field, value.dump());
            ASSERT_TRUE(set) << name << " " << field << ": " << set.error().message;
            EXPECT_TRUE(*set) << name << " " << field;
        }
}

TEST(ShippedPrices, UseNoWordThatIsNoCapability) {
    for (const auto& [name, row] : shipped().items())
        for (const char* field : {"supports", "lacks"}) {
            if (!row.contains(field)) continue;
            std::istringstream words(row[field].get<std::string>());
            for (std::string word; words >> word;)
                EXPECT_TRUE(find_capability_word(word)) << name << ": " << word;
        }
}

TEST(PriceTable, ResolvesAliases) {
    const PriceTable table;
    const auto alias = table.find("gpt-4-1106-preview");
    const auto target = table.find("gpt-4-0125-preview");
    ASSERT_TRUE(alias && target);
    EXPECT_EQ(alias->key, "gpt-4-1106-preview");
    EXPECT_EQ(target->key, "gpt-4-0125-preview");
    EXPECT_EQ(std::vector(alias->rates().begin(), alias->rates().end()),
              std::vector(target->rates().begin(), target->rates().end()));
}

TEST(PriceTable, KnowsPricesExactly) {
    const auto price = PriceTable().find("gpt-4o-mini");
    ASSERT_TRUE(price);
    EXPECT_EQ(price->provider, "openai");
    EXPECT_EQ(price->mode, "chat");
    EXPECT_EQ(price->max_input_tokens, 128'000);
    EXPECT_EQ(price->max_output_tokens, 16'384);
    const auto price_of = [&](PriceUnit unit) {
        return price->find(unit, ServiceTier::standard, 0)->price;
    };
    EXPECT_EQ(price_of(PriceUnit::input_token), 150'000'000);
    EXPECT_EQ(price_of(PriceUnit::output_token), 600'000'000);
    EXPECT_EQ(price_of(PriceUnit::cache_read_token), 75'000'000);
    EXPECT_EQ(PriceTable()
                  .find("gpt-4o-mini-2024-07-18")
                  ->find(PriceUnit::search_low, ServiceTier::standard, 0)
                  ->price,
              25'000'000'000'000);
    EXPECT_NE(price->supports & bit_of(Capability::tools), 0U);
}

TEST(PriceTable, ListsEveryNameOnceTheFilesFirst) {
    auto file = *read_price_file(R"({"mine":{"litellm_provider":"openai"},
                                     "gpt-4o":{"litellm_provider":"mine"}})");
    std::size_t count = 0;
    std::string first;
    std::string provider;
    PriceTable(&file).for_each([&](auto name, auto whose, auto) {
        if (count++ == 0) first = name;
        if (name == "gpt-4o") provider += whose;
    });
    EXPECT_EQ(count, builtin_price_count() + 1);
    EXPECT_EQ(first, "gpt-4o");
    EXPECT_EQ(provider, "mine");
}

TEST(PriceFile, IsReadInLiteLlmsLayout) {
    const auto file = read_price_file(R"({
      "sample_spec": {"max_tokens": "set to max output tokens", "input_cost_per_token": "dollars"},
      "my-model": {"litellm_provider": "openai", "mode": "chat", "max_tokens": 4096,
        "max_input_tokens": 8192.0, "max_output_tokens": 0, "input_cost_per_token": 1e-06,
        "output_cost_per_token": "2e-06", "cache_read_input_token_cost": null,
        "input_cost_per_token_above_200k_tokens_priority": 3e-06,
        "search_context_cost_per_query": {"search_context_size_low": 0.01,
            "search_context_size_medium": 0.02, "search_context_size_high": 0.03},
        "provider_specific_entry": {"us": 1.1, "fast": 6.0},
        "supports_vision": true, "supports_sampling_params": false, "source": "https://x",
        "supported_endpoints": ["/v1/chat/completions"], "deprecation_date": "2027-01-01"}})");
    ASSERT_TRUE(file) << file.error().message;
    ASSERT_EQ(file->size(), 1U);
    const auto& price = file->begin()->second;
    EXPECT_EQ(price.key, "my-model");
    EXPECT_EQ(price.provider, "openai");
    EXPECT_EQ(price.max_input_tokens, 8192);
    EXPECT_EQ(price.max_output_tokens, std::nullopt);
    EXPECT_EQ(price.reply_limit(), 4096);
    EXPECT_EQ(price.supports, bit_of(Capability::vision));
    EXPECT_EQ(price.lacks, bit_of(Capability::sampling));
    EXPECT_EQ(price.multipliers.us_inference, 1'100'000);
    EXPECT_EQ(price.multipliers.fast, 6'000'000);
    EXPECT_EQ(price.deprecation_date, "2027-01-01");
    const std::vector<Rate> expected{
        rate(PriceUnit::input_token, 1'000'000'000),
        {PriceUnit::input_token, ServiceTier::priority, 200'000, 3'000'000'000},
        rate(PriceUnit::output_token, 2'000'000'000),
        rate(PriceUnit::search_low, 10'000'000'000'000),
        rate(PriceUnit::search_medium, 20'000'000'000'000),
        rate(PriceUnit::search_high, 30'000'000'000'000)};
    EXPECT_EQ(std::vector(price.rates().begin(), price.rates().end()), expected);
}

TEST(PriceFile, StandsBeforeTheBuiltInTableAndMayNameItsRows) {
    const auto file = read_price_file(R"({
        "gpt-4o": {"provider":"openai","input_cost_per_token":7e-6},
        "house-model": {"same_as":"gpt-4o-mini"}, "second": {"same_as":"gpt-4o"}})");
    ASSERT_TRUE(file) << file.error().message;
    const PriceTable table(&*file);
    EXPECT_EQ(table.find("gpt-4o")->rates().front().price, 7'000'000'000);
    EXPECT_EQ(table.find("second")->rates().front().price, 7'000'000'000);
    EXPECT_EQ(table.find("house-model")->max_output_tokens, 16'384);
    EXPECT_EQ(table.find("house-model")->key, "house-model");
    EXPECT_TRUE(table.find("gpt-4o-mini"));
}

TEST(PriceFile, SaysWhichModelAndFieldIsWrong) {
    const auto complaint = [](std::string_view json) {
        const auto file = read_price_file(json);
        return file ? std::string("none") : file.error().message;
    };
    for (const std::string_view no_object : {"", "[]", "{", R"({"a":{}} x)", "null"})
        EXPECT_EQ(complaint(no_object), "not a JSON object with a row for each model") << no_object;
    EXPECT_EQ(complaint(R"({"m":7})"), "model 'm': expected a mapping of fields");
    EXPECT_EQ(complaint(R"({"m":{"same_as":"nobody"}})"),
              "model 'm': same_as: there is no row 'nobody'");
    for (const std::string_view bad :
         {"-1", "true", "\"free\"", "[]", "1e9", "\"\"", "\"1", "{}"}) {
        const auto said = complaint(R"({"m":{"input_cost_per_token":)" + std::string(bad) + "}}");
        EXPECT_TRUE(said.contains("input_cost_per_token: expected a price") ||
                    said.contains("not a JSON object"))
            << bad << ": " << said;
    }
    EXPECT_EQ(complaint(R"({"m":{"supports_vision":"yes"}})"),
              "model 'm': supports_vision: expected true or false");
    EXPECT_EQ(complaint(R"({"m":{"max_tokens":1.5}})"),
              "model 'm': max_tokens: expected a whole number");
    for (const std::string_view bad :
         {"{}", "[1]", R"([{"input_cost_per_token":1}])", R"([{"range":[1]}])",
          R"([{"range":[5,1]}])", R"([{"range":[0,-1]}])",
          R"([{"range":[0,9],"input_cost_per_token":-1}])", R"([{"range":[5,9]},{"range":[0,5]}])"})
        EXPECT_TRUE(complaint(R"({"m":{"tiered_pricing":)" + std::string(bad) + "}}")
                        .contains("tiered_pricing: expected a list of brackets"))
            << bad;
}

TEST(ModelPrice, TakesTheHighestThresholdThatThePromptIsOver) {
    ModelPrice price;
    price.provider = "gemini";
    price.set({PriceUnit::input_token, ServiceTier::standard, 0, 1});
    price.set({PriceUnit::input_token, ServiceTier::standard, 200'000, 2});
    price.set({PriceUnit::input_token, ServiceTier::standard, 500'000, 3});
    price.set({PriceUnit::input_token, ServiceTier::priority, 0, 10});
    price.set({PriceUnit::input_token, ServiceTier::priority, 200'000, 20});
    const auto at = [&](ServiceTier tier, std::uint64_t tokens) {
        return price.find(PriceUnit::input_token, tier, tokens)->price;
    };
    using enum ServiceTier;
    EXPECT_EQ(at(standard, 200'000), 1);
    EXPECT_EQ(at(standard, 200'001), 2);
    EXPECT_EQ(at(standard, 500'001), 3);
    EXPECT_EQ(at(priority, 1), 10);
    EXPECT_EQ(at(priority, 200'001), 20);
    EXPECT_EQ(at(priority, 500'001), 3);  // no price of the tier's own up there
    EXPECT_EQ(at(flex, 200'001), 2);
    price.provider = "xai";
    EXPECT_EQ(at(standard, 200'000), 2);
    EXPECT_EQ(at(standard, 199'999), 1);
    EXPECT_EQ(price.find(PriceUnit::output_token, standard, 5), nullptr);
}

TEST(ModelPrice, IsFreeOnlyWhereZeroIsStated) {
    ModelPrice price;
    EXPECT_FALSE(price.is_priced());
    EXPECT_FALSE(price.is_free());
    price.set(rate(PriceUnit::input_token, 0));
    EXPECT_TRUE(price.is_free());
    price.set(rate(PriceUnit::output_token, 1));
    EXPECT_FALSE(price.is_free());
    price.drop(PriceUnit::output_token);
    EXPECT_TRUE(price.is_free());
    EXPECT_FALSE(price.has(PriceUnit::output_token));
    price.brackets.push_back({.from = 0, .to = 9, .input = 1});
    EXPECT_FALSE(price.is_free());
}

}  // namespace
}  // namespace tollweir
