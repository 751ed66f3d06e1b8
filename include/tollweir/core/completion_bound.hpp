#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace tollweir {

/// How long the answers of a model group are, for estimates: the length that nineteen of twenty of
/// the last answers did not exceed. Some hundred answers later the old ones count for nothing. Any
/// thread; counters only, no lock: what two threads lose to each other does not matter here.
class CompletionBound {
public:
    /// Where nothing is known yet and the client names no bound.
    static constexpr std::uint64_t kUnknown = 1024;

    void observe(std::uint64_t completion_tokens);

    /// What the next answer likely takes; at most `most`, which the client allows.
    std::uint64_t likely(std::optional<std::uint64_t> most) const;

private:
    // Four buckets an octave, so the bound is at most a quarter above the truth; a million tokens
    // end the table.
    static constexpr std::size_t kBuckets = 80;

    static std::size_t bucket_of(std::uint64_t tokens);
    static std::uint64_t end_of(std::size_t bucket);
    void learn();
    void fade();

    std::array<std::atomic<std::uint32_t>, kBuckets> counts_{};
    std::atomic<std::uint32_t> total_{0};
    std::atomic<std::uint64_t> bound_{0};  // 0: too little is known
};

}  // namespace tollweir
