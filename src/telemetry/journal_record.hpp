#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tollweir/core/spend_row.hpp"

namespace tollweir {

/// What a record of the spend journal says.
enum class JournalRecordKind : std::uint8_t {
    open = 1,   // a call is about to be made: booked at its estimate if nothing follows
    close = 2,  // what it came to
};

/// Records are fields with numbers, each skippable by a reader that does not know it: an older or
/// newer binary adopts what another has left. Absent means empty or zero.
void append_journal_record(JournalRecordKind kind, const SpendRow& row, std::string& out);

/// False if `payload` is no such record. The row's texts point into `payload`.
bool read_journal_record(std::string_view payload, JournalRecordKind& kind, SpendRow& row);

/// Of a record that needs not be read.
bool is_open_record(std::string_view payload);

/// The record's id alone, for matching opens with closes; null if there is none.
RecordId journal_record_id(std::string_view payload);

}  // namespace tollweir
