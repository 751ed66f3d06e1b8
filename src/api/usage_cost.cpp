#include "api/usage_cost.hpp"

namespace tollweir {

bool add_usage_cost(std::string_view json, const Usage& usage, const UsageCost& cost,
                    std::string& out) {
    std::string number;
    ObjectView view;
    if (!cost(usage, number) || !view.scan(json)) return false;
    ObjectEdits edits;
    edits.reset(view);
    if (const auto* own = view.find("cost")) {
        edits.replace(*own, number);
    } else {
        edits.append("cost", number);
    }
    Pieces pieces;
    edits.splice(pieces);
    for (const auto piece : pieces) out += piece;
    return true;
}

}  // namespace tollweir
