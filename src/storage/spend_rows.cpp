#include <array>
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

// How many rows a count looks at.
constexpr std::size_t kMostCounted = 10'000;

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

}  // namespace

Result<SpendRowPage> page_spend_rows(Sql& sql, const SpendFilter& filter, std::size_t offset,
                                     std::size_t count) {
    auto where = rows_of(filter, sql.dialect());
    auto text = "select " + select_list(kColumns, sql.dialect()) + " from \"LiteLLM_SpendLogs\"" +
                where.text() + " order by \"startTime\" desc, request_id desc limit " +
                std::to_string(count) + " offset " + std::to_string(offset);
    const auto rows = sql.run(Statement(std::move(text)), where.values());
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
