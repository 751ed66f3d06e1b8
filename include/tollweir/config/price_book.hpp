#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tollweir/config/spend_config.hpp"
#include "tollweir/core/cost.hpp"
#include "tollweir/core/deployment.hpp"
#include "tollweir/core/price_table.hpp"
#include "tollweir/core/shared_value.hpp"

namespace tollweir {

/// What the operator takes off and adds at a provider: of `cost_discount_config` the provider's
/// entry, of `cost_margin_config` likewise, else `global`.
CostTerms cost_terms_of(const SpendConfig& spend, std::string_view provider);

/// The prices of one snapshot: those of its deployments, found as it is built, and those of models
/// that a wildcard leaves open, found as they are asked for. Built by one thread, then asked by
/// any.
class PriceBook {
public:
    PriceBook() = default;

    /// Rows in front of the built-in ones; before anything is resolved.
    void use(SharedValue<PriceFile> own_prices);

    /// Fills in `price`, `cost_terms`, `token_counter` and `is_free` of a deployment. Of many that
    /// differ in nothing that counts here, only the first is looked up.
    void resolve(Deployment& deployment, const SpendConfig& spend);

    /// The price of the model that a call went to; null: not known. It lives as long as the book.
    /// Costs nothing where the deployment has one model; else a look-up under a lock of one of
    /// sixteen, and some microseconds for a name that was not asked for of late.
    const ModelPrice* price_for(const Deployment& deployment,
                                std::string_view upstream_model) const;

    const PriceTable& table() const { return table_; }

    // Names that are kept, of what clients may ask for: any text, where a pattern is `*`.
    static constexpr std::size_t kShards = 16;
    static constexpr std::size_t kNamesAShard = 512;

private:
    using Text = std::string_view;
    struct Name {
        const Deployment* deployment;
        std::string model;
    };
    struct NameView {
        const Deployment* deployment;
        Text model;
    };
    struct NameHash {
        using is_transparent = void;
        std::size_t operator()(const NameView& name) const;
        std::size_t operator()(const Name& name) const;
    };
    struct NameEqual {
        using is_transparent = void;
        template <class A, class B>
        bool operator()(const A& a, const B& b) const {
            return a.deployment == b.deployment && Text(a.model) == Text(b.model);
        }
    };
    // Held for one look-up in a table, or one insertion: requests of all workers pass here, and
    // seldom meet in one of sixteen.
    struct Shard {
        std::mutex mutex;
        std::unordered_map<Name, const ModelPrice*, NameHash, NameEqual> prices;
    };

    const ModelPrice* find_open(const Deployment& deployment, Text model) const;
    const ModelPrice* keep(ModelPrice price) const;

    SharedValue<PriceFile> own_prices_;
    PriceTable table_;
    std::unordered_map<std::string, SharedPrice> resolved_;
    mutable std::array<Shard, kShards> shards_;
    // Prices that were found for open names, each once; they stay, since callers have pointers to
    // them. There are no more than rows of the table, for each deployment that states prices.
    mutable std::mutex kept_mutex_;
    mutable std::unordered_multimap<std::string, std::unique_ptr<const ModelPrice>> kept_;
};

}  // namespace tollweir
