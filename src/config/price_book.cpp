#include "tollweir/config/price_book.hpp"

#include <algorithm>
#include <functional>

#include "tollweir/config/deployment_price.hpp"
#include "tollweir/core/find_price.hpp"
#include "tollweir/providers/provider.hpp"

namespace tollweir {
namespace {

constexpr std::string_view kEverywhere = "global";

template <class Entry>
const Entry* entry_for(const std::vector<Entry>& entries, std::string_view provider) {
    const auto found = std::ranges::find(entries, provider, &Entry::provider);
    return found == entries.end() ? nullptr : &*found;
}

/// All that decides what price_of finds for a deployment.
std::string identity_of(const Deployment& deployment) {
    const auto query = price_query(deployment, deployment.model);
    std::string identity;
    const auto add = [&identity](std::string_view text) { identity.append(text).push_back('\0'); };
    for (const auto text :
         {query.provider, query.model_string, query.model, query.base_model, query.region})
        add(text);
    for (const auto& [name, json] : deployment.price_overrides) {
        add(name);
        add(json);
    }
    return identity;
}

}  // namespace

CostTerms cost_terms_of(const SpendConfig& spend, std::string_view provider) {
    CostTerms terms;
    if (const auto* discount = entry_for(spend.discounts, provider))
        terms.discount = discount->share;
    const auto* margin = entry_for(spend.margins, provider);
    if (margin == nullptr) margin = entry_for(spend.margins, kEverywhere);
    if (margin != nullptr) {
        terms.margin = margin->share;
        terms.fixed_margin = margin->fixed;
    }
    return terms;
}

std::size_t PriceBook::NameHash::operator()(const NameView& name) const {
    constexpr std::size_t kSpread = 0x9e3779b97f4a7c15;
    return std::hash<Text>()(name.model) ^
           std::hash<const Deployment*>()(name.deployment) * kSpread;
}

std::size_t PriceBook::NameHash::operator()(const Name& name) const {
    return (*this)(NameView{name.deployment, name.model});
}

void PriceBook::use(SharedValue<PriceFile> own_prices) {
    own_prices_ = std::move(own_prices);
    table_ = PriceTable(own_prices_.get());
}

void PriceBook::resolve(Deployment& deployment, const SpendConfig& spend) {
    const auto provider =
        deployment.provider == nullptr ? std::string_view() : deployment.provider->name();
    deployment.cost_terms = cost_terms_of(spend, provider);
    deployment.token_counter = TokenCounter::for_model(
        deployment.base_model.empty() ? deployment.model : deployment.base_model);
    if (deployment.provider != nullptr) {
        const auto [place, is_new] = resolved_.try_emplace(identity_of(deployment));
        if (is_new)
            if (auto price = price_of(table_, deployment, deployment.model))
                place->second = std::make_shared<const ModelPrice>(std::move(*price));
        deployment.price = place->second;
    }
    deployment.is_free =
        deployment.price && deployment.price->is_free() && deployment.cost_terms.fixed_margin == 0;
}

const ModelPrice* PriceBook::price_for(const Deployment& deployment,
                                       std::string_view upstream_model) const {
    const bool is_open = deployment.model.contains('*') && upstream_model != deployment.model;
    return is_open ? find_open(deployment, upstream_model) : deployment.price.get();
}

const ModelPrice* PriceBook::find_open(const Deployment& deployment, Text model) const {
    const NameView name{&deployment, model};
    const auto hash = NameHash()(name);
    auto& shard = shards_[(hash >> 32) % kShards];  // the table inside uses the low bits
    {
        const std::lock_guard lock(shard.mutex);
        if (const auto found = shard.prices.find(name); found != shard.prices.end())
            return found->second;
    }
    auto price = price_of(table_, deployment, model);
    const auto* kept = price ? keep(std::move(*price)) : nullptr;
    const std::lock_guard lock(shard.mutex);
    if (shard.prices.size() >= kNamesAShard) shard.prices.clear();
    shard.prices.emplace(Name{&deployment, std::string(model)}, kept);
    return kept;
}

const ModelPrice* PriceBook::keep(ModelPrice price) const {
    // What is guessed for a model without a row is called by the name that was asked for; of such
    // names there is no end.
    if (!table_.find(price.key)) price.key.clear();
    const std::lock_guard lock(kept_mutex_);
    const auto [begin, end] = kept_.equal_range(price.key);
    for (auto same = begin; same != end; ++same)
        if (*same->second == price) return same->second.get();
    auto key = price.key;
    return kept_.emplace(std::move(key), std::make_unique<const ModelPrice>(std::move(price)))
        ->second.get();
}

}  // namespace tollweir
