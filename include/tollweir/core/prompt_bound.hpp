#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "tollweir/core/endpoint.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/core/token_count.hpp"

namespace tollweir {

/// How much a request says to a model, told without reading it: bytes of the members of its body
/// that become the prompt. A value, kept when the body is gone.
struct PromptSize {
    std::uint64_t bytes = 0;  // as JSON, media aside
    std::uint32_t media = 0;  // images, recordings and files that are in the body itself

    friend bool operator==(const PromptSize&, const PromptSize&) = default;
};

/// Under a microsecond for bodies of some kilobytes; longer ones are searched for media.
PromptSize prompt_size(const ObjectView& body, Endpoint endpoint);

/// How many tokens the prompts of a model group have for their bytes, learnt from what upstreams
/// report. As CompletionBound: any thread, counters only, and what two threads lose to each other
/// does not matter.
class PromptBound {
public:
    /// A call's prompt, and what the upstream counted.
    void observe(const PromptSize& size, std::uint64_t prompt_tokens);
    /// An answer came whole, and no usage with it.
    void observe_silence() { silent_.store(true, std::memory_order_relaxed); }

    /// For reservations: no more than this for nineteen of twenty prompts of the group; before
    /// anything is learnt, for most texts that the counter counts.
    std::uint64_t likely(const PromptSize& size, const TokenCounter& counter) const;
    /// For bookings: the middle of what is known.
    std::uint64_t typical(const PromptSize& size, const TokenCounter& counter) const;
    /// The last answer came without usage: the next one's prompt should be counted while it is
    /// there.
    bool is_silent() const { return silent_.load(std::memory_order_relaxed); }

private:
    // Eight buckets an octave of tokens a byte, so that the bound is at most an eighth above the
    // truth; from one token in 64 bytes to two in one.
    static constexpr std::size_t kOctaves = 7;
    static constexpr std::size_t kSteps = 8;
    static constexpr std::size_t kBuckets = kOctaves * kSteps;

    static std::size_t bucket_of(std::uint64_t ratio);
    static std::uint64_t end_of(std::size_t bucket);
    void learn();
    void fade();
    std::uint64_t end_at_share(std::uint64_t percent) const;

    std::array<std::atomic<std::uint32_t>, kBuckets> counts_{};
    std::atomic<std::uint32_t> total_{0};
    std::atomic<std::uint64_t> likely_{0};  // tokens for 4096 bytes; 0: too little is known
    std::atomic<std::uint64_t> typical_{0};
    std::atomic<bool> silent_{false};
};

}  // namespace tollweir
