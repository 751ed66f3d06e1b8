#include "tollweir/core/calendar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <string>

namespace tollweir {
namespace {

using namespace std::chrono;
using Unit = BudgetDuration::Unit;

struct UnitName {
    std::string_view text;
    Unit unit;
};

constexpr std::array<UnitName, 24> kUnitNames{{
    {"s", Unit::second},       {"m", Unit::minute},       {"h", Unit::hour},
    {"d", Unit::day},          {"w", Unit::week},         {"mo", Unit::month},
    {"sec", Unit::second},     {"secs", Unit::second},    {"second", Unit::second},
    {"seconds", Unit::second}, {"min", Unit::minute},     {"mins", Unit::minute},
    {"minute", Unit::minute},  {"minutes", Unit::minute}, {"hr", Unit::hour},
    {"hrs", Unit::hour},       {"hour", Unit::hour},      {"hours", Unit::hour},
    {"day", Unit::day},        {"days", Unit::day},       {"week", Unit::week},
    {"weeks", Unit::week},     {"month", Unit::month},    {"months", Unit::month},
}};

/// Average length; exact but for months.
constexpr seconds length_of(Unit unit) {
    constexpr std::array<seconds, 6> kLengths{seconds(1), minutes(1), hours(1),
                                              days(1),    weeks(1),   months(1)};
    return kLengths[static_cast<std::size_t>(unit)];
}

// So that a time from now on fits 64 bits of nanoseconds.
constexpr seconds kLongest = years(200);

/// Months from the first of `of`'s month on.
local_seconds month_start(local_days of, std::int64_t on) {
    const year_month_day date(of);
    return local_days(date.year() / date.month() / 1 + months(on));
}

/// The end of the minute, hour or day that holds one period, or the multiple of the period in it.
/// A minute and an hour are counted on the clock as it runs now, so that the hour that is shown
/// twice when summer time ends is two; a day is counted on the wall.
WallTime next_multiple(seconds period, WallTime now, const TimeZone& zone) {
    const auto local = zone.to_local(now);
    const auto whole = floor<seconds>(now);
    const seconds holder = period <= minutes(1) ? seconds(minutes(1))
                           : period <= hours(1) ? seconds(hours(1))
                                                : seconds(days(1));
    const auto begin = local - local.time_since_epoch() % holder;
    auto next = begin + ((local - begin) / period + 1) * period;
    if (holder == days(1)) {
        // Where the wall was set back, the first showing of `next` may be over: on to the one
        // after.
        for (; next < begin + holder; next += period) {
            if (const auto instant = zone.first_instant(next); instant > now) return instant;
        }
        return zone.first_instant(begin + holder);
    }
    return whole + (std::min(next, begin + holder) - local);
}

}  // namespace

std::optional<BudgetDuration> parse_budget_duration(std::string_view text) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || count <= 0) return std::nullopt;
    const auto unit = text.substr(static_cast<std::size_t>(end - text.data()));
    const auto* name = std::ranges::find(kUnitNames, unit, &UnitName::text);
    if (name == kUnitNames.end() || count > kLongest / length_of(name->unit)) return std::nullopt;
    return BudgetDuration{std::string(text), count, name->unit};
}

bool means_no_reset(std::string_view text) {
    return text.empty() || text == "none" || text == "null";
}

WallTime next_reset(const BudgetDuration& period, WallTime now, const TimeZone& zone) {
    if (period.unit <= Unit::hour)
        return next_multiple(period.count * length_of(period.unit), now, zone);
    const auto today = floor<days>(zone.to_local(now));
    const auto day_count = period.unit == Unit::week ? 7 * period.count : period.count;
    local_seconds next;
    if (period.unit == Unit::month || day_count == 30) {
        next = month_start(today, period.unit == Unit::month ? period.count : 1);
    } else if (day_count == 7) {
        // From a Monday it is seven days to the next one.
        next = today + weeks(1) - (weekday(today) - Monday);
    } else {
        next = today + days(day_count);
    }
    return zone.first_instant(next);
}

WallTime add_exactly(WallTime from, const BudgetDuration& span) {
    if (span.unit != Unit::month) return from + span.count * length_of(span.unit);
    const auto day_start = floor<days>(from);
    auto date = year_month_day(day_start) + months(span.count);
    if (!date.ok()) date = date.year() / date.month() / last;
    return sys_days(date) + (from - day_start);
}

}  // namespace tollweir
