#pragma once

#include <cstdint>
#include <limits>
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

/// Prices are finer than amounts: whole femtodollars (1e-15 USD), since one a pixel or a second may
/// be. 64 bits hold 9,223 dollars for one unit.
using Femtodollars = std::int64_t;
/// As parse_dollars.
std::optional<Femtodollars> parse_femtodollars(std::string_view text);
/// The nearest double, in dollars.
double to_double_price(Femtodollars price);

/// A factor in whole millionths, so that 1.1 is exact.
using Millionths = std::int64_t;
inline constexpr Millionths kUnity = 1'000'000;
std::optional<Millionths> parse_millionths(std::string_view text);

/// A share of a cost in whole billionths, so that 0.05 is exact.
using Billionths = std::int64_t;
inline constexpr Billionths kWhole = 1'000'000'000;

/// Appends the amount in dollars as a JSON number without exponent: `0.0000135`, `12.0`. The text
/// is exact; read into a double it is the nearest one.
void append_dollars(std::string& out, PicodollarSum amount);
std::string dollars(PicodollarSum amount);

/// Whole picodollars as a decimal text, and back: how stores keep sums.
std::string to_text(PicodollarSum amount);
std::optional<PicodollarSum> parse_picodollars(std::string_view text);

/// Appends the amount in dollars as Python writes the nearest float: `1.35e-05`, `0.0001`, `12.0`.
/// For headers, whose readers know it so from LiteLLM.
void append_python_dollars(std::string& out, PicodollarSum amount);
/// The same of any number.
void append_python_float(std::string& out, double value);

/// The nearest double, for columns and clients that know money as a float.
double to_double_dollars(PicodollarSum amount);
/// Of a float column: rounded to the nearest picodollar; nothing if not finite or too large.
std::optional<Picodollars> from_double_dollars(double amount);

/// a + b, held at the ends of the range instead of overflowing.
inline Picodollars add_saturated(Picodollars a, Picodollars b) {
    Picodollars sum = 0;
    if (!__builtin_add_overflow(a, b, &sum)) return sum;
    return a < 0 ? std::numeric_limits<Picodollars>::min()
                 : std::numeric_limits<Picodollars>::max();
}

}  // namespace tollweir
