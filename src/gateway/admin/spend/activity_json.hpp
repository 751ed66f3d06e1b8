#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/storage/spend_activity.hpp"

namespace tollweir {

/// What is said of keys and owners beside their sums.
struct ActivityLabels {
    KeyLabels keys;
    std::map<std::string, std::string> owners;
    std::string_view owner_label;  // `team_alias`; empty: owners have none
};

struct ActivityPage {
    std::size_t page = 1;
    std::size_t pages = 1;
};

/// As LiteLLM's dashboard reads it: the latest day first, each with what it is made of, then the
/// totals of what is shown.
std::string activity_json(const std::vector<ActivityRow>& rows, const ActivityLabels& labels,
                          ActivityPage page);

}  // namespace tollweir
