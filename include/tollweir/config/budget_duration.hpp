#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tollweir {

/// A reset period or a lifetime such as `30d`, `1mo`, `12 hours`: the text as written, and its
/// parse. When the next reset falls is the calendar's business (spec/management-api.md, 4.2).
struct BudgetDuration {
    enum class Unit : std::uint8_t { second, minute, hour, day, week, month };

    std::string text;
    std::int64_t count = 0;  // above 0
    Unit unit = Unit::day;

    friend bool operator==(const BudgetDuration&, const BudgetDuration&) = default;
};

/// `s m h d w mo` behind a whole number, or the words sec, min, hr, hour, day, week, month and
/// their plurals. Nothing: another text, a bare number, a count of 0 or beyond a million.
std::optional<BudgetDuration> parse_budget_duration(std::string_view text);

}  // namespace tollweir
