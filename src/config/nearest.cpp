#include "tollweir/config/nearest.hpp"

#include <algorithm>
#include <array>

namespace tollweir {
namespace {

constexpr std::size_t kMaxWord = 64;  // longer words are no misspelt keys

char folded(char c) {
    if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
    return c == '-' ? '_' : c;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t most) {
    const std::size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
    if (gap > most || a.size() > kMaxWord || b.size() > kMaxWord) return most + 1;
    std::array<std::size_t, kMaxWord + 1> before_last{}, last{}, row{};
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = folded(a[i - 1]) == folded(b[j - 1]);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
            const bool swapped = i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) &&
                                 folded(a[i - 2]) == folded(b[j - 1]);
            if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        before_last = last;
        last = row;
    }
    return std::min(last[b.size()], most + 1);
}

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
    const std::size_t most = std::clamp<std::size_t>(word.size() / 3, 2, 4);
    std::string_view best;
    std::size_t best_distance = most + 1;
    for (const auto candidate : candidates) {
        const std::size_t distance = edit_distance(word, candidate, most);
        // A word that shares nothing with a short candidate is not a misspelling of it.
        if (distance < best_distance && distance < std::max(word.size(), candidate.size())) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates) {
    const auto best = nearest(word, candidates);
    return best.empty() ? std::string() : "; did you mean `" + std::string(best) + "`?";
}

}  // namespace tollweir
