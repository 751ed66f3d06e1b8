#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <unordered_set>

namespace tollweir {

/// Models that were called and have no price: each is warned of once. One for the process; any
/// thread.
class UnpricedModels {
public:
    /// `model`: as the operator wrote it, `openai/our-model`; cut where it is too long for a line.
    void note(std::string_view model);

    // Clients may make up names where a pattern is `*`: beyond so many nothing is said any more.
    static constexpr std::size_t kMost = 1000;

private:
    std::mutex mutex_;                        // taken only by calls of models without a price
    std::unordered_set<std::uint64_t> seen_;  // hashes of names
};

}  // namespace tollweir
