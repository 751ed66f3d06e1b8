#pragma once

#include <bitset>
#include <optional>
#include <string_view>

#include "tollweir/core/clock.hpp"

namespace tollweir {

/// When something happens, as a cron line says it.
struct CronSchedule {
    std::bitset<60> minutes;
    std::bitset<24> hours;
    std::bitset<32> days;     // of the month, from 1
    std::bitset<13> months;   // from 1
    std::bitset<7> weekdays;  // Sunday is 0
    // Of a line that names days of the month and weekdays both, a day need be only one of them.
    bool either_day = false;
};

/// Five fields: minute, hour, day of the month, month, weekday. Each `*` or a list of numbers and
/// ranges, with a step behind a slash: `0,30`, `8-18/2`, `*/5`. Months and weekdays also by the
/// first three letters of their English names; Sunday is 0 and 7. Nothing: another text, or a line
/// that no day ever fits (`0 0 31 2 *`).
std::optional<CronSchedule> parse_cron(std::string_view line);

/// The first whole minute after `now` that fits, in UTC.
WallTime next_time(const CronSchedule& schedule, WallTime now);

}  // namespace tollweir
