#include "core/tokens/pair_merge.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace tollweir::tokens {
namespace {

// Up to here looking through all pairs for the lowest is quicker than a heap.
constexpr std::size_t kShortPiece = 96;

std::size_t merge_short(const RankTable& table, std::string_view piece,
                        std::vector<std::uint32_t>* ids) {
    struct Part {
        std::uint32_t begin;
        std::uint32_t rank;  // of this part joined with the next
    };
    std::array<Part, kShortPiece + 1> parts;
    std::size_t count = piece.size();  // parts[count] is the end
    const auto joined_rank = [&](std::size_t i) {
        if (i + 2 > count) return kNoRank;
        const std::size_t begin = parts[i].begin;
        return table.find(piece.substr(begin, parts[i + 2].begin - begin));
    };
    for (std::size_t i = 0; i <= count; ++i) parts[i].begin = static_cast<std::uint32_t>(i);
    for (std::size_t i = 0; i <= count; ++i) parts[i].rank = joined_rank(i);
    for (;;) {
        std::size_t lowest = 0;
        for (std::size_t i = 1; i < count; ++i)
            if (parts[i].rank < parts[lowest].rank) lowest = i;
        if (parts[lowest].rank == kNoRank) break;
        std::copy(parts.begin() + static_cast<std::ptrdiff_t>(lowest) + 2,
                  parts.begin() + static_cast<std::ptrdiff_t>(count) + 1,
                  parts.begin() + static_cast<std::ptrdiff_t>(lowest) + 1);
        --count;
        parts[lowest].rank = joined_rank(lowest);
        if (lowest > 0) parts[lowest - 1].rank = joined_rank(lowest - 1);
    }
    if (ids != nullptr) {
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t begin = parts[i].begin;
            ids->push_back(table.find(piece.substr(begin, parts[i + 1].begin - begin)));
        }
    }
    return count;
}

/// The same with a list of parts and a heap of pairs. A pair in the heap that has changed since is
/// recognised by its end and left out.
class LongMerge {
public:
    LongMerge(const RankTable& table, std::string_view piece) : table_(table), piece_(piece) {
        const auto size = static_cast<std::uint32_t>(piece.size());
        next_.resize(size + 1);
        previous_.resize(size + 1);
        for (std::uint32_t i = 0; i <= size; ++i) {
            next_[i] = i + 1;
            previous_[i] = i - 1;  // wraps for the first: never a place
        }
        heap_.reserve(size);
        for (std::uint32_t i = 0; i + 1 < size; ++i) add(i);
        std::ranges::make_heap(heap_, later);
    }

    std::size_t run(std::vector<std::uint32_t>* ids) {
        std::size_t count = piece_.size();
        while (!heap_.empty()) {
            std::ranges::pop_heap(heap_, later);
            const Pair pair = heap_.back();
            heap_.pop_back();
            if (!is_current(pair)) continue;
            const std::uint32_t middle = next_[pair.begin];
            next_[pair.begin] = pair.end;
            previous_[pair.end] = pair.begin;
            next_[middle] = kGone;
            --count;
            if (add(pair.begin)) std::ranges::push_heap(heap_, later);
            if (pair.begin > 0 && add(previous_[pair.begin])) std::ranges::push_heap(heap_, later);
        }
        if (ids != nullptr) {
            for (std::uint32_t i = 0; i < piece_.size(); i = next_[i])
                ids->push_back(table_.find(piece_.substr(i, next_[i] - i)));
        }
        return count;
    }

private:
    static constexpr std::uint32_t kGone = ~std::uint32_t{0};
    struct Pair {
        std::uint32_t rank;
        std::uint32_t begin;  // of its first part
        std::uint32_t end;    // of its second
    };
    static bool later(const Pair& a, const Pair& b) {
        return a.rank != b.rank ? a.rank > b.rank : a.begin > b.begin;
    }

    /// Appends the pair that begins at `begin` to the heap's storage, if it is a token.
    bool add(std::uint32_t begin) {
        const std::uint32_t middle = next_[begin];
        if (middle >= piece_.size()) return false;
        const std::uint32_t end = next_[middle];
        const std::uint32_t rank = table_.find(piece_.substr(begin, end - begin));
        if (rank == kNoRank) return false;
        heap_.push_back({rank, begin, end});
        return true;
    }
    bool is_current(const Pair& pair) const {
        const std::uint32_t middle = next_[pair.begin];
        return middle < piece_.size() && next_[middle] == pair.end;
    }

    const RankTable& table_;
    const std::string_view piece_;
    std::vector<std::uint32_t> next_;      // where the next part begins; kGone: no part any more
    std::vector<std::uint32_t> previous_;  // where the part before begins
    std::vector<Pair> heap_;
};

}  // namespace

std::size_t merge_pairs(const RankTable& table, std::string_view piece,
                        std::vector<std::uint32_t>* ids) {
    assert(piece.size() <= kMaxPieceBytes);
    if (piece.size() <= kShortPiece) return merge_short(table, piece, ids);
    return LongMerge(table, piece).run(ids);
}

}  // namespace tollweir::tokens
