#include "tollweir/core/price.hpp"

#include <algorithm>
#include <tuple>

namespace tollweir {
namespace {

// Spellings of the table that stand for a provider's other routes or model families.
constexpr std::pair<std::string_view, std::string_view> kFamilies[] = {
    {"bedrock_converse", "bedrock"},
    {"cohere_chat", "cohere"},
    {"ai21_chat", "ai21"},
    {"azure_text", "azure"},
    {"text-completion-openai", "openai"},
    {"text-completion-codestral", "codestral"},
    {"text-completion-inception", "inception"},
    {"fireworks_ai-embedding-models", "fireworks_ai"},
    {"sagemaker_chat", "sagemaker"},
    {"sagemaker_nova", "sagemaker"},
    {"ollama_chat", "ollama"},
    {"watsonx_text", "watsonx"},
    {"meta", "meta_llama"},
};

constexpr std::string_view kVertex = "vertex_ai";

bool is_zero(const std::optional<Femtodollars>& price) {
    return !price || *price == 0;
}

bool is_zero(const PriceBracket& bracket) {
    return is_zero(bracket.input) && is_zero(bracket.output) && is_zero(bracket.reasoning) &&
           is_zero(bracket.cache_read) && is_zero(bracket.query);
}

}  // namespace

void ModelPrice::set(const Rate& rate) {
    const auto same = std::ranges::find_if(rates_, [&](const Rate& other) {
        return other.unit == rate.unit && other.tier == rate.tier &&
               other.above_tokens == rate.above_tokens;
    });
    if (same != rates_.end()) {
        same->price = rate.price;
        return;
    }
    const auto order = [](const Rate& a, const Rate& b) {
        return std::tie(a.unit, a.tier, a.above_tokens) < std::tie(b.unit, b.tier, b.above_tokens);
    };
    rates_.insert(std::ranges::upper_bound(rates_, rate, order), rate);
    present_ |= std::uint64_t{1} << static_cast<unsigned>(rate.unit);
}

void ModelPrice::drop(PriceUnit unit) {
    std::erase_if(rates_, [unit](const Rate& rate) { return rate.unit == unit; });
    present_ &= ~(std::uint64_t{1} << static_cast<unsigned>(unit));
}

const Rate* ModelPrice::find(PriceUnit unit, ServiceTier tier, std::uint64_t prompt_tokens) const {
    if (!has(unit)) return nullptr;
    const Rate* best = nullptr;
    for (const auto& rate : rates_) {
        if (rate.unit < unit) continue;
        if (rate.unit > unit) break;
        if (rate.tier != tier && rate.tier != ServiceTier::standard) continue;
        if (rate.above_tokens != 0) {
            const bool is_over =
                prompt_tokens > rate.above_tokens ||
                (prompt_tokens == rate.above_tokens && price_family(provider) == "xai");
            if (!is_over) continue;
        }
        // The standard tier comes first, so that the call's own takes its place.
        if (best == nullptr || rate.above_tokens >= best->above_tokens) best = &rate;
    }
    return best;
}

bool ModelPrice::is_free() const {
    return is_priced() &&
           std::ranges::all_of(
               rates_, [](Femtodollars price) { return price == 0; }, &Rate::price) &&
           std::ranges::all_of(brackets, [](const auto& bracket) { return is_zero(bracket); });
}

std::string_view price_family(std::string_view provider) {
    if (provider.starts_with(kVertex)) return kVertex;
    for (const auto& [word, family] : kFamilies)
        if (word == provider) return family;
    return provider;
}

}  // namespace tollweir
