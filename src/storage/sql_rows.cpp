#include <charconv>
#include <cmath>

#include "tollweir/core/json_parts.hpp"
#include "tollweir/core/time_text.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {
namespace {

template <class Number>
std::optional<Number> whole_text_as(std::string_view text) {
    Number value{};
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc{} || at != end) return std::nullopt;
    return value;
}

/// Without `.000`, as a sum over a numeric column may carry it.
std::string_view without_zero_fraction(std::string_view text) {
    const auto point = text.find('.');
    if (point == std::string_view::npos ||
        text.find_first_not_of('0', point + 1) != std::string_view::npos)
        return text;
    return text.substr(0, point);
}

}  // namespace

std::optional<std::int64_t> SqlRows::integer(std::size_t row, std::size_t column) const {
    return whole_text_as<std::int64_t>(without_zero_fraction(text(row, column)));
}

std::optional<double> SqlRows::real(std::size_t row, std::size_t column) const {
    const auto value = whole_text_as<double>(text(row, column));
    return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<bool> SqlRows::boolean(std::size_t row, std::size_t column) const {
    const auto value = text(row, column);
    if (value == "t" || value == "1" || value == "true") return true;
    if (value == "f" || value == "0" || value == "false") return false;
    return std::nullopt;
}

std::optional<WallTime> SqlRows::time(std::size_t row, std::size_t column) const {
    return parse_rfc3339(text(row, column));
}

std::optional<PicodollarSum> SqlRows::sum(std::size_t row, std::size_t column) const {
    return parse_picodollars(without_zero_fraction(text(row, column)));
}

std::vector<std::string> SqlRows::list(std::size_t row, std::size_t column) const {
    return json_texts(text(row, column));
}

}  // namespace tollweir
