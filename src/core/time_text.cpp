#include "tollweir/core/time_text.hpp"

#include <array>
#include <cstdint>

namespace tollweir {
namespace {

using std::chrono::microseconds;

/// The last `width` digits of a number that is not negative, zeros before it.
void write_padded(char* at, std::uint64_t value, std::size_t width) {
    for (std::size_t place = width; place-- > 0; value /= 10)
        at[place] = static_cast<char>('0' + value % 10);
}

/// Takes pieces off the front of a text.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool at_end() const { return rest_.empty(); }
    bool next_is_digit() const { return !rest_.empty() && is_digit(rest_.front()); }
    bool take(char wanted) {
        if (rest_.empty() || rest_.front() != wanted) return false;
        rest_.remove_prefix(1);
        return true;
    }
    /// Exactly `width` digits; -1 if they are not there.
    int digits(std::size_t width) {
        if (rest_.size() < width) return -1;
        int value = 0;
        for (const char c : rest_.substr(0, width)) {
            if (!is_digit(c)) return -1;
            value = value * 10 + (c - '0');
        }
        rest_.remove_prefix(width);
        return value;
    }
    /// What stands behind the point; digits finer than a microsecond count as none.
    std::optional<microseconds> fraction() {
        if (!next_is_digit()) return std::nullopt;
        std::int64_t value = 0;
        int width = 0;
        for (; next_is_digit(); rest_.remove_prefix(1))
            if (width++ < 6) value = value * 10 + (rest_.front() - '0');
        for (; width < 6; ++width) value *= 10;
        return microseconds(value);
    }

private:
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }
    std::string_view rest_;
};

bool in_range(int value, int least, int most) {
    return value >= least && value <= most;
}

/// `03:07`, `03:07:45`, `03:07:45.12`.
std::optional<microseconds> read_time_of_day(Reader& reader) {
    const int hours = reader.digits(2);
    if (!in_range(hours, 0, 23) || !reader.take(':')) return std::nullopt;
    const int minutes = reader.digits(2);
    if (!in_range(minutes, 0, 59)) return std::nullopt;
    microseconds time = std::chrono::hours(hours) + std::chrono::minutes(minutes);
    if (!reader.take(':')) return time;
    const int seconds = reader.digits(2);
    if (!in_range(seconds, 0, 60)) return std::nullopt;  // 60: a leap second
    time += std::chrono::seconds(seconds);
    if (!reader.take('.')) return time;
    const auto fraction = reader.fraction();
    if (!fraction) return std::nullopt;
    return time + *fraction;
}

std::optional<std::chrono::minutes> read_zone(Reader& reader) {
    if (reader.at_end() || reader.take('Z') || reader.take('z')) return std::chrono::minutes(0);
    const bool behind = reader.take('-');
    if (!behind && !reader.take('+')) return std::nullopt;
    const int hours = reader.digits(2);
    if (!in_range(hours, 0, 23)) return std::nullopt;
    const bool colon = reader.take(':');
    const int minutes = colon || reader.next_is_digit() ? reader.digits(2) : 0;
    if (!in_range(minutes, 0, 59)) return std::nullopt;
    const auto offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
    return behind ? -offset : offset;
}

}  // namespace

std::string rfc3339(WallTime time) {
    const auto since = std::chrono::floor<microseconds>(time);
    const auto day = std::chrono::floor<std::chrono::days>(since);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(since - day);
    // WallTime's years are those from 1677 to 2262.
    std::string out = "yyyy-mm-ddThh:mm:ss.ffffff+00:00";
    const auto put = [&out](std::size_t at, std::int64_t value, std::size_t width) {
        write_padded(out.data() + at, static_cast<std::uint64_t>(value), width);
    };
    put(0, static_cast<int>(date.year()), 4);
    put(5, static_cast<unsigned>(date.month()), 2);
    put(8, static_cast<unsigned>(date.day()), 2);
    put(11, clock.hours().count(), 2);
    put(14, clock.minutes().count(), 2);
    put(17, clock.seconds().count(), 2);
    put(20, clock.subseconds().count(), 6);
    return out;
}

std::optional<WallTime> parse_rfc3339(std::string_view text) {
    Reader reader(text);
    const int year = reader.digits(4);
    if (year < 1 || !reader.take('-')) return std::nullopt;
    const int month = reader.digits(2);
    if (!in_range(month, 1, 12) || !reader.take('-')) return std::nullopt;
    const int day = reader.digits(2);
    if (!in_range(day, 1, 31)) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return std::nullopt;
    microseconds time_of_day{0};
    std::chrono::minutes zone{0};
    if (!reader.at_end()) {
        if (!reader.take('T') && !reader.take('t') && !reader.take(' ')) return std::nullopt;
        const auto time = read_time_of_day(reader);
        if (!time) return std::nullopt;
        const auto offset = read_zone(reader);
        if (!offset || !reader.at_end()) return std::nullopt;
        time_of_day = *time;
        zone = *offset;
    }
    const auto since = std::chrono::sys_days(date).time_since_epoch() + time_of_day - zone;
    // The clock's own unit is finer than a microsecond and ends in the year 2262.
    if (since > std::chrono::floor<microseconds>(WallTime::max().time_since_epoch()))
        return WallTime::max();
    if (since < std::chrono::ceil<microseconds>(WallTime::min().time_since_epoch()))
        return WallTime::min();
    return WallTime(std::chrono::duration_cast<WallTime::duration>(since));
}

}  // namespace tollweir
