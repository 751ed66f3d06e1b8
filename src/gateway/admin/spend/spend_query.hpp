#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "tollweir/auth/identity.hpp"
#include "tollweir/core/error.hpp"
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

/// `start_date` and `end_date`, or the last 30 days up to `today`.
Result<SpendDays> read_spend_days(std::string_view query, SpendViewer viewer, Day today);

}  // namespace tollweir
