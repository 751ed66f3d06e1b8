#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace tollweir {

/// Of a model group whose streams may be asked for twice: how long their first words take, and how
/// many second calls its requests have earned. Shared by all workers, and outlives a reload; no
/// lock.
class Hedging {
public:
    using Microseconds = std::chrono::microseconds;

    /// How long a first word took, from the sending on.
    void observe(Microseconds first_word);
    /// When a first word counts as late: the 95th percentile of the last ones; nothing: too few
    /// came to tell. Sorts a copy of them, a microsecond or two.
    std::optional<Microseconds> delay() const;

    /// A request came: earns `share` (0 to 1) of a second call.
    void earn(double share);
    /// Takes a second call. False: none is left for now.
    bool spend();
    /// It was not made after all.
    void give_back();

    static constexpr std::size_t kSamples = 128;
    static constexpr std::size_t kLeastSamples = 20;
    /// Earned ones that are kept, at most.
    static constexpr std::int64_t kMostKept = 10;

private:
    void add_parts(std::int64_t parts);

    std::array<std::atomic<std::uint32_t>, kSamples> samples_{};  // microseconds; 0: none
    std::atomic<std::uint32_t> next_{0};
    std::atomic<std::int64_t> parts_{0};  // of a call, kPartsPerCall of them
    static constexpr std::int64_t kPartsPerCall = 10'000;
};

}  // namespace tollweir
