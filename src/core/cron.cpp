#include "tollweir/core/cron.hpp"

#include <array>
#include <cassert>
#include <charconv>
#include <chrono>
#include <span>

namespace tollweir {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekdays{"sun", "mon", "tue", "wed",
                                                    "thu", "fri", "sat"};

/// What a field may hold; `names` count from `first_name` on.
struct Field {
    unsigned least;
    unsigned most;
    std::span<const std::string_view> names = {};
    unsigned first_name = 0;
};

/// Takes the text up to `mark` off; all of it where there is none.
std::string_view take_until(std::string_view& text, char mark) {
    const auto at = text.find(mark);
    const auto taken = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
    return taken;
}

std::optional<unsigned> read_number(std::string_view text) {
    unsigned value = 0;
    const auto* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc() || at != end) return std::nullopt;
    return value;
}

bool is_name(std::string_view text, std::string_view name) {
    if (text.size() != name.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if ((text[i] | 0x20) != name[i]) return false;
    return true;
}

std::optional<unsigned> read_value(std::string_view text, const Field& field) {
    for (std::size_t i = 0; i < field.names.size(); ++i)
        if (is_name(text, field.names[i])) return static_cast<unsigned>(i) + field.first_name;
    const auto value = read_number(text);
    return value && *value >= field.least && *value <= field.most ? value : std::nullopt;
}

/// One item of a list, into `bits`. `7` of weekdays is 0 again.
template <std::size_t N>
bool read_item(std::string_view item, const Field& field, std::bitset<N>& bits) {
    const bool has_step = item.contains('/');
    auto range = take_until(item, '/');
    const auto step = has_step ? read_number(item) : 1;
    if (!step || *step == 0) return false;
    auto from = field.least;
    auto to = field.most;
    if (range != "*") {
        const bool is_range = range.contains('-');
        const auto first = read_value(take_until(range, '-'), field);
        // `5/10`: from 5 on.
        const auto last = is_range ? read_value(range, field) : has_step ? field.most : first;
        if (!first || !last || *first > *last) return false;
        from = *first;
        to = *last;
    }
    for (auto value = from; value <= to; value += *step) {
        bits.set(value % N);
        if (*step > to) break;
    }
    return true;
}

template <std::size_t N>
bool read_field(std::string_view text, const Field& field, std::bitset<N>& bits) {
    if (text.empty() || text.back() == ',') return false;
    while (!text.empty())
        if (!read_item(take_until(text, ','), field, bits)) return false;
    return true;
}

bool fits_day(const CronSchedule& schedule, sys_days day) {
    const year_month_day date(day);
    if (!schedule.months[static_cast<unsigned>(date.month())]) return false;
    const bool in_month = schedule.days[static_cast<unsigned>(date.day())];
    const bool in_week = schedule.weekdays[weekday(day).c_encoding()];
    return schedule.either_day ? in_month || in_week : in_month && in_week;
}

// A 29th of February that must be a given weekday comes every 28 years, or 40 around 2100.
constexpr days kFarthest{41 * 366};

/// The first minute of the day, from `from` on, that fits.
std::optional<minutes> first_minute(const CronSchedule& schedule, minutes from) {
    for (auto at = from; at < days(1); ++at)
        if (schedule.hours[static_cast<std::size_t>(at / hours(1))] &&
            schedule.minutes[static_cast<std::size_t>((at % hours(1)).count())])
            return at;
    return std::nullopt;
}

std::optional<WallTime> find_time(const CronSchedule& schedule, WallTime now) {
    const auto after = floor<minutes>(now) + minutes(1);
    const auto today = floor<days>(after);
    for (auto day = today; day < today + kFarthest; day += days(1)) {
        if (!fits_day(schedule, day)) continue;
        const auto from = day == today ? after - today : minutes(0);
        if (const auto at = first_minute(schedule, from)) return day + *at;
    }
    return std::nullopt;
}

}  // namespace

std::optional<CronSchedule> parse_cron(std::string_view line) {
    std::array<std::string_view, 5> fields;
    std::size_t count = 0;
    while (!line.empty()) {
        const auto field = take_until(line, ' ');
        if (field.empty()) continue;
        if (count == fields.size()) return std::nullopt;
        fields[count++] = field;
    }
    if (count < fields.size()) return std::nullopt;
    CronSchedule schedule;
    // Weekdays up to 7, which `read_item` folds.
    if (!read_field(fields[0], {0, 59}, schedule.minutes) ||
        !read_field(fields[1], {0, 23}, schedule.hours) ||
        !read_field(fields[2], {1, 31}, schedule.days) ||
        !read_field(fields[3], {1, 12, kMonths, 1}, schedule.months) ||
        !read_field(fields[4], {0, 7, kWeekdays, 0}, schedule.weekdays))
        return std::nullopt;
    schedule.either_day = !fields[2].starts_with('*') && !fields[4].starts_with('*');
    // Any time will do: every schedule that fits a day fits one within `kFarthest`.
    if (!find_time(schedule, WallTime())) return std::nullopt;
    return schedule;
}

WallTime next_time(const CronSchedule& schedule, WallTime now) {
    const auto found = find_time(schedule, now);
    assert(found && "parse_cron lets no such schedule pass");
    return *found;
}

}  // namespace tollweir
