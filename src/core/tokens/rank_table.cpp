#include "core/tokens/rank_table.hpp"

#include <cassert>

namespace tollweir::tokens {

RankTable::RankTable(const char* data)
    : header_(*reinterpret_cast<const RankHeader*>(data)),
      slots_(reinterpret_cast<const std::uint32_t*>(data + sizeof(RankHeader))),
      places_(reinterpret_cast<const std::uint32_t*>(data + header_.places_offset)),
      entries_(data + header_.entries_offset) {
    assert(header_.magic == kRankMagic);
}

std::string_view RankTable::bytes_of(std::uint32_t rank) const {
    if (rank >= header_.rank_limit) return {};
    const char* entry = entries_ + kUnit * places_[rank / kRanksAPlace];
    for (;;) {
        const std::uint32_t head = load4(entry);
        const std::size_t length = head & 0xFF;
        if (head >> 8 == rank) return {entry + kEntryHead, length};
        if (head >> 8 > rank || length == 0) return {};  // a gap in the ranks
        entry += kEntryHead + (length + kUnit - 1) / kUnit * kUnit;
    }
}

}  // namespace tollweir::tokens
