#pragma once

#include <cstdint>

namespace tollweir {

/// The part of a record that many share (whose call, on which deployment, which budgets), as it
/// stands in a journal's file: written whole once, referred to by the records behind it.
struct JournalPart {
    std::uint64_t offset = 0;  // in the file
    std::uint32_t size = 0;    // 0: none
    std::uint32_t crc = 0;     // CRC-32C of its bytes

    friend bool operator==(const JournalPart&, const JournalPart&) = default;
};

}  // namespace tollweir
