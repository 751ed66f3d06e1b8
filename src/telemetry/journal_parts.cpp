#include "telemetry/journal_parts.hpp"

#include "tollweir/core/crc32c.hpp"

namespace tollweir {

namespace {

// Then a part is written again: a damaged place in the file takes no more calls with it than these,
// for some two bytes a record.
constexpr std::uint32_t kMostUses = 256;

}  // namespace

JournalPart JournalParts::find_or_add(std::string_view bytes, std::uint64_t offset) {
    const auto crc = crc32c(bytes);
    auto& entry = entries_[crc % entries_.size()];
    // The bytes too: clients choose some of them, and could make two parts with one checksum.
    const bool is_same = entry.part.size == bytes.size() && entry.part.crc == crc &&
                         entry.uses < kMostUses && entry.bytes == bytes;
    if (is_same) {
        ++entry.uses;
        return entry.part;
    }
    entry.part = {offset, static_cast<std::uint32_t>(bytes.size()), crc};
    entry.uses = 0;
    entry.bytes.assign(bytes);
    return entry.part;
}

void JournalParts::forget() {
    for (auto& entry : entries_) entry.part = {};
}

}  // namespace tollweir
