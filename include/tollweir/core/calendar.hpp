#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tollweir/core/clock.hpp"
#include "tollweir/core/time_zone.hpp"

namespace tollweir {

/// A reset period or a lifetime such as `30d`, `1mo`, `12hours`: the text as written, and what it
/// means.
struct BudgetDuration {
    enum class Unit : std::uint8_t { second, minute, hour, day, week, month };

    std::string text;
    std::int64_t count = 0;  // above 0
    Unit unit = Unit::day;

    friend bool operator==(const BudgetDuration&, const BudgetDuration&) = default;
};

/// `s m h d w mo` behind a whole number, or the words sec, second, min, minute, hr, hour, day,
/// week, month and their plurals. Nothing: another text, a bare number, a count of 0, more than two
/// hundred years. Source: spec/management-api.md, section 4.2.
std::optional<BudgetDuration> parse_budget_duration(std::string_view text);

/// True of the texts that LiteLLM takes for "no reset": empty, `none`, `null`.
bool means_no_reset(std::string_view text);

/// When a budget that has this period is reset next, always after `now`. Of section 4.2: `1d` next
/// midnight of the zone; `7d` and `1w` next Monday; `30d` and `1mo` the first of next month; `Nmo`
/// the first, N months on; other days and weeks from today's midnight; up to a day, the next
/// multiple in the current minute, hour or day, whichever holds the period (10:20: `4h` is 12:00,
/// `15m` is 10:30, `90m` is 10:30), or its end; more hours the next midnight.
WallTime next_reset(const BudgetDuration& period, WallTime now, const TimeZone& zone);

/// `from` and exactly this much more, as lifetimes of keys and rolling windows count. A month ends
/// on the same day of the month, or on the last day of a shorter one, in UTC.
WallTime add_exactly(WallTime from, const BudgetDuration& span);

}  // namespace tollweir
