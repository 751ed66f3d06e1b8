#pragma once

#include <optional>
#include <string_view>

#include "tollweir/core/price_table.hpp"

namespace tollweir {

/// Whose price is wanted. Views of the caller's.
struct PriceQuery {
    std::string_view provider{};      // as the registry has it: `openai`, `vertex_ai`
    std::string_view model_string{};  // as the deployment has it: `openai/gpt-4o`
    std::string_view model{};         // without the provider's prefix
    std::string_view base_model{};    // the model behind a name of the operator's own; empty: none
    std::string_view region{};        // `us-east-1`, `eu`; empty: not known

    // Of an image call; empty elsewhere. `1024x1024` or `1024-x-1024`; `standard`, `hd`, `high`.
    std::string_view image_size{};
    std::string_view image_quality{};
};

/// The row that prices and describes a model. In order: `base_model`; names with size and quality;
/// with the region; the deployment's string; the bare name; `provider/` and the bare name;
/// spellings that stand for one of these (a route, a geography or a date left away); size classes
/// of Fireworks and Together; seconds of a machine for Replicate and SageMaker; what holds for any
/// Claude, without a price. A row of another provider counts for `base_model` only. Nothing: the
/// model is not known. For start-up and caches: it makes several look-ups and allocates.
std::optional<ModelPrice> find_price(const PriceTable& table, const PriceQuery& query);

}  // namespace tollweir
