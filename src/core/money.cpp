#include "tollweir/core/money.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "tollweir/core/text_pen.hpp"

namespace tollweir {
namespace {

constexpr int kPicodollarDigits = 12;
constexpr int kFemtodollarDigits = 15;
constexpr int kMillionthDigits = 6;
// An exponent beyond this says nothing that 64 bits could hold.
constexpr int kMaxExponent = 400;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// The parts of a JSON number.
struct Decimal {
    bool is_negative = false;
    std::string digits;  // without point
    int scale = 0;       // how many of them stand behind the point; may be negative
};

std::optional<Decimal> parse_decimal(std::string_view text) {
    Decimal number;
    if (text.starts_with('-')) {
        number.is_negative = true;
        text.remove_prefix(1);
    }
    const auto take_digits = [&] {
        std::size_t count = 0;
        while (count < text.size() && is_digit(text[count])) ++count;
        number.digits += text.substr(0, count);
        text.remove_prefix(count);
        return static_cast<int>(std::min<std::size_t>(count, 1'000'000));
    };
    if (take_digits() == 0) return std::nullopt;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        number.scale = take_digits();
        if (number.scale == 0) return std::nullopt;
    }
    if (text.starts_with('e') || text.starts_with('E')) {
        text.remove_prefix(1);
        if (text.starts_with('+')) {
            text.remove_prefix(1);
            if (text.starts_with('-')) return std::nullopt;
        }
        int exponent = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
        if (error != std::errc{} || end == text.data()) return std::nullopt;
        if (exponent > kMaxExponent || exponent < -kMaxExponent) {
            if (number.digits.find_first_not_of('0') == std::string::npos || exponent < 0)
                return Decimal{false, "0", 0};
            return std::nullopt;
        }
        number.scale -= exponent;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    }
    if (!text.empty()) return std::nullopt;
    return number;
}

std::optional<PicodollarSum> to_whole(std::string_view digits, PicodollarSum most) {
    PicodollarSum value = 0;
    for (const char c : digits) {
        value = value * 10 + (c - '0');
        if (value > most) return std::nullopt;
    }
    return value;
}

constexpr PicodollarSum kMostOne = std::numeric_limits<Picodollars>::max();

/// A decimal number in units of its `behind_point`th digit behind the point, rounded.
std::optional<std::int64_t> parse_scaled(std::string_view text, int behind_point) {
    auto number = parse_decimal(text);
    if (!number) return std::nullopt;
    auto& digits = number->digits;
    const int excess = number->scale - behind_point;
    bool rounds_up = false;
    if (excess <= 0) {
        digits.append(static_cast<std::size_t>(-excess), '0');
    } else if (static_cast<std::size_t>(excess) > digits.size()) {
        digits = "0";
    } else {
        const auto kept = digits.size() - static_cast<std::size_t>(excess);
        rounds_up = digits[kept] >= '5';
        digits.resize(kept);
    }
    const auto whole = to_whole(digits, kMostOne - 1);
    if (!whole) return std::nullopt;
    const auto amount = static_cast<std::int64_t>(*whole) + (rounds_up ? 1 : 0);
    return number->is_negative ? -amount : amount;
}

/// As Python's repr writes d.ddd * 10^exponent: with an exponent below 1e-4 and from 1e16 on. The
/// digits end with no zero, but for zero itself.
void append_python_digits(std::string& out, std::string_view digits, int exponent) {
    constexpr int kLowest = -4;
    constexpr int kHighest = 15;
    if (exponent < kLowest || exponent > kHighest) {
        out += digits.front();
        if (digits.size() > 1) out.append(".").append(digits.substr(1));
        out += exponent < 0 ? "e-" : "e+";
        const int magnitude = std::abs(exponent);
        if (magnitude < 10) out += '0';
        char text[8];
        out.append(text, std::to_chars(text, text + sizeof text, magnitude).ptr);
        return;
    }
    constexpr std::string_view kZeros = "0000000000000000";
    append_with_pen(out, digits.size() + kZeros.size() + 2, [&](TextPen& pen) {
        if (exponent < 0) {
            pen.text("0.").text(kZeros.substr(0, static_cast<std::size_t>(-exponent - 1)));
            pen.text(digits);
            return;
        }
        const auto whole = static_cast<std::size_t>(exponent) + 1;
        pen.text(digits.substr(0, whole));
        if (whole > digits.size()) pen.text(kZeros.substr(0, whole - digits.size()));
        pen.letter('.').text(whole < digits.size() ? digits.substr(whole) : "0");
    });
}

}  // namespace

std::optional<Picodollars> parse_dollars(std::string_view text) {
    return parse_scaled(text, kPicodollarDigits);
}

std::optional<Femtodollars> parse_femtodollars(std::string_view text) {
    return parse_scaled(text, kFemtodollarDigits);
}

std::optional<Millionths> parse_millionths(std::string_view text) {
    return parse_scaled(text, kMillionthDigits);
}

double to_double_price(Femtodollars price) {
    // Read as a decimal text, which is rounded once; a product would be rounded twice.
    char text[32];
    auto* end = std::to_chars(text, text + 24, price).ptr;
    for (const char c : std::string_view("e-15")) *end++ = c;
    double value = 0;
    std::from_chars(text, end, value);
    return value;
}

void append_dollars(std::string& out, PicodollarSum amount) {
    if (amount < 0) {
        out += '-';
        amount = -amount;
    }
    const auto whole = amount / kPicodollarsPerDollar;
    const auto rest = static_cast<Picodollars>(amount - whole * kPicodollarsPerDollar);
    out += to_text(whole);
    // With a one before it, so that zeros behind the point are written.
    char digits[kPicodollarDigits + 2];
    std::to_chars(digits, digits + sizeof digits, rest + kPicodollarsPerDollar);
    std::string_view fraction(digits + 1, kPicodollarDigits);
    while (fraction.size() > 1 && fraction.ends_with('0')) fraction.remove_suffix(1);
    out.append(".").append(fraction);
}

std::string dollars(PicodollarSum amount) {
    std::string out;
    append_dollars(out, amount);
    return out;
}

std::string to_text(PicodollarSum amount) {
    if (amount >= std::numeric_limits<Picodollars>::min() &&
        amount <= std::numeric_limits<Picodollars>::max())
        return std::to_string(static_cast<Picodollars>(amount));
    const bool is_negative = amount < 0;
    // Digit by digit from the negative side, which holds one value more.
    std::string digits;
    PicodollarSum rest = is_negative ? amount : -amount;
    do {
        digits += static_cast<char>('0' - static_cast<int>(rest % 10));
        rest /= 10;
    } while (rest != 0);
    if (is_negative) digits += '-';
    std::ranges::reverse(digits);
    return digits;
}

std::optional<PicodollarSum> parse_picodollars(std::string_view text) {
    Picodollars small = 0;
    const auto* end = text.data() + text.size();
    if (const auto read = std::from_chars(text.data(), end, small);
        read.ec == std::errc() && read.ptr == end)
        return small;
    const bool is_negative = text.starts_with('-');
    if (is_negative) text.remove_prefix(1);
    // A numeric column may show whole numbers with a fraction of zeros.
    const auto point = text.find('.');
    if (point != std::string_view::npos) {
        if (text.find_first_not_of('0', point + 1) != std::string_view::npos) return std::nullopt;
        text = text.substr(0, point);
    }
    constexpr std::size_t kMostDigits = 37;
    if (text.empty() || text.size() > kMostDigits || !std::ranges::all_of(text, is_digit))
        return std::nullopt;
    PicodollarSum value = 0;
    for (const char c : text) value = value * 10 + (c - '0');
    return is_negative ? -value : value;
}

double to_double_dollars(PicodollarSum amount) {
    // Both are exact up to 2^53 picodollars, and so is rounded once.
    constexpr PicodollarSum kExact = PicodollarSum{1} << 53;
    if (amount <= kExact && amount >= -kExact)
        return static_cast<double>(amount) / static_cast<double>(kPicodollarsPerDollar);
    // Through the decimal text: dividing would round twice.
    const auto text = dollars(amount);
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

void append_python_float(std::string& out, double value) {
    // The shortest digits that mean the number.
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific);
    std::string_view number(text, static_cast<std::size_t>(end.ptr - text));
    if (number.starts_with('-')) {
        out += '-';
        number.remove_prefix(1);
    }
    const auto mark = number.find('e');
    if (mark == number.npos) {  // inf, nan
        out += number;
        return;
    }
    int exponent = 0;
    const auto* sign = number.data() + mark + 1;
    std::from_chars(sign + (*sign == '+' ? 1 : 0), end.ptr, exponent);
    char digits[24];
    std::size_t count = 0;
    for (const char c : number.substr(0, mark))
        if (c != '.') digits[count++] = c;
    append_python_digits(out, {digits, count}, exponent);
}

void append_python_dollars(std::string& out, PicodollarSum amount) {
    // Fifteen decimal digits are the shortest that mean their double: no float is needed.
    constexpr std::size_t kExactDigits = 15;
    char digits[24];
    if (amount > 0 && amount <= std::numeric_limits<Picodollars>::max()) {
        const auto* end =
            std::to_chars(digits, digits + sizeof digits, static_cast<Picodollars>(amount)).ptr;
        const auto length = static_cast<std::size_t>(end - digits);
        std::string_view significant(digits, length);
        while (significant.ends_with('0')) significant.remove_suffix(1);
        if (significant.size() <= kExactDigits)
            return append_python_digits(out, significant,
                                        static_cast<int>(length) - 1 - kPicodollarDigits);
    }
    append_python_float(out, to_double_dollars(amount));
}

std::optional<Picodollars> from_double_dollars(double amount) {
    if (!std::isfinite(amount)) return std::nullopt;
    // The shortest text that means this double is what its writer meant.
    char text[64];
    const auto end = std::to_chars(text, text + sizeof text, amount).ptr;
    return parse_dollars({text, static_cast<std::size_t>(end - text)});
}

}  // namespace tollweir
