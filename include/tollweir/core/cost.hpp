#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tollweir/core/money.hpp"
#include "tollweir/core/price.hpp"
#include "tollweir/core/usage.hpp"

namespace tollweir {

// What a call costs: pure functions of a price and of what was used. docs/prices.md tells the
// rules; their source is spec/management-api.md 5.1.

enum class CostPart : std::uint8_t {
    input,  // prompt tokens that are none of the following four
    cache_read,
    cache_write,
    cache_write_1h,
    input_media,  // tokens, seconds, images, characters, pages that were sent
    output,       // answer tokens that are neither reasoning nor media
    reasoning,
    output_media,
    time,     // of the call, where a model is priced by it
    request,  // flat, and search units
    web_search,
    other_tools,  // code interpreter, citations
};
inline constexpr std::size_t kCostParts = static_cast<std::size_t>(CostPart::other_tools) + 1;

/// Rounded once; the parts add up to the total exactly.
struct Cost {
    Picodollars total = 0;
    std::array<Picodollars, kCostParts> parts{};

    Picodollars operator[](CostPart part) const { return parts[static_cast<std::size_t>(part)]; }
    /// As LiteLLM splits a cost: for the prompt, for the answer, for tools.
    Picodollars input() const;
    Picodollars output() const;
    Picodollars tools() const;

    friend bool operator==(const Cost&, const Cost&) = default;
};

enum class SearchContext : std::uint8_t { low, medium, high };
SearchContext parse_search_context(std::string_view word);  // any other word: medium

/// Where OpenAI keeps a deployment's data, if that is settled.
enum class DataRegion : std::uint8_t { any, us, eu };

/// What decides a cost beside tokens. Zero: the call had none of it.
struct CallFacts {
    using Time = std::chrono::microseconds;

    ServiceTier tier = ServiceTier::standard;  // that was asked for; Usage::tier is stronger
    SearchContext search_context = SearchContext::medium;
    DataRegion region = DataRegion::any;
    bool us_inference = false;  // Anthropic's `inference_geo: us`
    bool fast = false;          // Anthropic's `speed: fast`
    bool full_hd = false;       // a clip in 1080p

    Time response_time{0};  // from the request's last byte sent to the answer's last
    Time input_audio{0};    // length of recordings and clips
    Time input_video{0};
    Time output_video{0};
    std::uint64_t input_characters = 0;
    std::uint64_t output_characters = 0;
    std::uint64_t input_images = 0;
    std::uint64_t output_images = 0;
    std::uint64_t pixels_an_image = 0;  // of those that come out
    std::uint64_t queries = 0;          // searches, or search units of a rerank call
    std::uint64_t results_a_query = 0;  // that were asked for
    std::uint64_t pages = 0;
    std::uint64_t annotated_pages = 0;
    std::uint64_t credits = 0;
    std::uint64_t code_interpreter_sessions = 0;
};

/// What the call cost by this price. What has no price costs nothing; saturates at the largest
/// amount. No allocation.
Cost cost_of(const ModelPrice& price, const Usage& usage, const CallFacts& facts = {});

/// What a call is taken to cost before it is made: the prompt at its price (the dearest of those
/// for writing it to a cache, where `writes_cache`), the answer at the dearer of text and
/// reasoning. Cached prompts cost less; tools, media and time are not known yet.
Picodollars likely_cost(const ModelPrice& price, std::uint64_t prompt_tokens,
                        std::uint64_t answer_tokens, const CallFacts& facts = {},
                        bool writes_cache = false);

/// What the operator takes off and adds, for one provider.
struct CostTerms {
    Billionths discount = 0;
    Billionths margin = 0;
    Picodollars fixed_margin = 0;  // a call

    bool any() const { return discount != 0 || margin != 0 || fixed_margin != 0; }
    friend bool operator==(const CostTerms&, const CostTerms&) = default;
};

/// A cost and what became of it: `total` = `original` - `discount` + `margin`. The margin is a
/// share of the discounted cost.
struct ChargedCost {
    Picodollars original = 0;
    Picodollars discount = 0;
    Picodollars margin = 0;
    Picodollars total = 0;

    friend bool operator==(const ChargedCost&, const ChargedCost&) = default;
};
ChargedCost charge(Picodollars cost, const CostTerms& terms);

}  // namespace tollweir
