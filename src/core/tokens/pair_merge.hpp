#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/tokens/rank_table.hpp"

namespace tollweir::tokens {

// A longer piece is cut: memory and time stay bounded, and no text that people write has one.
inline constexpr std::size_t kMaxPieceBytes = 64 * 1024;

/// Byte-pair encoding of one piece of at most kMaxPieceBytes: from single bytes on, the adjacent
/// pair of the lowest rank becomes one token (the leftmost of equal ones), until no pair is a
/// token. Returns how many tokens are left, and appends their ranks to `ids` unless it is null.
/// Takes O(n log n) whatever the text.
std::size_t merge_pairs(const RankTable& table, std::string_view piece,
                        std::vector<std::uint32_t>* ids);

}  // namespace tollweir::tokens
