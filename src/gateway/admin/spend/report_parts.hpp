#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tollweir/storage/spend_activity.hpp"

namespace tollweir {

/// What owners' keys spent on models, day by day, added up piece by piece. There may be some
/// hundred thousand pieces, so texts are kept once and pieces are numbers.
class ReportParts {
public:
    void add(const OwnerPart& part);
    /// Each owner once.
    std::vector<std::string> owners() const;
    /// As LiteLLM shows it, owners by their labels, in the order of all names:
    /// `[{"group_by_day": ..., <list>: [{<name>: ..., "total_spend": ..., "metadata": [...]}]}]`
    std::string json(const OwnerLabels& labels, std::string_view list, std::string_view name) &&;

private:
    using Text = std::uint32_t;  // its place in `texts_`
    struct Piece {
        Text day = 0;
        Text owner = 0;
        Text key = 0;
        Text model = 0;
        PicodollarSum spend = 0;
        std::int64_t tokens = 0;
    };

    Text text_of(std::string_view text);
    void name_owners(const OwnerLabels& labels);
    void sort();

    std::deque<std::string> texts_;
    std::unordered_map<std::string_view, Text> places_;
    std::vector<Piece> pieces_;
};

}  // namespace tollweir
