#include "tollweir/core/hedging.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tollweir {

void Hedging::observe(Microseconds first_word) {
    constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
    const auto sample = std::clamp<std::int64_t>(first_word.count(), 1, kMost);
    const auto place = next_.fetch_add(1, std::memory_order_relaxed) % kSamples;
    samples_[place].store(static_cast<std::uint32_t>(sample), std::memory_order_relaxed);
}

std::optional<Hedging::Microseconds> Hedging::delay() const {
    std::array<std::uint32_t, kSamples> known;
    auto end = known.begin();
    for (const auto& sample : samples_)
        if (const auto value = sample.load(std::memory_order_relaxed); value != 0) *end++ = value;
    const auto count = static_cast<std::size_t>(end - known.begin());
    if (count < kLeastSamples) return std::nullopt;
    const auto place = known.begin() + static_cast<std::ptrdiff_t>(count * 95 / 100);
    std::nth_element(known.begin(), place, end);
    return Microseconds(*place);
}

void Hedging::add_parts(std::int64_t parts) {
    constexpr auto kMostParts = kMostKept * kPartsPerCall;
    const auto now = parts_.fetch_add(parts, std::memory_order_relaxed) + parts;
    if (now > kMostParts) parts_.fetch_sub(now - kMostParts, std::memory_order_relaxed);
}

void Hedging::earn(double share) {
    add_parts(std::lround(share * static_cast<double>(kPartsPerCall)));
}

bool Hedging::spend() {
    if (parts_.fetch_sub(kPartsPerCall, std::memory_order_relaxed) >= kPartsPerCall) return true;
    parts_.fetch_add(kPartsPerCall, std::memory_order_relaxed);
    return false;
}

void Hedging::give_back() {
    add_parts(kPartsPerCall);
}

}  // namespace tollweir
