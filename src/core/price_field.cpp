#include "tollweir/core/price_field.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "core/price_slot.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/core/json_parts.hpp"

namespace tollweir {
namespace {

struct UnitName {
    PriceUnit unit;
    std::string_view name;
};

using enum PriceUnit;

// In the order of the enumeration.
constexpr std::array<UnitName, kPriceUnits> kUnitNames{{
    {input_token, "input_cost_per_token"},
    {output_token, "output_cost_per_token"},
    {reasoning_token, "output_cost_per_reasoning_token"},
    {cache_read_token, "cache_read_input_token_cost"},
    {cache_hit_token, "input_cost_per_token_cache_hit"},
    {cache_write_token, "cache_creation_input_token_cost"},
    {cache_write_1h_token, "cache_creation_input_token_cost_above_1hr"},
    {input_audio_token, "input_cost_per_audio_token"},
    {output_audio_token, "output_cost_per_audio_token"},
    {cache_read_audio_token, "cache_read_input_audio_token_cost"},
    {cache_write_audio_token, "cache_creation_input_audio_token_cost"},
    {input_image_token, "input_cost_per_image_token"},
    {output_image_token, "output_cost_per_image_token"},
    {input_video_token, "input_cost_per_video_token"},
    {output_video_token, "output_cost_per_video_token"},
    {citation_token, "citation_cost_per_token"},
    {input_character, "input_cost_per_character"},
    {output_character, "output_cost_per_character"},
    {input_second, "input_cost_per_second"},
    {output_second, "output_cost_per_second"},
    {output_second_1080p, "output_cost_per_second_1080p"},
    {input_audio_second, "input_cost_per_audio_per_second"},
    {input_video_second, "input_cost_per_video_per_second"},
    {input_video_second_over_8s, "input_cost_per_video_per_second_above_8s_interval"},
    {input_video_second_over_15s, "input_cost_per_video_per_second_above_15s_interval"},
    {output_video_second, "output_cost_per_video_per_second"},
    {input_image, "input_cost_per_image"},
    {output_image, "output_cost_per_image"},
    {input_pixel, "input_cost_per_pixel"},
    {output_pixel, "output_cost_per_pixel"},
    {request, "input_cost_per_request"},
    {query, "input_cost_per_query"},
    {page, "ocr_cost_per_page"},
    {annotated_page, "annotation_cost_per_page"},
    {credit, "ocr_cost_per_credit"},
    {code_interpreter_session, "code_interpreter_cost_per_session"},
    {search_low, "search_context_cost_low"},
    {search_medium, "search_context_cost_medium"},
    {search_high, "search_context_cost_high"},
}};

constexpr bool is_in_order() {
    for (std::size_t i = 0; i < kUnitNames.size(); ++i)
        if (static_cast<std::size_t>(kUnitNames[i].unit) != i) return false;
    return true;
}
static_assert(is_in_order());

constexpr std::string_view kTierSuffix[] = {"", "_priority", "_flex", "_batches"};
constexpr std::string_view kAbove = "_above_";
constexpr std::string_view kTokens = "_tokens";
constexpr std::uint32_t kThousand = 1000;

struct CountField {
    std::string_view name;
    std::optional<std::int64_t> ModelPrice::* count;
};
constexpr CountField kCounts[] = {
    {"max_input_tokens", &ModelPrice::max_input_tokens},
    {"max_output_tokens", &ModelPrice::max_output_tokens},
    {"max_tokens", &ModelPrice::max_tokens},
    {"output_vector_size", &ModelPrice::output_vector_size},
    {"prompt_cache_min_tokens", &ModelPrice::prompt_cache_min_tokens},
    {"rpm", &ModelPrice::rpm},
    {"tpm", &ModelPrice::tpm},
};

struct TextField {
    std::string_view name;
    std::string ModelPrice::* text;
};
constexpr TextField kTexts[] = {
    {"provider", &ModelPrice::provider},
    {"litellm_provider", &ModelPrice::provider},
    {"mode", &ModelPrice::mode},
    {"deprecation_date", &ModelPrice::deprecation_date},
};

struct MultiplierField {
    std::string_view name;
    Millionths PriceMultipliers::* factor;
};
constexpr MultiplierField kMultipliers[] = {
    {"multiplier_us", &PriceMultipliers::us_inference},
    {"multiplier_fast", &PriceMultipliers::fast},
    {"regional_processing_uplift_multiplier_us", &PriceMultipliers::us_region},
    {"regional_processing_uplift_multiplier_eu", &PriceMultipliers::eu_region},
};
// A factor beyond this is a slip of the pen; sums of costs are safe up to it.
constexpr Millionths kMostTimes = 1000 * kUnity;

constexpr std::string_view kOthers[] = {
    "supported_regions",          "input_dbu_cost_per_token",
    "output_dbu_cost_per_token",  "bedrock_output_config_effort_ceiling",
    "audio_transcription_config", "bedrock_invocation_schema",
};

struct BracketField {
    std::string_view name;
    std::optional<Femtodollars> PriceBracket::* price;
};
constexpr BracketField kBracketPrices[] = {
    {"input_cost_per_token", &PriceBracket::input},
    {"output_cost_per_token", &PriceBracket::output},
    {"output_cost_per_reasoning_token", &PriceBracket::reasoning},
    {"cache_read_input_token_cost", &PriceBracket::cache_read},
    {"input_cost_per_query", &PriceBracket::query},
};

std::unexpected<GatewayError> expected(std::string_view what) {
    return fail(ErrorKind::bad_request, "expected " + std::string(what), ErrorSource::gateway);
}

/// A number, or a text that holds one, as a variable of the environment gives it.
std::string_view number_text(std::string_view json) {
    const bool is_text = json.size() >= 2 && json.front() == '"' && json.back() == '"';
    return is_text ? json.substr(1, json.size() - 2) : json;
}

std::optional<Femtodollars> read_price(std::string_view json) {
    const auto price = parse_femtodollars(number_text(json));
    return price && *price >= 0 ? price : std::nullopt;
}

std::unexpected<GatewayError> expected_price() {
    return expected("a price in dollars, not negative and at most 9,223");
}

std::optional<std::uint64_t> read_range_end(std::string_view json) {
    const auto end = json_integer(json);
    return end && *end >= 0 ? std::optional(static_cast<std::uint64_t>(*end)) : std::nullopt;
}

std::optional<PriceBracket> read_bracket(std::string_view json) {
    const auto parts = json_members(json);
    if (!parts) return std::nullopt;
    PriceBracket bracket;
    bool has_range = false;
    for (const auto& [key, value] : *parts) {
        if (key == "range" || key == "max_results_range") {
            const auto ends = json_elements(value);
            if (!ends || ends->size() != 2) return std::nullopt;
            const auto from = read_range_end(ends->front());
            const auto to = read_range_end(ends->back());
            if (!from || !to || *to < *from) return std::nullopt;
            bracket.from = *from;
            bracket.to = *to;
            has_range = true;
        }
        const auto field = std::ranges::find(kBracketPrices, key, &BracketField::name);
        if (field == std::end(kBracketPrices)) continue;
        const auto price = read_price(value);
        if (!price) return std::nullopt;
        bracket.*field->price = *price;
    }
    return has_range ? std::optional(bracket) : std::nullopt;
}

Result<bool> set_brackets(ModelPrice& price, std::string_view json) {
    constexpr std::string_view kShape =
        "a list of brackets, each with `range: [from, to]` and its prices, in order";
    const auto elements = json_elements(json);
    if (!elements) return expected(kShape);
    std::vector<PriceBracket> brackets;
    for (const auto element : *elements) {
        const auto bracket = read_bracket(element);
        if (!bracket || (!brackets.empty() && bracket->from < brackets.back().to))
            return expected(kShape);
        brackets.push_back(*bracket);
    }
    price.brackets = std::move(brackets);
    return true;
}

/// One price for all sizes of context, or one for each.
Result<bool> read_search_cost(ModelPrice& price, std::string_view json) {
    struct Size {
        PriceUnit unit;
        std::string_view word, litellm;
    };
    static constexpr Size kSizes[] = {{search_low, "low", "search_context_size_low"},
                                      {search_medium, "medium", "search_context_size_medium"},
                                      {search_high, "high", "search_context_size_high"}};
    if (!json.starts_with('{')) {
        const auto one = read_price(json);
        if (!one) return expected_price();
        set_search_cost(price, *one);
        return true;
    }
    const auto parts = json_members(json);
    if (!parts) return expected("a price, or prices for low, medium and high");
    for (const auto& size : kSizes) {
        auto value = find_part(*parts, size.word);
        if (value.empty()) value = find_part(*parts, size.litellm);
        if (value.empty()) continue;
        const auto one = read_price(value);
        if (!one) return expected_price();
        price.set({size.unit, ServiceTier::standard, 0, *one});
    }
    return true;
}

Result<bool> set_multiplier(Millionths& factor, std::string_view json) {
    const auto value = parse_millionths(number_text(json));
    if (!value || *value < 0 || *value > kMostTimes) return expected("a factor from 0 to 1000");
    factor = *value;
    return true;
}

/// LiteLLM's nested entry; our table has its parts as fields.
Result<bool> set_provider_entry(ModelPrice& price, std::string_view json) {
    const auto parts = json_members(json);
    if (!parts) return expected("a mapping");
    for (const auto& [key, value] : *parts) {
        const std::string field = key == "us" || key == "fast" ? "multiplier_" + key : key;
        if (auto set = set_price_field(price, field, value); !set) return set;
    }
    return true;
}

Result<bool> set_words(Capabilities& words, std::string_view json) {
    const auto text = decode_json_string(json);
    if (!text) return expected("words with blanks between");
    Capabilities all = 0;
    std::string_view rest = *text;
    while (!rest.empty()) {
        const auto word = rest.substr(0, rest.find(' '));
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
        const auto capability = find_capability_word(word);
        // Words of a newer table say nothing to this version.
        if (capability) all |= bit_of(*capability);
    }
    words = all;
    return true;
}

Result<bool> set_capability(ModelPrice& price, Capability capability, std::string_view json) {
    if (json != "true" && json != "false") return expected("true or false");
    const auto bit = bit_of(capability);
    auto& words = json == "true" ? price.supports : price.lacks;
    auto& opposite = json == "true" ? price.lacks : price.supports;
    words |= bit;
    opposite &= ~bit;
    return true;
}

Result<bool> set_count(std::optional<std::int64_t>& count, std::string_view json) {
    const auto value = json_integer(number_text(json));
    if (!value || *value < 0) return expected("a whole number");
    // A limit of 0 stands for one that nobody knows.
    count = *value > 0 ? value : std::nullopt;
    return true;
}

Result<bool> set_text(std::string& text, std::string_view json) {
    auto value = decode_json_string(json);
    if (!value) return expected("text");
    text = std::move(*value);
    return true;
}

void set_other(ModelPrice& price, std::string_view name, std::string_view json) {
    const auto same =
        std::ranges::find(price.others, name, [](const auto& other) { return other.first; });
    if (same != price.others.end()) {
        same->second = json;
    } else {
        price.others.emplace_back(name, json);
    }
}

bool is_input_token(PriceUnit unit) {
    constexpr PriceUnit kUnits[] = {
        input_token,          cache_read_token,  cache_hit_token,        cache_write_token,
        cache_write_1h_token, input_audio_token, cache_read_audio_token, cache_write_audio_token,
        input_image_token,    input_video_token, citation_token};
    return std::ranges::find(kUnits, unit) != std::end(kUnits);
}

bool is_output_token(PriceUnit unit) {
    constexpr PriceUnit kUnits[] = {output_token, reasoning_token, output_audio_token,
                                    output_image_token, output_video_token};
    return std::ranges::find(kUnits, unit) != std::end(kUnits);
}

void drop_where(ModelPrice& price, bool (*belongs)(PriceUnit)) {
    for (const auto& [unit, name] : kUnitNames)
        if (belongs(unit)) price.drop(unit);
}

void drop_empty_brackets(ModelPrice& price) {
    std::erase_if(price.brackets, [](const PriceBracket& bracket) {
        return !bracket.input && !bracket.output && !bracket.reasoning && !bracket.cache_read &&
               !bracket.query;
    });
}

void drop_input_tokens(ModelPrice& price) {
    drop_where(price, is_input_token);
    for (auto& bracket : price.brackets) {
        bracket.input.reset();
        bracket.cache_read.reset();
    }
    drop_empty_brackets(price);
}

void drop_output_tokens(ModelPrice& price) {
    drop_where(price, is_output_token);
    for (auto& bracket : price.brackets) {
        bracket.output.reset();
        bracket.reasoning.reset();
    }
    drop_empty_brackets(price);
}

/// What goes when a deployment states this price.
void clear_replaced(ModelPrice& price, std::string_view name) {
    if (name == "tiered_pricing") {
        drop_input_tokens(price);
        drop_output_tokens(price);
        return;
    }
    if (name == "search_context_cost_per_query") {
        for (const auto unit : {search_low, search_medium, search_high}) price.drop(unit);
        return;
    }
    const auto rate = parse_rate_name(name);
    if (!rate || rate->tier != ServiceTier::standard || rate->above_tokens != 0) return;
    price.drop(rate->unit);
    const bool is_by_time = rate->unit == input_second || rate->unit == output_second;
    if (rate->unit == input_token || is_by_time) drop_input_tokens(price);
    if (rate->unit == output_token || is_by_time) drop_output_tokens(price);
}

}  // namespace

std::optional<std::int64_t>* count_slot(ModelPrice& price, std::string_view name) {
    const auto* field = std::ranges::find(kCounts, name, &CountField::name);
    return field == std::end(kCounts) ? nullptr : &(price.*field->count);
}

Millionths* factor_slot(ModelPrice& price, std::string_view name) {
    const auto* field = std::ranges::find(kMultipliers, name, &MultiplierField::name);
    return field == std::end(kMultipliers) ? nullptr : &(price.multipliers.*field->factor);
}

void set_search_cost(ModelPrice& price, Femtodollars cost) {
    for (const auto unit : {search_low, search_medium, search_high})
        price.set({unit, ServiceTier::standard, 0, cost});
}

std::optional<Rate> parse_rate_name(std::string_view name) {
    Rate rate;
    for (std::size_t tier = 1; tier < std::size(kTierSuffix); ++tier) {
        if (!name.ends_with(kTierSuffix[tier])) continue;
        rate.tier = static_cast<ServiceTier>(tier);
        name.remove_suffix(kTierSuffix[tier].size());
        break;
    }
    if (name.ends_with(kTokens)) {
        name.remove_suffix(kTokens.size());
        const auto at = name.rfind(kAbove);
        if (at == std::string_view::npos) return std::nullopt;
        auto number = name.substr(at + kAbove.size());
        const bool is_thousands = number.ends_with('k');
        if (is_thousands) number.remove_suffix(1);
        std::uint32_t tokens = 0;
        const auto* const end = number.data() + number.size();
        const auto read = std::from_chars(number.data(), end, tokens);
        constexpr auto kMost = std::numeric_limits<std::uint32_t>::max() / kThousand;
        if (read.ec != std::errc() || read.ptr != end || tokens == 0 || tokens > kMost)
            return std::nullopt;
        rate.above_tokens = is_thousands ? tokens * kThousand : tokens;
        name = name.substr(0, at);
    }
    const auto found = std::ranges::find(kUnitNames, name, &UnitName::name);
    if (found == kUnitNames.end()) return std::nullopt;
    rate.unit = found->unit;
    return rate;
}

std::string rate_name(const Rate& rate) {
    std::string name(kUnitNames[static_cast<std::size_t>(rate.unit)].name);
    if (rate.above_tokens != 0) {
        const bool is_thousands = rate.above_tokens % kThousand == 0;
        name += kAbove;
        name += std::to_string(is_thousands ? rate.above_tokens / kThousand : rate.above_tokens);
        name.append(is_thousands ? "k" : "").append(kTokens);
    }
    name += kTierSuffix[static_cast<std::size_t>(rate.tier)];
    return name;
}

Result<bool> set_price_field(ModelPrice& price, std::string_view name, std::string_view json) {
    if (json == "null") return true;
    if (auto rate = parse_rate_name(name)) {
        const auto value = read_price(json);
        if (!value) return expected_price();
        rate->price = *value;
        price.set(*rate);
        return true;
    }
    if (auto* count = count_slot(price, name)) return set_count(*count, json);
    if (auto* factor = factor_slot(price, name)) return set_multiplier(*factor, json);
    const auto* text = std::ranges::find(kTexts, name, &TextField::name);
    if (text != std::end(kTexts)) return set_text(price.*text->text, json);
    if (name == "supports") return set_words(price.supports, json);
    if (name == "lacks") return set_words(price.lacks, json);
    if (const auto capability = find_capability_field(name))
        return set_capability(price, *capability, json);
    if (name == "tiered_pricing") return set_brackets(price, json);
    if (name == "search_context_cost_per_query") return read_search_cost(price, json);
    if (name == "provider_specific_entry") return set_provider_entry(price, json);
    if (name == "web_search_billing_unit") {
        price.bills_each_search = json == "\"per_query\"";
        return true;
    }
    if (std::ranges::find(kOthers, name) == std::end(kOthers)) return false;
    set_other(price, name, json);
    return true;
}

Result<void> override_prices(ModelPrice& price, std::span<const PriceOverride> overrides) {
    for (const auto& [name, json] : overrides)
        if (json != "null") clear_replaced(price, name);
    for (const auto& [name, json] : overrides)
        if (auto set = set_price_field(price, name, json); !set)
            return fail(ErrorKind::bad_request, name + ": " + set.error().message,
                        ErrorSource::gateway);
    return {};
}

bool is_price_name(std::string_view name) {
    return name == "tiered_pricing" || name == "search_context_cost_per_query" ||
           parse_rate_name(name).has_value();
}

}  // namespace tollweir
