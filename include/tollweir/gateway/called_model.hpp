#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tollweir/config/snapshot.hpp"

namespace tollweir {

/// What is known of a model by the name that a client gives it, where no call is made.
struct CalledModel {
    std::string model;  // as the upstream is given it, without the provider's prefix
    TokenCounter counter;
    CostTerms terms;                    // of its provider
    SharedPrice own_price;              // holds `price` of a name that no group has
    const ModelPrice* price = nullptr;  // null: not known
};

/// A group's first deployment answers for it. A name that no group has is looked up in the table of
/// prices. `team`: the caller's, which may have models of its own. `snapshot` outlives what is
/// returned.
CalledModel find_called_model(const Snapshot& snapshot, std::string_view name,
                              std::string_view team = {});

}  // namespace tollweir
