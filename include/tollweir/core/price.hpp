#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tollweir/core/capability.hpp"
#include "tollweir/core/money.hpp"
#include "tollweir/core/service_tier.hpp"

namespace tollweir {

/// What one price is for. Names of the fields: core/price_field.hpp.
enum class PriceUnit : std::uint8_t {
    input_token,
    output_token,
    reasoning_token,
    cache_read_token,
    cache_hit_token,  // another name for cache_read_token, for what has no price under that one
    cache_write_token,
    cache_write_1h_token,
    input_audio_token,
    output_audio_token,
    cache_read_audio_token,
    cache_write_audio_token,
    input_image_token,
    output_image_token,
    input_video_token,
    output_video_token,
    citation_token,
    input_character,
    output_character,
    input_second,  // of a recording where the call has one, else of the call
    output_second,
    output_second_1080p,
    input_audio_second,
    input_video_second,
    input_video_second_over_8s,
    input_video_second_over_15s,
    output_video_second,
    input_image,
    output_image,
    input_pixel,
    output_pixel,
    request,
    query,
    page,
    annotated_page,
    credit,
    code_interpreter_session,
    search_low,  // a web search, by the size of the context that is given to the model
    search_medium,
    search_high,
};
inline constexpr std::size_t kPriceUnits = static_cast<std::size_t>(PriceUnit::search_high) + 1;

/// One price: for a unit, on a price list, for prompts over a number of tokens.
struct Rate {
    PriceUnit unit = PriceUnit::input_token;
    ServiceTier tier = ServiceTier::standard;
    std::uint32_t above_tokens = 0;  // 0: any prompt
    Femtodollars price = 0;

    friend bool operator==(const Rate&, const Rate&) = default;
};

/// A part of a tiered price list: tokens number `from` to `to` of an answer or a prompt pay these
/// prices; or, with `query`, a search for `from` to `to` results.
struct PriceBracket {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::optional<Femtodollars> input{};
    std::optional<Femtodollars> output{};
    std::optional<Femtodollars> reasoning{};
    std::optional<Femtodollars> cache_read{};
    std::optional<Femtodollars> query{};

    friend bool operator==(const PriceBracket&, const PriceBracket&) = default;
};

/// Factors on the whole cost of a call; kUnity: none.
struct PriceMultipliers {
    Millionths us_inference = kUnity;  // Anthropic's `inference_geo: us`
    Millionths fast = kUnity;          // Anthropic's `speed: fast`
    Millionths us_region = kUnity;     // OpenAI's data residency
    Millionths eu_region = kUnity;

    friend bool operator==(const PriceMultipliers&, const PriceMultipliers&) = default;
};

/// What is known of a model: prices, limits, what it can do. A plain value; once made it is shared
/// as const. No price for a unit means unknown, a price of 0 that it is free.
class ModelPrice {
public:
    std::string key;       // the row's name in the table; empty: only the deployment's own prices
    std::string provider;  // as the table has it: `vertex_ai-language-models`
    std::string mode = "chat";
    std::optional<std::int64_t> max_input_tokens;
    std::optional<std::int64_t> max_output_tokens;
    std::optional<std::int64_t> max_tokens;  // where it differs from max_output_tokens
    std::optional<std::int64_t> output_vector_size;
    std::optional<std::int64_t> prompt_cache_min_tokens;
    std::optional<std::int64_t> rpm;
    std::optional<std::int64_t> tpm;
    std::string deprecation_date;  // YYYY-MM-DD, or empty
    Capabilities supports = 0;
    Capabilities lacks = 0;  // known to be false, where that differs from not stated
    std::vector<PriceBracket> brackets;
    PriceMultipliers multipliers;
    bool bills_each_search = false;  // each the model ran, where others bill once a request
    std::vector<std::pair<std::string, std::string>> others;  // name, JSON: what no code here reads

    /// In place of the price for the same unit, tier and threshold.
    void set(const Rate& rate);
    /// Takes the unit's prices away, of every tier and threshold.
    void drop(PriceUnit unit);
    std::span<const Rate> rates() const { return rates_; }
    bool has(PriceUnit unit) const { return (present_ >> static_cast<unsigned>(unit) & 1) != 0; }

    /// The price of a unit for a call: of the highest threshold that the prompt is over (xAI's
    /// begin at the number itself), there of the tier, else the standard one.
    const Rate* find(PriceUnit unit, ServiceTier tier, std::uint64_t prompt_tokens) const;

    /// Whether anything is known that a call could cost.
    bool is_priced() const { return !rates_.empty() || !brackets.empty(); }
    /// Known to cost nothing: budgets need not be asked.
    bool is_free() const;
    /// LiteLLM's `max_tokens`: the reply's limit.
    std::optional<std::int64_t> reply_limit() const {
        return max_output_tokens ? max_output_tokens : max_tokens;
    }

    friend bool operator==(const ModelPrice&, const ModelPrice&) = default;

private:
    std::vector<Rate> rates_;  // by unit
    std::uint64_t present_ = 0;
};

/// The provider that a row's provider word stands for: `vertex_ai-language-models` is `vertex_ai`,
/// `bedrock_converse` is `bedrock`.
std::string_view price_family(std::string_view provider);

}  // namespace tollweir
