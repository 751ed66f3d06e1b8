#include "tollweir/core/completion_bound.hpp"

#include <algorithm>
#include <bit>

namespace tollweir {
namespace {

constexpr std::uint32_t kFewest = 8;    // answers before anything is learnt
constexpr std::uint32_t kMemory = 512;  // answers after which each counts half
constexpr std::uint32_t kEach = 4;      // answers between two looks at the table
constexpr std::uint32_t kPercent = 95;

}  // namespace

/// 0, 1, 2, 3 tokens have a bucket each; then four an octave.
std::size_t CompletionBound::bucket_of(std::uint64_t tokens) {
    if (tokens < 4) return static_cast<std::size_t>(tokens);
    const auto octave = static_cast<std::size_t>(std::bit_width(tokens)) - 1;
    const auto quarter = static_cast<std::size_t>(tokens >> (octave - 2)) & 3;
    return std::min(4 * (octave - 1) + quarter, kBuckets - 1);
}

/// The largest number of tokens that falls into the bucket.
std::uint64_t CompletionBound::end_of(std::size_t bucket) {
    if (bucket < 4) return bucket;
    const auto octave = bucket / 4 + 1;
    const auto quarter = bucket % 4;
    return ((5 + quarter) << (octave - 2)) - 1;
}

void CompletionBound::observe(std::uint64_t completion_tokens) {
    counts_[bucket_of(completion_tokens)].fetch_add(1, std::memory_order_relaxed);
    const auto total = total_.fetch_add(1, std::memory_order_relaxed) + 1;
    if (total >= kFewest && total % kEach == 0) learn();
    if (total == kMemory) fade();
}

void CompletionBound::learn() {
    std::uint64_t total = 0;
    for (const auto& count : counts_) total += count.load(std::memory_order_relaxed);
    std::uint64_t below = 0;
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
        below += counts_[bucket].load(std::memory_order_relaxed);
        if (below * 100 < total * kPercent) continue;
        bound_.store(std::max<std::uint64_t>(1, end_of(bucket)), std::memory_order_relaxed);
        return;
    }
}

void CompletionBound::fade() {
    std::uint32_t left = 0;
    for (auto& count : counts_) {
        const auto half = count.load(std::memory_order_relaxed) / 2;
        count.store(half, std::memory_order_relaxed);
        left += half;
    }
    total_.store(std::max(left, kFewest), std::memory_order_relaxed);
}

std::uint64_t CompletionBound::likely(std::optional<std::uint64_t> most) const {
    const auto bound = bound_.load(std::memory_order_relaxed);
    if (bound == 0) return most.value_or(kUnknown);
    return most ? std::min(*most, bound) : bound;
}

}  // namespace tollweir
