#include "gateway/admin/spend/spend_query.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "tollweir/core/hash.hpp"
#include "tollweir/core/time_text.hpp"
#include "tollweir/gateway/admin/query_fields.hpp"

namespace tollweir {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

constexpr days kReportedDays{30};
// Answers fill in days without spend.
constexpr days kLongestRange{10 * 366};
constexpr std::size_t kMostPages = 1'000'000;
constexpr std::size_t kMostDaysOfPage = 1'000;

/// Also bounds the range, for both are days of one answer.
void check_order(QueryFields& fields, std::optional<Day> first, std::optional<Day> last) {
    if (!first || !last) return;
    if (*first > *last) fields.refuse("end_date", "Invalid end_date: it is before start_date");
    if (*last - *first > kLongestRange)
        fields.refuse("end_date", "Invalid end_date: ten years after start_date at most");
}

void read_page(QueryFields& fields, SpendPageQuery& asked) {
    asked.page = fields.count("page", 1, kMostPages, 1);
    asked.page_size = fields.count("page_size", 1, 100, 50);
    const auto cursor = fields.text("cursor");
    if (cursor.empty()) return;
    asked.filter.after = parse_cursor(cursor);
    if (!asked.filter.after)
        fields.refuse("cursor", "Invalid cursor: the next_cursor of a page is expected");
    if (asked.page != 1) fields.refuse("page", "Invalid page: a cursor says where the page begins");
}

std::string_view owners_field(SpendOwner of) {
    switch (of) {
        case SpendOwner::user:
            return "user_id";
        case SpendOwner::team:
            return "team_ids";
        case SpendOwner::organization:
            return "organization_ids";
        case SpendOwner::end_user:
            return "end_user_ids";
        case SpendOwner::tag:
            return "tags";
    }
    return "user_id";
}

}  // namespace

SpendViewer viewer_of(const Identity& caller, bool reads_global) {
    SpendViewer viewer;
    viewer.sees_all = caller.is_admin() || caller.role() == UserRole::proxy_admin_viewer ||
                      (reads_global && caller.key && caller.key->may_read_global_spend);
    viewer.user_id = caller.user_id();
    if (caller.key) viewer.key_hash = caller.key->hash;
    return viewer;
}

std::string hash_of_key(std::string key_or_hash) {
    return key_or_hash.starts_with("sk-") ? sha256_hex(key_or_hash) : std::move(key_or_hash);
}

std::string day_text(Day day) {
    return rfc3339(day).substr(0, 10);
}

Result<SpendLogsQuery> read_spend_logs_query(std::string_view query, SpendViewer viewer,
                                             Day today) {
    QueryFields fields(query);
    SpendLogsQuery asked;
    auto& filter = asked.filter;
    filter.viewer = std::move(viewer);
    filter.key_hash = hash_of_key(fields.text("api_key"));
    filter.user_id = fields.text("user_id");
    filter.request_id = fields.text("request_id");
    const auto first = fields.day("start_date");
    const auto last = fields.day("end_date");
    asked.last_day = last.value_or(first ? std::max(today, *first) : today);
    check_order(fields, first, asked.last_day);
    if (first) filter.from = *first;
    if (last) filter.before = *last + days(1);
    const bool summarize = fields.flag("summarize", true);
    asked.sums = (first || last) && summarize && filter.request_id.empty();
    asked.days.viewer = filter.viewer;
    asked.days.key_hash = filter.key_hash;
    asked.days.user_id = filter.user_id;
    if (first) asked.days.first = day_text(*first);
    if (last) asked.days.last = day_text(*last);
    if (auto checked = fields.checked(); !checked) return std::unexpected(checked.error());
    return asked;
}

Result<SpendPageQuery> read_spend_page_query(std::string_view query, SpendViewer viewer) {
    QueryFields fields(query);
    SpendPageQuery asked;
    auto& filter = asked.filter;
    filter.viewer = std::move(viewer);
    filter.from = fields.time("start_date");
    const auto end = fields.time("end_date");
    if (!filter.from || !end)
        fields.refuse(filter.from ? "end_date" : "start_date",
                      "Start date and end date are required");
    // The second or, of a date alone, the day belongs to it.
    if (end) filter.before = *end + (fields.text("end_date").size() == 10 ? 24h : 1s);
    filter.key_hash = hash_of_key(fields.text("api_key"));
    filter.user_id = fields.text("user_id");
    filter.request_id = fields.text("request_id");
    filter.team_id = fields.text("team_id");
    filter.model = fields.text("model");
    filter.key_alias = fields.text("key_alias");
    filter.end_user = fields.text("end_user");
    filter.least = fields.dollars("min_spend");
    filter.most = fields.dollars("max_spend");
    filter.status = fields.text("status_filter");
    if (!filter.status.empty() && filter.status != "success" && filter.status != "failure")
        fields.refuse("status_filter", "Invalid status_filter: success or failure is expected");
    read_page(fields, asked);
    if (auto checked = fields.checked(); !checked) return std::unexpected(checked.error());
    return asked;
}

Result<SpendDays> read_spend_days(std::string_view query, SpendViewer viewer, Day today) {
    QueryFields fields(query);
    SpendDays asked;
    asked.viewer = std::move(viewer);
    asked.key_hash = hash_of_key(fields.text("api_key"));
    const auto last = fields.day("end_date").value_or(today);
    const auto first = fields.day("start_date").value_or(last - kReportedDays);
    check_order(fields, first, last);
    asked.first = day_text(first);
    asked.last = day_text(last);
    if (auto checked = fields.checked(); !checked) return std::unexpected(checked.error());
    return asked;
}

std::string cursor_text(const SpendPlace& place) {
    const auto start = floor<microseconds>(place.start).time_since_epoch().count();
    return std::to_string(start) + "_" + place.request_id;
}

std::optional<SpendPlace> parse_cursor(std::string_view text) {
    std::int64_t start = 0;
    const auto* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, start);
    // Beyond, WallTime could not hold it.
    constexpr std::int64_t kMost = 9'000'000'000'000'000;  // in the year 2255
    if (error != std::errc() || at == end || *at != '_' || start < 0 || start > kMost)
        return std::nullopt;
    return SpendPlace{WallTime(microseconds(start)), std::string(at + 1, end)};
}

Result<SpendPageQuery> read_spend_session_query(std::string_view query, SpendViewer viewer) {
    QueryFields fields(query);
    SpendPageQuery asked;
    asked.filter.viewer = std::move(viewer);
    asked.filter.session_id = fields.text("session_id");
    if (asked.filter.session_id.empty()) fields.refuse("session_id", "session_id is required");
    read_page(fields, asked);
    if (auto checked = fields.checked(); !checked) return std::unexpected(checked.error());
    return asked;
}

std::vector<std::string> split_names(std::string_view text) {
    std::set<std::string> names;
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find(',', at), text.size());
        auto name = text.substr(at, end - at);
        while (name.starts_with(' ')) name.remove_prefix(1);
        while (name.ends_with(' ')) name.remove_suffix(1);
        if (!name.empty()) names.emplace(name);
        at = end + 1;
    }
    return {names.begin(), names.end()};
}

Result<SpendDays> read_named_days(std::string_view query, SpendViewer viewer,
                                  std::string_view missing) {
    QueryFields fields(query);
    SpendDays asked;
    asked.viewer = std::move(viewer);
    asked.key_hash = hash_of_key(fields.text("api_key"));
    const auto first = fields.day("start_date");
    const auto last = fields.day("end_date");
    if (!first || !last) fields.refuse(first ? "end_date" : "start_date", std::string(missing));
    check_order(fields, first, last);
    if (auto checked = fields.checked(); !checked) return std::unexpected(checked.error());
    asked.first = day_text(*first);
    asked.last = day_text(*last);
    return asked;
}

Result<DailyActivityQuery> read_daily_activity_query(std::string_view query, SpendViewer viewer,
                                                     SpendOwner of) {
    auto named =
        read_named_days(query, std::move(viewer), "Please provide start_date and end_date");
    if (!named) return std::unexpected(named.error());
    QueryFields fields(query);
    DailyActivityQuery asked;
    asked.filter.of = of;
    asked.filter.days = std::move(*named);
    asked.filter.model = fields.text("model");
    const auto owners = fields.text(owners_field(of));
    // A user's id may hold a comma.
    if (of == SpendOwner::user)
        asked.filter.days.user_id = owners;
    else
        asked.filter.owners = split_names(owners);
    asked.page = fields.count("page", 1, kMostPages, 1);
    asked.page_size = fields.count("page_size", 1, kMostDaysOfPage, 50);
    if (auto checked = fields.checked(); !checked) return std::unexpected(checked.error());
    return asked;
}

}  // namespace tollweir
