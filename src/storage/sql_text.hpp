#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/core/clock.hpp"
#include "tollweir/core/money.hpp"

namespace tollweir {

// How the stores write what SQL has no plain form for.

/// `2026-11-20 03:07:45.120000`, UTC: of one length, so that texts sort as their times do.
std::string sql_time(WallTime time);

/// A text[] as Postgres reads it: `{"a","b"}`.
std::string array_literal(std::span<const std::string> items);
/// Reads one of a single dimension; nulls in it are left out. Nothing: not an array.
std::optional<std::vector<std::string>> read_array_literal(std::string_view text);

std::string json_array(std::span<const std::string> items);

/// The shortest text that reads back as the same number.
std::string real_text(double value);

/// What an INTEGER of SQLite holds of a sum: 9.2 million dollars at most.
std::int64_t held_sum(PicodollarSum amount);

/// In double quotes, as SQL takes names.
std::string quoted_name(std::string_view name);

}  // namespace tollweir
