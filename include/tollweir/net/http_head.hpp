#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tollweir::net {

struct HeaderField {
    std::string_view name;
    std::string_view value;
};

/// Letters of `a` and `b`, both of `size` bytes, equal without regard to case.
bool same_letters(const char* a, const char* b, std::size_t size);

/// Names equal without regard to case; ASCII only, as field names are. Inline up to the first
/// letter, since a request compares each field's name with a dozen others.
inline bool same_name(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    return a.empty() ||
           (((a[0] ^ b[0]) & ~0x20) == 0 && same_letters(a.data(), b.data(), a.size()));
}

/// `a, b ,c`: does the list hold `token`, case aside?
bool has_token(std::string_view list, std::string_view token);

/// The value of a Content-Length: digits only. Nothing if it is anything else or too large.
std::optional<std::uint64_t> parse_length(std::string_view text);

/// What makes a head, complete or not, readable in two ways: bare CR or LF, a folded line, control
/// characters (RFC 9112, 2.2 and 5.2). Null: nothing.
const char* find_ambiguity(std::string_view head);

/// Splits the lines behind the start line of a complete head that is free of ambiguities; `lines`
/// ends with the empty line. False: a line is no field, or there are more than `max_fields`.
bool split_fields(std::string_view lines, std::size_t max_fields, std::vector<HeaderField>& fields);

bool is_token(std::string_view text);

}  // namespace tollweir::net
