#include "tollweir/core/cost.hpp"

#include <algorithm>
#include <initializer_list>
#include <limits>

namespace tollweir {
namespace {

// Sums are kept in zeptodollars (1e-21 USD): a price in femtodollars times a millionth, of a second
// or of a factor, is whole there.
using Zepto = __int128;
constexpr Zepto kZeptoOfFemto = 1'000'000;
constexpr Zepto kZeptoOfPico = 1'000'000'000;
constexpr Picodollars kMostPico = std::numeric_limits<Picodollars>::max();
constexpr Zepto kMostZepto = Zepto{kMostPico} * kZeptoOfPico;  // 2^93

// 2^43 of anything at the highest price (2^63) still fits in 127 bits as zeptodollars.
constexpr std::uint64_t kMostUnits = std::uint64_t{1} << 43;

Zepto times(std::uint64_t units, Femtodollars price) {
    return std::min(kMostZepto, Zepto(std::min(units, kMostUnits)) * Zepto(price) * kZeptoOfFemto);
}

Zepto for_time(CallFacts::Time time, Femtodollars price_a_second) {
    const auto microseconds = std::clamp<std::int64_t>(time.count(), 0, std::int64_t{1} << 60);
    return std::min(kMostZepto, Zepto(microseconds) * Zepto(price_a_second));
}

std::uint64_t less(std::uint64_t from, std::uint64_t taken) {
    return from > taken ? from - taken : 0;
}

/// Halves away from zero; of what is not negative.
Picodollars rounded(Zepto amount, Zepto unit) {
    const Zepto halved = amount + unit / 2;
    // What most calls cost, up to 1.8 cents, fits a word, whose division is the processor's own.
    using Word = std::uint64_t;
    constexpr Zepto kMostWord = std::numeric_limits<Word>::max();
    if (halved <= kMostWord && unit <= kMostWord)
        return static_cast<Picodollars>(static_cast<Word>(halved) / static_cast<Word>(unit));
    const Zepto whole = halved / unit;
    return static_cast<Picodollars>(std::min<Zepto>(whole, kMostPico));
}

/// One bill under way: what each part comes to.
class Bill {
public:
    Bill(const ModelPrice& price, const Usage& usage, const CallFacts& facts)
        : price_(price), usage_(usage), facts_(facts), tier_(usage.tier.value_or(facts.tier)) {
        // Batches have their own price list even where the answer calls its tier by another name.
        if (facts.tier == ServiceTier::batches) tier_ = ServiceTier::batches;
    }

    Cost total() {
        const bool by_bracket = !price_.brackets.empty();
        if (by_bracket) {
            add_prompt_by_bracket();
            add_answer_by_bracket();
        }
        if (!by_bracket || !bracket_prices_input()) add_prompt();
        if (!by_bracket || !bracket_prices_output()) add_answer();
        if (price_.has(PriceUnit::citation_token))
            add(CostPart::other_tools, usage_.citation_tokens, rate(PriceUnit::citation_token));
        add_beside_tokens();
        return closed();
    }

private:
    const Rate* rate(PriceUnit unit) const {
        return price_.has(unit) ? price_.find(unit, tier_, usage_.prompt_tokens) : nullptr;
    }
    const Rate* first_of(std::initializer_list<PriceUnit> units) const {
        for (const auto unit : units)
            if (const auto* found = rate(unit)) return found;
        return nullptr;
    }

    void put(CostPart part, Zepto amount) {
        auto& sum = parts_[static_cast<std::size_t>(part)];
        sum = std::min(kMostZepto, sum + amount);
    }
    void add(CostPart part, std::uint64_t units, const Rate* rate) {
        if (units != 0 && rate != nullptr) put(part, times(units, rate->price));
    }
    /// Tokens that no batch price is known for cost half in a batch, as LiteLLM counts.
    void add_tokens(CostPart part, std::uint64_t tokens, const Rate* rate) {
        if (tokens == 0 || rate == nullptr) return;
        const bool is_half = tier_ == ServiceTier::batches && rate->tier == ServiceTier::standard;
        const auto amount = times(tokens, rate->price);
        put(part, is_half ? amount / 2 : amount);
    }

    void add_prompt();
    void add_answer();
    void add_prompt_by_bracket();
    void add_answer_by_bracket();
    bool bracket_prices_input() const {
        return std::ranges::any_of(price_.brackets,
                                   [](const auto& b) { return b.input.has_value(); });
    }
    bool bracket_prices_output() const {
        return std::ranges::any_of(price_.brackets,
                                   [](const auto& b) { return b.output.has_value(); });
    }

    void add_beside_tokens();
    void add_time();
    void add_recordings();
    void add_images();
    void add_queries();
    void add_searches();
    bool is_token_priced() const {
        return !price_.brackets.empty() || price_.has(PriceUnit::input_token) ||
               price_.has(PriceUnit::output_token);
    }

    Millionths factor() const;
    Cost closed();

    const ModelPrice& price_;
    const Usage& usage_;
    const CallFacts& facts_;
    ServiceTier tier_;
    std::array<Zepto, kCostParts> parts_{};
};

void Bill::add_prompt() {
    using enum PriceUnit;
    const auto* in = rate(input_token);
    const auto& use = usage_;
    if ((use.cached_tokens | use.cache_write_tokens | use.audio_prompt_tokens |
         use.image_prompt_tokens | use.video_prompt_tokens) == 0)
        return add_tokens(CostPart::input, use.prompt_tokens, in);

    const auto or_input = [in](const Rate* own) { return own != nullptr ? own : in; };
    const auto cached_audio = std::min(use.cached_audio_tokens, use.cached_tokens);
    const auto* read = or_input(first_of({cache_read_token, cache_hit_token}));
    const auto* read_audio = rate(cache_read_audio_token);
    add_tokens(CostPart::cache_read, use.cached_tokens - cached_audio, read);
    add_tokens(CostPart::cache_read, cached_audio, read_audio != nullptr ? read_audio : read);

    const auto written_1h = std::min(use.cache_write_1h_tokens, use.cache_write_tokens);
    const auto* write = or_input(rate(cache_write_token));
    const auto* write_1h = rate(cache_write_1h_token);
    add_tokens(CostPart::cache_write, use.cache_write_tokens - written_1h, write);
    add_tokens(CostPart::cache_write_1h, written_1h, write_1h != nullptr ? write_1h : write);

    // With a cache in play the kinds of media may be counted with what was cached: no more of them
    // is billed than the rest of the prompt has.
    const auto rest = less(use.prompt_tokens, use.cached_tokens + use.cache_write_tokens);
    const bool is_cut = use.cached_tokens + use.cache_write_tokens != 0;
    auto left = is_cut ? rest : std::numeric_limits<std::uint64_t>::max();
    const auto take = [&left](std::uint64_t tokens) {
        const auto taken = std::min(tokens, left);
        left -= taken;
        return taken;
    };
    const auto audio = take(less(use.audio_prompt_tokens, cached_audio));
    const auto image = take(use.image_prompt_tokens);
    const auto video = take(use.video_prompt_tokens);
    add_tokens(CostPart::input_media, audio, or_input(rate(input_audio_token)));
    add_tokens(CostPart::input_media, image, or_input(rate(input_image_token)));
    add_tokens(CostPart::input_media, video, or_input(rate(input_video_token)));
    add_tokens(CostPart::input, less(rest, audio + image + video), in);
}

void Bill::add_answer() {
    using enum PriceUnit;
    const auto* out = rate(output_token);
    const auto& use = usage_;
    const auto media = use.audio_completion_tokens + use.image_completion_tokens;
    if ((use.reasoning_tokens | media) != 0) {
        const auto or_output = [out](const Rate* own) { return own != nullptr ? own : out; };
        add_tokens(CostPart::reasoning, use.reasoning_tokens, or_output(rate(reasoning_token)));
        add_tokens(CostPart::output_media, use.audio_completion_tokens,
                   or_output(rate(output_audio_token)));
        add_tokens(CostPart::output_media, use.image_completion_tokens,
                   or_output(rate(output_image_token)));
    }
    add_tokens(CostPart::output, less(use.completion_tokens, use.reasoning_tokens + media), out);
}

using BracketPrice = std::optional<Femtodollars> PriceBracket::*;

/// What the tokens number `begin` to `end` of a prompt or an answer cost, each at the price of the
/// bracket it is in; the last bracket has no end.
Zepto in_brackets(const std::vector<PriceBracket>& brackets, std::uint64_t begin, std::uint64_t end,
                  BracketPrice own, BracketPrice other) {
    Zepto sum = 0;
    for (std::size_t i = 0; i < brackets.size() && begin < end; ++i) {
        const auto& bracket = brackets[i];
        const bool is_last = i + 1 == brackets.size();
        if (!is_last && begin >= bracket.to) continue;
        const auto stop = is_last ? end : std::min(end, bracket.to);
        const auto price = bracket.*own ? bracket.*own : bracket.*other;
        if (price) sum = std::min(kMostZepto, sum + times(stop - begin, *price));
        begin = stop;
    }
    return sum;
}

/// A cache holds the prompt's beginning.
void Bill::add_prompt_by_bracket() {
    const auto all = usage_.prompt_tokens;
    const auto cached = std::min(usage_.cached_tokens, all);
    put(CostPart::cache_read,
        in_brackets(price_.brackets, 0, cached, &PriceBracket::cache_read, &PriceBracket::input));
    put(CostPart::input,
        in_brackets(price_.brackets, cached, all, &PriceBracket::input, &PriceBracket::input));
}

/// Reasoning comes before what is said.
void Bill::add_answer_by_bracket() {
    const auto all = usage_.completion_tokens;
    const auto thought = std::min(usage_.reasoning_tokens, all);
    put(CostPart::reasoning,
        in_brackets(price_.brackets, 0, thought, &PriceBracket::reasoning, &PriceBracket::output));
    put(CostPart::output,
        in_brackets(price_.brackets, thought, all, &PriceBracket::output, &PriceBracket::output));
}

void Bill::add_beside_tokens() {
    using enum PriceUnit;
    add(CostPart::request, 1, rate(request));
    add_time();
    add_recordings();
    add_images();
    add_queries();
    add_searches();
    if (!price_.has(input_token))
        add(CostPart::input_media, facts_.input_characters, rate(input_character));
    if (!price_.has(output_token))
        add(CostPart::output_media, facts_.output_characters, rate(output_character));
    add(CostPart::input_media, facts_.pages, rate(page));
    add(CostPart::input_media, facts_.annotated_pages, rate(annotated_page));
    add(CostPart::input_media, facts_.credits, rate(credit));
    add(CostPart::other_tools, facts_.code_interpreter_sessions, rate(code_interpreter_session));
}

/// A call that nothing else prices, of a model at an hourly machine.
void Bill::add_time() {
    using enum PriceUnit;
    const bool has_length = (facts_.input_audio + facts_.output_video).count() != 0;
    if (is_token_priced() || has_length || price_.mode == "audio_transcription" ||
        price_.mode == "video_generation")
        return;
    for (const auto unit : {input_second, output_second})
        if (const auto* found = rate(unit))
            put(CostPart::time, for_time(facts_.response_time, found->price));
}

void Bill::add_recordings() {
    using enum PriceUnit;
    if (facts_.input_audio.count() > 0 && usage_.audio_prompt_tokens == 0) {
        const auto* own = rate(input_audio_second);
        if (own == nullptr && !is_token_priced()) {
            // The table states a recording's second on the side of the prompt, of the answer, or
            // the same on both.
            const auto* in = rate(input_second);
            const auto* out = rate(output_second);
            own = in == nullptr || (out != nullptr && out->price > in->price) ? out : in;
        }
        if (own != nullptr) put(CostPart::input_media, for_time(facts_.input_audio, own->price));
    }
    if (facts_.input_video.count() > 0 && usage_.video_prompt_tokens == 0) {
        const bool is_over_15 = facts_.input_video > std::chrono::seconds(15);
        const bool is_over_8 = facts_.input_video > std::chrono::seconds(8);
        const auto* own = is_over_15  ? first_of({input_video_second_over_15s,
                                                  input_video_second_over_8s, input_video_second})
                          : is_over_8 ? first_of({input_video_second_over_8s, input_video_second})
                                      : rate(input_video_second);
        if (own != nullptr) put(CostPart::input_media, for_time(facts_.input_video, own->price));
    }
    if (facts_.output_video.count() > 0) {
        const auto* own = facts_.full_hd
                              ? first_of({output_second_1080p, output_video_second, output_second})
                              : first_of({output_video_second, output_second});
        if (own != nullptr) put(CostPart::output_media, for_time(facts_.output_video, own->price));
    }
}

/// Tokens count where they were reported. Else an image that is made costs its own price; the table
/// states some of those on the side of the prompt.
void Bill::add_images() {
    using enum PriceUnit;
    const bool has_own = price_.has(output_image);
    if (facts_.output_images != 0 && !(usage_.reported && usage_.total_tokens != 0)) {
        const auto pixels = std::min(facts_.pixels_an_image, kMostUnits) *
                            std::min<std::uint64_t>(facts_.output_images, 1'000'000);
        if (has_own) {
            add(CostPart::output_media, facts_.output_images, rate(output_image));
        } else if (price_.has(input_image)) {
            add(CostPart::output_media, facts_.output_images, rate(input_image));
        } else {
            add(CostPart::output_media, pixels, rate(output_pixel));
            add(CostPart::output_media, pixels, rate(input_pixel));
        }
    }
    if (facts_.input_images != 0 && usage_.image_prompt_tokens == 0)
        if (has_own || facts_.output_images == 0)
            add(CostPart::input_media, facts_.input_images, rate(input_image));
}

void Bill::add_queries() {
    if (facts_.queries == 0) return;
    const auto wanted = std::max<std::uint64_t>(facts_.results_a_query, 1);
    const PriceBracket* best = nullptr;
    for (const auto& bracket : price_.brackets) {
        if (!bracket.query) continue;
        best = &bracket;
        if (wanted <= bracket.to) break;
    }
    if (best != nullptr) {
        put(CostPart::request, times(facts_.queries, *best->query));
    } else {
        add(CostPart::request, facts_.queries, rate(PriceUnit::query));
    }
}

void Bill::add_searches() {
    if (usage_.web_searches == 0) return;
    constexpr PriceUnit kBySize[] = {PriceUnit::search_low, PriceUnit::search_medium,
                                     PriceUnit::search_high};
    // Gemini bills a prompt that searched once, but for its models that bill each search.
    const bool is_once = !price_.bills_each_search && price_.key.contains("gemini");
    add(CostPart::web_search, is_once ? 1 : usage_.web_searches,
        rate(kBySize[static_cast<std::size_t>(facts_.search_context)]));
}

Millionths Bill::factor() const {
    const auto& factors = price_.multipliers;
    Millionths all = kUnity;
    const auto apply = [&all](bool applies, Millionths one) {
        if (applies && one != kUnity) all = all * one / kUnity;
    };
    apply(facts_.us_inference, factors.us_inference);
    apply(facts_.fast, factors.fast);
    apply(facts_.region == DataRegion::us, factors.us_region);
    apply(facts_.region == DataRegion::eu, factors.eu_region);
    return std::min(all, 1000 * kUnity);
}

/// Rounds the running sum, so that the parts add up to what the whole rounds to.
Cost Bill::closed() {
    const auto by = factor();
    Cost cost;
    Zepto sum = 0;
    for (std::size_t i = 0; i < kCostParts; ++i) {
        if (parts_[i] == 0) continue;
        sum = std::min(kMostZepto, sum + parts_[i]);
        const auto so_far =
            by == kUnity ? rounded(sum, kZeptoOfPico) : rounded(sum * by, kZeptoOfPico * kUnity);
        cost.parts[i] = so_far - cost.total;
        cost.total = so_far;
    }
    return cost;
}

}  // namespace

Picodollars Cost::input() const {
    using enum CostPart;
    return (*this)[CostPart::input] + (*this)[cache_read] + (*this)[cache_write] +
           (*this)[cache_write_1h] + (*this)[input_media] + (*this)[time] + (*this)[request];
}

Picodollars Cost::output() const {
    using enum CostPart;
    return (*this)[CostPart::output] + (*this)[reasoning] + (*this)[output_media];
}

Picodollars Cost::tools() const {
    return (*this)[CostPart::web_search] + (*this)[CostPart::other_tools];
}

SearchContext parse_search_context(std::string_view word) {
    if (word == "low") return SearchContext::low;
    if (word == "high") return SearchContext::high;
    return SearchContext::medium;
}

Cost cost_of(const ModelPrice& price, const Usage& usage, const CallFacts& facts) {
    return Bill(price, usage, facts).total();
}

Picodollars likely_cost(const ModelPrice& price, std::uint64_t prompt_tokens,
                        std::uint64_t answer_tokens, const CallFacts& facts, bool writes_cache) {
    Usage usage;
    usage.prompt_tokens = prompt_tokens;
    usage.completion_tokens = answer_tokens;
    auto most = cost_of(price, usage, facts).total;
    const auto also = [&](const Usage& other) {
        most = std::max(most, cost_of(price, other, facts).total);
    };
    const bool has_reasoning = price.has(PriceUnit::reasoning_token) || !price.brackets.empty();
    if (has_reasoning) {
        usage.reasoning_tokens = answer_tokens;
        also(usage);
    }
    if (writes_cache) {
        usage.cache_write_tokens = prompt_tokens;
        also(usage);
        usage.cache_write_1h_tokens = prompt_tokens;
        also(usage);
        usage.reasoning_tokens = 0;
        also(usage);
    }
    return most;
}

ChargedCost charge(Picodollars cost, const CostTerms& terms) {
    const auto share = [](Picodollars amount, Billionths part) {
        if (part == 0) return Picodollars{0};
        const Zepto whole = (Zepto(amount) * part + kWhole / 2) / kWhole;
        return static_cast<Picodollars>(std::clamp<Zepto>(whole, 0, kMostPico));
    };
    ChargedCost charged;
    charged.original = cost;
    charged.discount = std::min(cost, share(cost, terms.discount));
    const auto left = cost - charged.discount;
    charged.margin = add_saturated(share(left, terms.margin), terms.fixed_margin);
    charged.total = add_saturated(left, charged.margin);
    return charged;
}

}  // namespace tollweir
