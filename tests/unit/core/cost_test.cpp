#include "tollweir/core/cost.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <random>
#include <set>

#include "tollweir/core/price_field.hpp"
#include "tollweir/core/price_table.hpp"

namespace tollweir {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;
using std::chrono::seconds;

ModelPrice price_with(const Fields& fields) {
    ModelPrice price;
    for (const auto& [name, json] : fields) {
        const auto set = set_price_field(price, name, json);
        EXPECT_TRUE(set && *set) << name;
    }
    return price;
}

Usage tokens(std::uint64_t prompt, std::uint64_t completion = 0) {
    Usage usage;
    usage.prompt_tokens = prompt;
    usage.completion_tokens = completion;
    usage.total_tokens = prompt + completion;
    usage.reported = true;
    return usage;
}

Usage with(Usage usage, std::uint64_t Usage::* member, std::uint64_t count) {
    usage.*member = count;
    return usage;
}

CallFacts facts(const std::function<void(CallFacts&)>& set) {
    CallFacts made;
    set(made);
    return made;
}

struct Case {
    std::string name;
    Fields fields;
    Usage usage;
    CallFacts facts;
    std::string dollars;
};

const Fields kBoth{{"input_cost_per_token", "1e-6"}, {"output_cost_per_token", "2e-6"}};

Fields and_also(Fields fields, const Fields& more) {
    fields.insert(fields.end(), more.begin(), more.end());
    return fields;
}

// Worked by hand from the rules of docs/prices.md.
std::vector<Case> cases() {
    std::vector<Case> all;
    const auto add = [&](std::string name, Fields fields, Usage usage, std::string dollars,
                         CallFacts call = {}) {
        all.push_back({std::move(name), std::move(fields), usage, call, std::move(dollars)});
    };
    const auto tier = [](ServiceTier which) { return facts([=](auto& f) { f.tier = which; }); };

    add("input and output", kBoth, tokens(1000, 500), "0.002");
    add("nothing used", kBoth, tokens(0), "0.0");
    add("nothing priced", {}, tokens(1000, 500), "0.0");
    add("output alone", {{"output_cost_per_token", "2e-6"}}, tokens(1000, 500), "0.001");

    // Parts of the prompt
    const auto cached = with(tokens(1000), &Usage::cached_tokens, 400);
    add("cached at its price", and_also(kBoth, {{"cache_read_input_token_cost", "1e-7"}}), cached,
        "0.00064");
    add("cached under its other name",
        and_also(kBoth, {{"input_cost_per_token_cache_hit", "1e-7"}}), cached, "0.00064");
    add("cached under both names",
        and_also(kBoth, {{"input_cost_per_token_cache_hit", "5e-7"},
                         {"cache_read_input_token_cost", "1e-7"}}),
        cached, "0.00064");
    add("cached without a price is prompt", kBoth, cached, "0.001");
    add("cached for nothing", and_also(kBoth, {{"cache_read_input_token_cost", "0"}}), cached,
        "0.0006");
    const auto written = with(with(tokens(1000), &Usage::cache_write_tokens, 500),
                              &Usage::cache_write_1h_tokens, 200);
    add("cache writes at their prices",
        and_also(kBoth, {{"cache_creation_input_token_cost", "1.25e-6"},
                         {"cache_creation_input_token_cost_above_1hr", "2e-6"}}),
        written, "0.001275");
    add("one-hour writes without a price",
        and_also(kBoth, {{"cache_creation_input_token_cost", "1.25e-6"}}), written, "0.001125");
    add("writes without a price are prompt", kBoth, written, "0.001");
    const auto audio = with(tokens(1000), &Usage::audio_prompt_tokens, 300);
    add("audio tokens", and_also(kBoth, {{"input_cost_per_audio_token", "1e-5"}}), audio, "0.0037");
    add("audio tokens without a price", kBoth, audio, "0.001");
    add("cached audio",
        and_also(kBoth, {{"input_cost_per_audio_token", "1e-5"},
                         {"cache_read_input_token_cost", "1e-7"},
                         {"cache_read_input_audio_token_cost", "4e-7"}}),
        with(with(with(tokens(1000), &Usage::cached_tokens, 500), &Usage::cached_audio_tokens, 100),
             &Usage::audio_prompt_tokens, 300),
        // 400 cached text, 100 cached audio, 200 audio, 300 text
        "0.00238");
    add("image tokens", and_also(kBoth, {{"input_cost_per_image_token", "3e-6"}}),
        with(tokens(1000), &Usage::image_prompt_tokens, 100), "0.0012");
    add("video tokens", and_also(kBoth, {{"input_cost_per_video_token", "3e-6"}}),
        with(tokens(1000), &Usage::video_prompt_tokens, 100), "0.0012");
    add("media cut to what was not cached",
        and_also(kBoth, {{"cache_read_input_token_cost", "0"},
                         {"input_cost_per_audio_token", "1e-5"},
                         {"input_cost_per_image_token", "1e-4"}}),
        with(with(with(tokens(1000), &Usage::cached_tokens, 900), &Usage::audio_prompt_tokens, 300),
             &Usage::image_prompt_tokens, 50),
        "0.001");
    add("more cached than prompt", and_also(kBoth, {{"cache_read_input_token_cost", "1e-7"}}),
        with(tokens(10), &Usage::cached_tokens, 1000), "0.0001");

    // Parts of the answer
    const auto reasoned = with(tokens(0, 1000), &Usage::reasoning_tokens, 600);
    add("reasoning", and_also(kBoth, {{"output_cost_per_reasoning_token", "5e-6"}}), reasoned,
        "0.0038");
    add("reasoning without a price", kBoth, reasoned, "0.002");
    add("spoken answers", and_also(kBoth, {{"output_cost_per_audio_token", "2e-5"}}),
        with(tokens(0, 1000), &Usage::audio_completion_tokens, 800), "0.0164");
    add("drawn answers", and_also(kBoth, {{"output_cost_per_image_token", "3e-5"}}),
        with(tokens(0, 1000), &Usage::image_completion_tokens, 800), "0.0244");
    add("citations", and_also(kBoth, {{"citation_cost_per_token", "2e-6"}}),
        with(tokens(1000), &Usage::citation_tokens, 100), "0.0012");

    // Thresholds and tiers
    const auto long_prices =
        and_also(kBoth, {{"input_cost_per_token_above_200k_tokens", "2e-6"},
                         {"output_cost_per_token_above_200k_tokens", "3e-6"},
                         {"cache_read_input_token_cost", "1e-7"},
                         {"cache_read_input_token_cost_above_200k_tokens", "2e-7"}});
    add("at the threshold", long_prices, tokens(200'000, 1000), "0.202");
    add("over the threshold all tokens cost more", long_prices, tokens(200'001, 1000), "0.403002");
    add("cached tokens count for the threshold", long_prices,
        with(tokens(300'000), &Usage::cached_tokens, 200'000), "0.24");
    const auto tiered =
        and_also(kBoth, {{"input_cost_per_token_priority", "1e-5"},
                         {"output_cost_per_token_flex", "1e-6"},
                         {"input_cost_per_token_above_200k_tokens", "2e-6"},
                         {"input_cost_per_token_above_200k_tokens_priority", "2e-5"},
                         {"input_cost_per_token_batches", "3e-7"}});
    add("priority", tiered, tokens(1000, 1000), "0.012", tier(ServiceTier::priority));
    add("flex", tiered, tokens(1000, 1000), "0.002", tier(ServiceTier::flex));
    add("priority over the threshold", tiered, tokens(200'001), "4.00002",
        tier(ServiceTier::priority));
    add("flex over the threshold", tiered, tokens(200'001), "0.400002", tier(ServiceTier::flex));
    add("batches, and half of what has no batch price", tiered, tokens(1000, 1000), "0.0013",
        tier(ServiceTier::batches));
    auto served = tokens(1000, 1000);
    served.tier = ServiceTier::standard;
    add("the tier that served counts", tiered, served, "0.003", tier(ServiceTier::priority));
    add("a batch stays one", tiered, served, "0.0013", tier(ServiceTier::batches));

    // Brackets
    const Fields brackets{
        {"tiered_pricing",
         R"([{"range":[0,1000],"input_cost_per_token":1e-6,"output_cost_per_token":2e-6,
              "output_cost_per_reasoning_token":4e-6,"cache_read_input_token_cost":1e-7},
             {"range":[1000,2000],"input_cost_per_token":3e-6,"output_cost_per_token":6e-6}])"}};
    add("in the first bracket", brackets, tokens(1000, 100), "0.0012");
    add("over brackets", brackets, tokens(1500, 1100), "0.0051");
    add("past the last bracket", brackets, tokens(5000), "0.013");
    add("cached in a bracket", brackets, with(tokens(1500), &Usage::cached_tokens, 800), "0.00178");
    add("cached where the bracket has no price for it", brackets,
        with(tokens(1500), &Usage::cached_tokens, 1200), "0.0016");
    add("reasoning in a bracket", brackets, with(tokens(0, 1500), &Usage::reasoning_tokens, 500),
        "0.006");

    // Beside tokens
    add("a request", {{"input_cost_per_request", "0.005"}}, tokens(1000, 10), "0.005");
    const auto ten_seconds = facts([](auto& f) { f.response_time = seconds(10); });
    add("time", {{"input_cost_per_second", "0.0014"}}, tokens(1000, 10), "0.014", ten_seconds);
    add("time on both sides",
        {{"input_cost_per_second", "0.001"}, {"output_cost_per_second", "0.002"}}, tokens(1),
        "0.03", ten_seconds);
    add("time does not count beside tokens", and_also(kBoth, {{"input_cost_per_second", "1"}}),
        tokens(1000), "0.001", ten_seconds);
    add("half a microsecond's worth", {{"input_cost_per_second", "1e-6"}}, tokens(0),
        "0.000000000002", facts([](auto& f) { f.response_time = std::chrono::microseconds(2); }));
    const auto recording = facts([](auto& f) {
        f.input_audio = seconds(60);
        f.response_time = seconds(3);
    });
    add("a recording's length, once",
        {{"mode", "\"audio_transcription\""},
         {"input_cost_per_second", "0.0001"},
         {"output_cost_per_second", "0.0001"}},
        Usage{}, "0.006", recording);
    add("a recording's length on the answer's side",
        {{"input_cost_per_second", "0"}, {"output_cost_per_second", "0.0002"}}, Usage{}, "0.012",
        recording);
    add("audio by the second", and_also(kBoth, {{"input_cost_per_audio_per_second", "0.001"}}),
        tokens(1000), "0.061", recording);
    add("audio by the second is no audio by the token",
        and_also(kBoth, {{"input_cost_per_audio_per_second", "0.001"}}), audio, "0.001", recording);
    const auto clip = [](int length) {
        return facts([=](auto& f) { f.input_video = seconds(length); });
    };
    const Fields video{{"input_cost_per_video_per_second", "0.001"},
                       {"input_cost_per_video_per_second_above_8s_interval", "0.002"},
                       {"input_cost_per_video_per_second_above_15s_interval", "0.003"}};
    add("a short clip", video, Usage{}, "0.008", clip(8));
    add("a longer clip", video, Usage{}, "0.03", clip(15));
    add("a long clip", video, Usage{}, "0.048", clip(16));
    const auto made_clip = facts([](auto& f) { f.output_video = seconds(5); });
    add("a clip made", {{"output_cost_per_second", "0.1"}}, Usage{}, "0.5", made_clip);
    add("a clip made, by its own price",
        {{"output_cost_per_second", "0.1"}, {"output_cost_per_video_per_second", "0.2"}}, Usage{},
        "1.0", made_clip);
    add("a clip made in 1080p",
        {{"output_cost_per_second", "0.1"}, {"output_cost_per_second_1080p", "0.3"}}, Usage{},
        "1.5", facts([](auto& f) {
            f.output_video = seconds(5);
            f.full_hd = true;
        }));
    const auto two_images = facts([](auto& f) {
        f.output_images = 2;
        f.pixels_an_image = 1024 * 1024;
    });
    add("images made", {{"output_cost_per_image", "0.04"}}, Usage{}, "0.08", two_images);
    add("images made, stated as input", {{"input_cost_per_image", "0.04"}}, Usage{}, "0.08",
        two_images);
    add("images made by the pixel",
        {{"input_cost_per_pixel", "1.9e-8"}, {"output_cost_per_pixel", "0"}}, Usage{},
        "0.039845888", two_images);
    add("images made, tokens reported", and_also(kBoth, {{"output_cost_per_image", "0.04"}}),
        tokens(1000, 500), "0.002", two_images);
    const auto image_in = facts([](auto& f) { f.input_images = 3; });
    add("images sent", {{"input_cost_per_image", "0.001"}}, Usage{}, "0.003", image_in);
    add("images sent, counted as tokens", {{"input_cost_per_image", "0.001"}},
        with(tokens(10), &Usage::image_prompt_tokens, 10), "0.0", image_in);
    add("images sent and made",
        {{"input_cost_per_image", "0.001"}, {"output_cost_per_image", "0.1"}}, Usage{}, "0.102",
        facts([](auto& f) {
            f.input_images = 2;
            f.output_images = 1;
        }));
    const auto spoken = facts([](auto& f) {
        f.input_characters = 1000;
        f.output_characters = 10;
    });
    add("characters",
        {{"input_cost_per_character", "1.5e-5"}, {"output_cost_per_character", "1e-3"}}, Usage{},
        "0.025", spoken);
    add("characters do not count beside tokens",
        and_also(kBoth, {{"input_cost_per_character", "1"}, {"output_cost_per_character", "1"}}),
        tokens(1000), "0.001", spoken);
    const auto searched = [](std::uint64_t queries, std::uint64_t results) {
        return facts([=](auto& f) {
            f.queries = queries;
            f.results_a_query = results;
        });
    };
    add("search units", {{"input_cost_per_query", "0.002"}}, Usage{}, "0.006", searched(3, 0));
    const Fields by_results{{"tiered_pricing",
                             R"([{"max_results_range":[0,25],"input_cost_per_query":0.005},
             {"max_results_range":[26,100],"input_cost_per_query":0.025}])"}};
    add("few results", by_results, Usage{}, "0.005", searched(1, 25));
    add("many results", by_results, Usage{}, "0.05", searched(2, 26));
    add("more results than listed", by_results, Usage{}, "0.025", searched(1, 1000));
    add("pages", {{"ocr_cost_per_page", "0.001"}, {"annotation_cost_per_page", "0.003"}}, Usage{},
        "0.013", facts([](auto& f) {
            f.pages = 10;
            f.annotated_pages = 1;
        }));
    add("credits", {{"ocr_cost_per_credit", "0.015"}}, Usage{}, "0.03",
        facts([](auto& f) { f.credits = 2; }));
    add("code interpreter", {{"code_interpreter_cost_per_session", "0.03"}}, Usage{}, "0.06",
        facts([](auto& f) { f.code_interpreter_sessions = 2; }));

    // Web searches
    const Fields search_prices{
        {"search_context_cost_per_query", R"({"low":0.01,"medium":0.02,"high":0.03})"}};
    auto three_searches = tokens(0);
    three_searches.web_searches = 3;
    add("searches, by default of medium context", search_prices, three_searches, "0.06");
    add("searches of low context", search_prices, three_searches, "0.03",
        facts([](auto& f) { f.search_context = SearchContext::low; }));
    add("searches of high context", search_prices, three_searches, "0.09",
        facts([](auto& f) { f.search_context = SearchContext::high; }));
    add("searches at one price", {{"search_context_cost_per_query", "0.01"}}, three_searches,
        "0.03");

    // Factors
    const Fields claude = and_also(kBoth, {{"provider_specific_entry", R"({"us":1.1,"fast":6.0})"},
                                           {"regional_processing_uplift_multiplier_us", "1.1"},
                                           {"regional_processing_uplift_multiplier_eu", "1.2"}});
    add("in the US", claude, tokens(1000), "0.0011", facts([](auto& f) { f.us_inference = true; }));
    add("fast in the US", claude, tokens(1000), "0.0066", facts([](auto& f) {
            f.us_inference = true;
            f.fast = true;
        }));
    add("data kept in the US", claude, tokens(1000), "0.0011",
        facts([](auto& f) { f.region = DataRegion::us; }));
    add("data kept in the EU", claude, tokens(1000), "0.0012",
        facts([](auto& f) { f.region = DataRegion::eu; }));

    // Rounding, once for all
    add("a third of a picodollar a token", {{"input_cost_per_token", "3.33e-13"}}, tokens(2),
        "0.000000000001");
    add("parts too small to count alone",
        {{"input_cost_per_token", "4e-13"}, {"output_cost_per_token", "4e-13"}}, tokens(1, 1),
        "0.000000000001");
    add("two halves make one",
        {{"input_cost_per_token", "5e-13"}, {"output_cost_per_token", "5e-13"}}, tokens(1, 1),
        "0.000000000001");
    return all;
}

TEST(CostOf, FollowsTheRules) {
    for (const auto& row : cases()) {
        const auto cost = cost_of(price_with(row.fields), row.usage, row.facts);
        EXPECT_EQ(dollars(cost.total), row.dollars) << row.name;
    }
}

TEST(CostOf, IsTriedForEveryPriceThereIs) {
    std::set<PriceUnit> seen;
    for (const auto& row : cases()) {
        const auto price = price_with(row.fields);
        for (const auto& rate : price.rates()) seen.insert(rate.unit);
    }
    // Priced in the table, but of calls that nothing reports yet.
    seen.insert(PriceUnit::cache_write_audio_token);
    seen.insert(PriceUnit::output_video_token);
    for (std::size_t unit = 0; unit < kPriceUnits; ++unit)
        EXPECT_TRUE(seen.contains(static_cast<PriceUnit>(unit)))
            << rate_name({static_cast<PriceUnit>(unit), ServiceTier::standard, 0, 0});
}

TEST(CostOf, BillsGeminisSearchesOnceAPromptUnlessTheModelBillsEach) {
    auto price = price_with({{"search_context_cost_per_query", "0.01"}});
    price.key = "gemini/gemini-2.5-flash";
    auto usage = tokens(0);
    usage.web_searches = 3;
    EXPECT_EQ(dollars(cost_of(price, usage).total), "0.01");
    price.bills_each_search = true;
    EXPECT_EQ(dollars(cost_of(price, usage).total), "0.03");
}

TEST(CostOf, SaysWhatItIsMadeOf) {
    const auto price = *PriceTable().find("claude-opus-4-6");
    auto usage = tokens(10'000, 2000);
    usage.cached_tokens = 4000;
    usage.cache_write_tokens = 3000;
    usage.cache_write_1h_tokens = 1000;
    usage.reasoning_tokens = 500;
    usage.web_searches = 2;
    const auto cost = cost_of(price, usage);
    EXPECT_EQ(dollars(cost[CostPart::input]), "0.015");
    EXPECT_EQ(dollars(cost[CostPart::cache_read]), "0.002");
    EXPECT_EQ(dollars(cost[CostPart::cache_write]), "0.0125");
    EXPECT_EQ(dollars(cost[CostPart::cache_write_1h]), "0.01");
    EXPECT_EQ(dollars(cost[CostPart::output]), "0.0375");
    EXPECT_EQ(dollars(cost[CostPart::reasoning]), "0.0125");
    EXPECT_EQ(dollars(cost[CostPart::web_search]), "0.02");
    EXPECT_EQ(dollars(cost.total), "0.1095");
    EXPECT_EQ(cost.input() + cost.output() + cost.tools(), cost.total);
    EXPECT_EQ(dollars(cost.output()), "0.05");
    EXPECT_EQ(dollars(cost.tools()), "0.02");
}

TEST(CostOf, SaturatesInsteadOfOverflowing) {
    constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
    const auto price = price_with({{"input_cost_per_token", "9000"},
                                   {"output_cost_per_token", "9000"},
                                   {"input_cost_per_pixel", "9000"},
                                   {"output_cost_per_video_per_second", "9000"},
                                   {"multiplier_fast", "1000"}});
    auto usage = tokens(kMost, kMost);
    const auto call = facts([](auto& f) {
        f.fast = true;
        f.output_images = kMost;
        f.pixels_an_image = kMost;
        f.output_video = std::chrono::microseconds::max();
    });
    const auto cost = cost_of(price, usage, call);
    EXPECT_EQ(cost.total, std::numeric_limits<Picodollars>::max());
    Picodollars sum = 0;
    for (const auto part : cost.parts) {
        EXPECT_GE(part, 0);
        sum += part;
    }
    EXPECT_EQ(sum, cost.total);
}

Usage random_usage(std::minstd_rand& random) {
    const auto up_to = [&](std::uint64_t most) {
        return std::uniform_int_distribution<std::uint64_t>(0, most)(random);
    };
    auto usage = tokens(up_to(600'000), up_to(100'000));
    usage.cached_tokens = up_to(usage.prompt_tokens);
    usage.cache_write_tokens = up_to(usage.prompt_tokens - usage.cached_tokens);
    usage.cache_write_1h_tokens = up_to(usage.cache_write_tokens);
    usage.audio_prompt_tokens = up_to(1000);
    usage.image_prompt_tokens = up_to(1000);
    usage.reasoning_tokens = up_to(usage.completion_tokens);
    usage.audio_completion_tokens = up_to(usage.completion_tokens - usage.reasoning_tokens);
    usage.web_searches = up_to(3);
    return usage;
}

TEST(CostOf, HoldsForEveryModelInTheTable) {
    std::minstd_rand random(7);
    const PriceTable table;
    table.for_each([&](std::string_view name, auto, auto) {
        const auto price = *table.find(name);
        const auto usage = random_usage(random);
        CallFacts call;
        call.tier = static_cast<ServiceTier>(random() % 4);
        call.response_time = std::chrono::milliseconds(random() % 10'000);
        const auto cost = cost_of(price, usage, call);
        Picodollars sum = 0;
        for (const auto part : cost.parts) {
            EXPECT_GE(part, 0) << name;
            sum += part;
        }
        EXPECT_EQ(sum, cost.total) << name;
        if (price.is_free()) EXPECT_EQ(cost.total, 0) << name;

        // An answer that is longer never costs less, nor does a longer prompt of the same kind.
        auto more = usage;
        more.completion_tokens += 1 + random() % 1000;
        EXPECT_GE(cost_of(price, more, call).total, cost.total) << name;
        auto plain = tokens(usage.prompt_tokens);
        const auto short_prompt = cost_of(price, plain, call).total;
        plain.prompt_tokens += 1 + random() % 400'000;
        EXPECT_GE(cost_of(price, plain, call).total, short_prompt) << name;
    });
}

TEST(LikelyCost, CoversPlainCallsAndTakesTheDearerKindOfAnswer) {
    const auto price = price_with(and_also(kBoth, {{"output_cost_per_reasoning_token", "8e-6"}}));
    EXPECT_EQ(dollars(likely_cost(price, 1000, 500)), "0.005");
    EXPECT_EQ(dollars(likely_cost(price_with(kBoth), 1000, 500)), "0.002");
    const auto cached = price_with(and_also(kBoth, {{"cache_creation_input_token_cost", "1.25e-6"},
                                                    {"cache_read_input_token_cost", "1e-7"}}));
    EXPECT_EQ(dollars(likely_cost(cached, 1000, 0)), "0.001");
    EXPECT_EQ(dollars(likely_cost(cached, 1000, 0, {}, true)), "0.00125");
    EXPECT_EQ(likely_cost(ModelPrice{}, 1000, 500), 0);
}

TEST(LikelyCost, IsNoLessThanWhatPlainCallsCost) {
    std::minstd_rand random(11);
    const PriceTable table;
    table.for_each([&](std::string_view name, auto, auto) {
        const auto price = *table.find(name);
        const std::uint64_t prompt = random() % 500'000;
        const std::uint64_t answer = random() % 50'000;
        const auto bound = likely_cost(price, prompt, answer);
        auto usage = tokens(prompt, answer);
        EXPECT_GE(bound, cost_of(price, usage).total) << name;
        usage.reasoning_tokens = answer / 2;
        EXPECT_GE(bound, cost_of(price, usage).total) << name;
    });
}

TEST(Charge, TakesTheDiscountOffAndAddsTheMarginToTheRest) {
    constexpr Picodollars kCost = 1'000'000'000;  // a tenth of a cent
    EXPECT_EQ(charge(kCost, {}), (ChargedCost{kCost, 0, 0, kCost}));
    EXPECT_EQ(charge(kCost, {.discount = kWhole / 20, .margin = kWhole / 10, .fixed_margin = 5}),
              (ChargedCost{kCost, 50'000'000, 95'000'005, 1'045'000'005}));
    EXPECT_EQ(charge(kCost, {.discount = kWhole}), (ChargedCost{kCost, kCost, 0, 0}));
    EXPECT_EQ(charge(0, {.margin = kWhole, .fixed_margin = 7}), (ChargedCost{0, 0, 7, 7}));
    EXPECT_EQ(charge(3, {.margin = kWhole / 2}).margin, 2);  // halves up
    constexpr auto kMost = std::numeric_limits<Picodollars>::max();
    EXPECT_EQ(charge(kMost, {.margin = kWhole, .fixed_margin = kMost}).total, kMost);
}

TEST(SearchContext, IsMediumUnlessSaid) {
    EXPECT_EQ(parse_search_context("low"), SearchContext::low);
    EXPECT_EQ(parse_search_context("high"), SearchContext::high);
    EXPECT_EQ(parse_search_context("medium"), SearchContext::medium);
    EXPECT_EQ(parse_search_context("huge"), SearchContext::medium);
}

TEST(ServiceTierWord, IsStandardUnlessKnown) {
    EXPECT_EQ(parse_service_tier("priority"), ServiceTier::priority);
    EXPECT_EQ(parse_service_tier("flex"), ServiceTier::flex);
    EXPECT_EQ(parse_service_tier("batch"), ServiceTier::batches);
    for (const std::string_view word : {"", "auto", "default", "standard", "scale", "Priority"})
        EXPECT_EQ(parse_service_tier(word), ServiceTier::standard) << word;
}

}  // namespace
}  // namespace tollweir
