#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tollweir/core/spend_row.hpp"
#include "tollweir/telemetry/journal_part.hpp"

namespace tollweir {

class JournalTail;

/// What a record of the spend journal says.
enum class JournalRecordKind : std::uint8_t {
    open = 1,   // a call is about to be made: booked at its estimate if nothing follows
    close = 2,  // what it came to
};

/// Records are fields with numbers, each skippable by a reader that does not know it: an older or
/// newer binary adopts what another has left. Absent means empty or zero. What the calls of one key
/// on one deployment have in common stands at the end, as one: the shared part. Gives where in
/// `out` its bytes begin; `out` ends with them, and with nothing where the row has none of it.
std::size_t append_journal_record(JournalRecordKind kind, const SpendRow& row, std::string& out);

/// Puts a reference in the place of the shared part that `out` ends with from `begin` on: one of at
/// least kLeastSharedPart bytes, which leaves room for it.
void refer_to_part(std::string& out, std::size_t begin, const JournalPart& part);

/// False if `payload` is no such record, or if the shared part that it refers to is not where it
/// was. `tail`: gave the payload, and keeps the part; null: a record that refers is none. The row's
/// texts point into both.
bool read_journal_record(std::string_view payload, JournalRecordKind& kind, SpendRow& row,
                         JournalTail* tail = nullptr);

/// Of a record that needs not be read.
bool is_open_record(std::string_view payload);

/// The record's id alone, for matching opens with closes; null if there is none.
RecordId journal_record_id(std::string_view payload);

}  // namespace tollweir
