#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

namespace tollweir::bench {

// Durations in nanoseconds, in buckets no wider than 1.6% of their value (64 to a power of two).
class Histogram {
public:
    void add(std::int64_t nanoseconds) {
        const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(nanoseconds, 0));
        ++counts_[bucket_of(value)];
        ++total_;
        max_ = std::max(max_, value);
    }

    std::uint64_t count() const { return total_; }
    double max_us() const { return static_cast<double>(max_) / 1e3; }

    // Microseconds below which `share` of the values lie (the bucket's upper end).
    double quantile_us(double share) const {
        const auto wanted =
            static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(total_)));
        std::uint64_t seen = 0;
        for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
            seen += counts_[bucket];
            if (seen >= wanted && seen > 0)
                return static_cast<double>(std::min(upper_end(bucket), max_)) / 1e3;
        }
        return 0;
    }

private:
    static constexpr int kSubBits = 6;
    static constexpr std::uint64_t kSubBuckets = 1U << kSubBits;

    // Values below 64 have a bucket each; after them every power of two has 64.
    static std::size_t bucket_of(std::uint64_t value) {
        if (value < kSubBuckets) return value;
        const int shift = static_cast<int>(std::bit_width(value)) - 1 - kSubBits;
        return (static_cast<std::size_t>(shift) << kSubBits) + (value >> shift);
    }

    static std::uint64_t upper_end(std::size_t bucket) {
        if (bucket < kSubBuckets) return bucket;
        const std::size_t shift = (bucket >> kSubBits) - 1;
        return (((bucket & (kSubBuckets - 1)) + kSubBuckets + 1) << shift) - 1;
    }

    std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>(64 * kSubBuckets);
    std::uint64_t total_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace tollweir::bench
