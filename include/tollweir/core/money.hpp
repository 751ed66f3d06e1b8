#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tollweir {

/// Money is counted in whole picodollars (1e-12 USD), never in floats: sums of rows equal the sums
/// that are shown (spec/README.md, decision 14). 64 bits hold 9.2 million dollars, which bounds one
/// amount; sums of many use PicodollarSum.
using Picodollars = std::int64_t;
using PicodollarSum = __int128;

inline constexpr Picodollars kPicodollarsPerDollar = 1'000'000'000'000;

/// Reads a decimal number of dollars: `12`, `0.0000135`, `1.35e-05`. What is finer than a
/// picodollar is rounded to the nearest one, halves away from zero. Nothing: not a JSON number, or
/// too large.
std::optional<Picodollars> parse_dollars(std::string_view text);

/// Appends the amount in dollars as a JSON number without exponent: `0.0000135`, `12.0`. The text
/// is exact; read into a double it is the nearest one.
void append_dollars(std::string& out, PicodollarSum amount);
std::string dollars(PicodollarSum amount);

/// Whole picodollars as a decimal text, and back: how stores keep sums.
std::string to_text(PicodollarSum amount);
std::optional<PicodollarSum> parse_picodollars(std::string_view text);

/// The nearest double, for columns and clients that know money as a float.
double to_double_dollars(PicodollarSum amount);
/// Of a float column: rounded to the nearest picodollar; nothing if not finite or too large.
std::optional<Picodollars> from_double_dollars(double amount);

/// a + b, held at the ends of the range instead of overflowing.
Picodollars add_saturated(Picodollars a, Picodollars b);

}  // namespace tollweir
