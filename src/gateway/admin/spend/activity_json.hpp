#pragma once

#include <string>
#include <string_view>

#include "gateway/admin/spend/activity_breakdown.hpp"

namespace tollweir {

/// What is said of keys and owners beside their sums.
struct ActivityLabels {
    KeyLabels keys;
    OwnerLabels owners;
    std::string_view owner_label;  // `team_alias`; empty: owners have none
};

struct ActivityPage {
    std::size_t page = 1;
    std::size_t pages = 1;
};

/// As LiteLLM's dashboard reads it: the latest day first, each with what it is made of, then the
/// totals of what is shown.
std::string activity_json(const ActivityBreakdown::Days& days, const ActivityLabels& labels,
                          ActivityPage page);

}  // namespace tollweir
