#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/auth/identity.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/storage/spend_activity.hpp"
#include "tollweir/storage/spend_reports.hpp"

namespace tollweir {

using Day = std::chrono::sys_days;

/// `reads_global`: a route that `permissions.get_spend_routes` of a key opens.
SpendViewer viewer_of(const Identity& caller, bool reads_global);

/// A key as given, or its hash.
std::string hash_of_key(std::string key_or_hash);

std::string day_text(Day day);

/// What GET /spend/logs asks for.
struct SpendLogsQuery {
    SpendFilter filter;
    SpendDays days;     // the same, for sums
    bool sums = false;  // by day, instead of rows
    Day last_day;       // up to which days without spend are shown
};
Result<SpendLogsQuery> read_spend_logs_query(std::string_view query, SpendViewer viewer, Day today);

/// What GET /spend/logs/ui asks for.
struct SpendPageQuery {
    SpendFilter filter;
    std::size_t page = 1;
    std::size_t page_size = 50;
};
Result<SpendPageQuery> read_spend_page_query(std::string_view query, SpendViewer viewer);

/// A place in a list of rows as a client hands it back: it goes on there in the same time however
/// long the list is.
std::string cursor_text(const SpendPlace& place);
std::optional<SpendPlace> parse_cursor(std::string_view text);

/// What GET /spend/logs/session/ui asks for.
Result<SpendPageQuery> read_spend_session_query(std::string_view query, SpendViewer viewer);

/// `a,b` without blanks around the names, each once.
std::vector<std::string> split_names(std::string_view text);

/// `start_date` and `end_date`, which must be there. `missing`: what is said if not.
Result<SpendDays> read_named_days(std::string_view query, SpendViewer viewer,
                                  std::string_view missing);

/// What /user/daily/activity and its like ask for; `owners`: the parameter that names them.
struct DailyActivityQuery {
    ActivityFilter filter;
    std::size_t page = 1;
    std::size_t page_size = 50;  // days
};
Result<DailyActivityQuery> read_daily_activity_query(std::string_view query, SpendViewer viewer,
                                                     SpendOwner of);

/// `start_date` and `end_date`, or the last 30 days up to `today`.
Result<SpendDays> read_spend_days(std::string_view query, SpendViewer viewer, Day today);

}  // namespace tollweir
