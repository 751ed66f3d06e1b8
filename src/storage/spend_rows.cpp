#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <vector>

#include "storage/shown_columns.hpp"
#include "storage/spend_viewer.hpp"

namespace tollweir {
namespace {

using enum ShownAs;

// Without messages, response and proxy_server_request, which may be large: show_spend_texts.
constexpr std::array<ShownColumn, 28> kColumns{{
    {"request_id"},
    {"call_type"},
    {"api_key"},
    {"spend", money},
    {"total_tokens", count},
    {"prompt_tokens", count},
    {"completion_tokens", count},
    {"startTime", ShownAs::time},
    {"endTime", ShownAs::time},
    {"completionStartTime", ShownAs::time},
    {"request_duration_ms", count},
    {"model"},
    {"model_id"},
    {"model_group"},
    {"custom_llm_provider"},
    {"api_base"},
    {"user"},
    {"team_id"},
    {"organization_id"},
    {"end_user"},
    {"agent_id"},
    {"metadata", json},
    {"cache_hit"},
    {"cache_key"},
    {"request_tags", list},
    {"requester_ip_address"},
    {"session_id"},
    {"status"},
}};

constexpr std::size_t kRequestId = 0;
constexpr std::size_t kStart = 7;
static_assert(kColumns[kRequestId].name == "request_id" && kColumns[kStart].name == "startTime");

constexpr std::array<ShownColumn, 3> kTexts{
    {{"messages", json}, {"response", json}, {"proxy_server_request", json}}};

// How many rows a count looks at. An amount that no more rows have is rare.
constexpr std::size_t kMostCounted = 10'000;

// It may not be made yet (migration 0019).
const Statement kAmountsAreIndexed{
    "select 1",
    "select indisvalid from pg_index where indexrelid = to_regclass('tollweir_spend_amount')"};

// Index only what stands in no other index: an id that is the row's own, too, and in SQLite the
// session of a row that is alone in it, cost nothing there. What is said twice lets a store see
// that.
constexpr std::string_view kIsCall =
    "(request_id = ? or (tollweir_call_id = ? and tollweir_call_id <> request_id) or "
    "(tollweir_response_id = ? and tollweir_response_id <> request_id))";
constexpr std::string_view kIsOfSession =
    "((session_id = ? and session_id is not record_id) or (record_id = ? and session_id = "
    "record_id))";

struct Condition {
    std::string text;  // `?` stands for the value
    SqlValue value;
};

/// What must hold of a row, beside the times.
struct Conditions {
    std::vector<Condition> indexed;  // each begins an index of its own, the narrower ones first
    std::vector<Condition> others;

    void add_indexed(std::string_view text, std::string_view value) {
        if (!value.empty()) indexed.push_back({std::string(text), value});
    }
};

Conditions conditions_of(const SpendFilter& filter, SqlDialect dialect) {
    Conditions found;
    found.add_indexed(kIsCall, filter.request_id);
    found.add_indexed(
        dialect == SqlDialect::postgres ? std::string_view("session_id = ?") : kIsOfSession,
        filter.session_id);
    const auto& viewer = filter.viewer;
    if (!viewer.sees_all && viewer.user_id.empty())
        found.indexed.push_back({"api_key = ?", viewer.key_hash});
    else if (!viewer.sees_all)
        found.indexed.push_back({"\"user\" = ?", viewer.user_id});
    found.add_indexed("api_key = ?", filter.key_hash);
    found.add_indexed("end_user = ?", filter.end_user);
    found.add_indexed("\"user\" = ?", filter.user_id);
    found.add_indexed("team_id = ?", filter.team_id);
    found.add_indexed("model = ?", filter.model);
    // As it was called when the call was made: the key may be gone.
    found.add_indexed(dialect == SqlDialect::postgres ? "metadata->>'user_api_key_alias' = ?"
                                                      : "tollweir_key_alias = ?",
                      filter.key_alias);
    if (filter.status == "failure") found.indexed.push_back({"status = 'failure'", {}});
    if (filter.status == "success")
        found.others.push_back({"coalesce(status, '') <> 'failure'", {}});
    const std::string spend(exact_spend(dialect));
    if (filter.least) found.others.push_back({spend + " >= ?", SqlValue::Sum{*filter.least}});
    if (filter.most) found.others.push_back({spend + " <= ?", SqlValue::Sum{*filter.most}});
    return found;
}

void add(WhereClause& where, const Condition& condition) {
    condition.text.contains('?') ? where.add(condition.text, condition.value)
                                 : where.add(condition.text);
}

void add_times(WhereClause& where, const SpendFilter& filter) {
    if (filter.from) where.add("\"startTime\" >= ?", *filter.from);
    if (filter.before) where.add("\"startTime\" < ?", *filter.before);
}

WhereClause rows_of(const SpendFilter& filter, SqlDialect dialect) {
    WhereClause where;
    const auto conditions = conditions_of(filter, dialect);
    for (const auto& condition : conditions.indexed) add(where, condition);
    for (const auto& condition : conditions.others) add(where, condition);
    add_times(where, filter);
    if (filter.after) {
        const auto start = where.param(filter.after->start);
        where.add("(\"startTime\", request_id) < (" + start + ", ?)", filter.after->request_id);
    }
    return where;
}

/// What `spend`, the float beside the exact amount, is at least or at most.
double float_bound(Picodollars exact, double side) {
    const auto amount = to_double_dollars(PicodollarSum{exact} + static_cast<int>(side));
    return amount + side * 1e-12 * std::abs(amount);
}

void add_float_bounds(WhereClause& where, const SpendFilter& filter) {
    if (filter.least) where.add("spend >= ?", float_bound(*filter.least, -1));
    if (filter.most) where.add("spend <= ?", float_bound(*filter.most, 1));
}

/// Whether hardly any row costs so much. By time one would look at all rows for those.
Result<bool> has_rare_amount(Sql& sql, const SpendFilter& filter) {
    if (!filter.least && !filter.most) return false;
    const auto indexed = sql.run(kAmountsAreIndexed);
    if (!indexed) return std::unexpected(indexed.error());
    if (indexed->empty() || !indexed->boolean(0, 0).value_or(false)) return false;
    WhereClause where;
    add_float_bounds(where, filter);
    const auto rows = sql.run(
        Statement("select count(*) from (select 1 from \"LiteLLM_SpendLogs\"" + where.text() +
                  " limit " + std::to_string(kMostCounted + 1) + ") as seen"),
        where.values());
    if (!rows) return std::unexpected(rows.error());
    return rows->integer(0, 0).value_or(0) <= std::int64_t{kMostCounted};
}

/// Those of a rare amount, newest first.
Result<std::vector<std::string>> rare_row_ids(Sql& sql, const SpendFilter& filter) {
    auto where = rows_of(filter, sql.dialect());
    add_float_bounds(where, filter);
    // Sorted here: a store that sorts might rather take all rows in their order.
    const std::string by = sql.is_postgres() ? "" : " indexed by tollweir_spend_amount";
    const auto rows =
        sql.run(Statement("select \"startTime\", request_id from \"LiteLLM_SpendLogs\"" + by +
                          where.text()),
                where.values());
    if (!rows) return std::unexpected(rows.error());
    std::vector<std::pair<std::string_view, std::string_view>> found;
    found.reserve(rows->size());
    for (std::size_t row = 0; row < rows->size(); ++row)
        found.emplace_back(rows->text(row, 0), rows->text(row, 1));
    std::ranges::sort(found, std::greater());
    std::vector<std::string> ids;
    ids.reserve(found.size());
    for (const auto& [start, id] : found) ids.emplace_back(id);
    return ids;
}

/// Narrows to the page's rows.
Result<WhereClause> rare_page(Sql& sql, const SpendFilter& filter, std::size_t offset,
                              std::size_t count, std::vector<std::string>& ids) {
    auto found = rare_row_ids(sql, filter);
    if (!found) return std::unexpected(found.error());
    ids = std::move(*found);
    ids.erase(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(std::min(offset, ids.size())));
    if (ids.size() > count) ids.resize(count);
    WhereClause where;
    where.add(sql.is_postgres() ? "request_id = any(?)"
                                : "request_id in (select value from json_each(?))",
              SqlValue::List{ids});
    return where;
}

}  // namespace

Result<SpendRowPage> page_spend_rows(Sql& sql, const SpendFilter& filter, std::size_t offset,
                                     std::size_t count) {
    const auto rare = has_rare_amount(sql, filter);
    if (!rare) return std::unexpected(rare.error());
    std::vector<std::string> ids;
    auto where = *rare ? rare_page(sql, filter, offset, count, ids)
                       : Result<WhereClause>(rows_of(filter, sql.dialect()));
    if (!where) return std::unexpected(where.error());
    auto text = "select " + select_list(kColumns, sql.dialect()) + " from \"LiteLLM_SpendLogs\"" +
                where->text() + " order by \"startTime\" desc, request_id desc limit " +
                std::to_string(count) + " offset " + std::to_string(*rare ? 0 : offset);
    const auto rows = sql.run(Statement(std::move(text)), where->values());
    if (!rows) return std::unexpected(rows.error());
    SpendRowPage page;
    // Fewer are the last ones.
    if (count > 0 && rows->size() == count)
        if (const auto start = rows->time(count - 1, kStart))
            page.last = SpendPlace{*start, std::string(rows->text(count - 1, kRequestId))};
    page.json = rows_as_json(*rows, kColumns);
    return page;
}

Result<std::string> list_spend_rows(Sql& sql, const SpendFilter& filter, std::size_t offset,
                                    std::size_t count) {
    auto page = page_spend_rows(sql, filter, offset, count);
    if (!page) return std::unexpected(page.error());
    return std::move(page->json);
}

Result<SpendRowCount> count_spend_rows(Sql& sql, const SpendFilter& filter) {
    const auto rare = has_rare_amount(sql, filter);
    if (!rare) return std::unexpected(rare.error());
    if (*rare) {
        const auto ids = rare_row_ids(sql, filter);
        if (!ids) return std::unexpected(ids.error());
        return SpendRowCount{static_cast<std::int64_t>(ids->size()), true};
    }
    const auto conditions = conditions_of(filter, sql.dialect());
    WhereClause where;
    const bool by_index = !conditions.indexed.empty();
    if (by_index) add(where, conditions.indexed.front());
    add_times(where, filter);
    // Of the rows that one index gives, newest first, those for which the rest holds.
    std::string checks;
    const auto check = [&](const Condition& condition) {
        auto text = condition.text;
        for (auto at = text.find('?'); at != text.npos; at = text.find('?', at))
            text.replace(at, 1, where.param(condition.value));
        checks.append(checks.empty() ? "" : " and ").append(text);
    };
    for (const auto& condition : std::span(conditions.indexed).subspan(by_index ? 1 : 0))
        check(condition);
    for (const auto& condition : conditions.others) check(condition);
    auto text = "select count(*), count(case when fits then 1 end) from (select " +
                (checks.empty() ? "1 = 1" : checks) + " as fits from \"LiteLLM_SpendLogs\"" +
                where.text() + " order by \"startTime\" desc limit " +
                std::to_string(kMostCounted) + ") as seen";
    const auto rows = sql.run(Statement(std::move(text)), where.values());
    if (!rows) return std::unexpected(rows.error());
    return SpendRowCount{rows->integer(0, 1).value_or(0),
                         rows->integer(0, 0).value_or(0) < std::int64_t{kMostCounted}};
}

Result<std::string> show_spend_texts(Sql& sql, const SpendViewer& viewer,
                                     const std::string& request_id) {
    SpendFilter filter;
    filter.viewer = viewer;
    filter.request_id = request_id;
    const auto where = rows_of(filter, sql.dialect());
    auto text = "select " + select_list(kTexts, sql.dialect()) + " from \"LiteLLM_SpendLogs\"" +
                where.text() + " order by \"startTime\" desc limit 1";
    const auto rows = sql.run(Statement(std::move(text)), where.values());
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty())
        return fail(ErrorKind::not_found, "No spend row with request_id = " + request_id);
    const auto list = rows_as_json(*rows, kTexts);
    return list.substr(1, list.size() - 2);
}

}  // namespace tollweir
