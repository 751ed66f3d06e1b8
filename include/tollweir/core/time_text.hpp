#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tollweir/core/clock.hpp"

namespace tollweir {

/// `2026-11-20T03:07:45.120000+00:00`: RFC 3339 in UTC with microseconds, as the management API
/// shows times (spec/management-api.md, section 0).
std::string rfc3339(WallTime time);

/// Reads RFC 3339 and ISO 8601 as Python, Postgres and browsers write it: `T` or a blank between
/// date and time, seconds and their fraction optional, `Z`, `+02`, `+02:00` or `+0200` behind it;
/// without a zone it is UTC; a date alone is its midnight. What lies beyond the clock (years 1678
/// to 2261) is its end. Nothing: not a time.
std::optional<WallTime> parse_rfc3339(std::string_view text);

}  // namespace tollweir
