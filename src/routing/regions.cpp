#include "routing/regions.hpp"

#include <algorithm>
#include <string>

namespace tollweir {
namespace {

// Azure's of the European Union that do not begin or end with Europe; its list of 2026-06.
constexpr std::string_view kEuropean[] = {"austriaeast",        "belgiumcentral", "denmarkeast",
                                          "francecentral",      "francesouth",    "germanynorth",
                                          "germanywestcentral", "italynorth",     "polandcentral",
                                          "spaincentral",       "swedencentral",  "swedensouth"};
// Azure's of the United States: `eastus2`, `westcentralus`.
constexpr std::string_view kAmerican[] = {"eastus", "westus", "centralus", "southus", "northus"};

std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out) c = static_cast<char>(c + (c >= 'A' && c <= 'Z' ? 32 : 0));
    std::erase_if(out, [](char c) { return c == ' '; });
    return out;
}

}  // namespace

bool is_in_region(std::string_view region, std::string_view allowed) {
    const auto name = lower(region);
    const auto wanted = lower(allowed);
    if (name.empty()) return false;
    if (name == wanted) return true;
    if (wanted == "eu")
        return name.starts_with("eu-") || name.starts_with("europe") || name.ends_with("europe") ||
               std::ranges::find(kEuropean, name) != std::end(kEuropean);
    if (wanted == "us")
        return name.starts_with("us-") || std::ranges::any_of(kAmerican, [&](auto american) {
                   return name.contains(american);
               });
    return false;
}

}  // namespace tollweir
