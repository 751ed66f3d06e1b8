#include "tollweir/telemetry/unpriced.hpp"

#include <functional>
#include <string>

#include "tollweir/core/log.hpp"

namespace tollweir {
namespace {

/// Clients may have made it up: no control characters, and no more than a line holds.
std::string shown(std::string_view model) {
    constexpr std::size_t kMostShown = 120;
    std::string out(model.substr(0, kMostShown));
    for (char& c : out)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    return out;
}

}  // namespace

void UnpricedModels::note(std::string_view model) {
    {
        const std::lock_guard lock(mutex_);
        if (seen_.size() >= kMost || !seen_.insert(std::hash<std::string_view>()(model)).second)
            return;
    }
    log_warning("no price is known for `" + shown(model) +
                "`: its calls are booked at 0; state input_cost_per_token and "
                "output_cost_per_token, or model_info.base_model (docs/prices.md)");
}

}  // namespace tollweir
