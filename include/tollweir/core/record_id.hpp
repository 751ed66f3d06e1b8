#pragma once

#include <array>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "tollweir/core/clock.hpp"

namespace tollweir {

/// Names one billed call, and nothing else ever: what a client or an upstream calls it may repeat.
/// 128 bits, a UUID of version 7 (RFC 9562): its time comes first, so that an index over rows grows
/// at its end.
struct RecordId {
    std::array<unsigned char, 16> bytes{};

    bool is_null() const { return *this == RecordId{}; }
    friend auto operator<=>(const RecordId&, const RecordId&) = default;
};

/// 74 random bits beside the milliseconds. Any thread.
RecordId new_record_id(WallTime now);

/// 36 characters, lower case.
void append_text(const RecordId& id, std::string& out);
std::string to_text(const RecordId& id);

/// Any UUID in its usual form, either case.
std::optional<RecordId> parse_record_id(std::string_view text);

}  // namespace tollweir
