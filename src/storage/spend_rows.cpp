#include <array>

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

WhereClause rows_of(const SpendFilter& filter, SqlDialect dialect) {
    WhereClause where;
    narrow(where, filter.viewer, "\"user\"");
    where.add_text("api_key = ?", filter.key_hash);
    where.add_text("\"user\" = ?", filter.user_id);
    where.add_text("(request_id = ? or tollweir_call_id = ? or tollweir_response_id = ?)",
                   filter.request_id);
    where.add_text("team_id = ?", filter.team_id);
    where.add_text("model = ?", filter.model);
    where.add_text("end_user = ?", filter.end_user);
    where.add_text("session_id = ?", filter.session_id);
    if (filter.status == "failure") where.add("status = 'failure'");
    if (filter.status == "success") where.add("coalesce(status, '') <> 'failure'");
    // As it was called when the call was made: the key may be gone.
    where.add_text(dialect == SqlDialect::postgres
                       ? "metadata->>'user_api_key_alias' = ?"
                       : "case when json_valid(metadata) then "
                         "json_extract(metadata, '$.user_api_key_alias') end = ?",
                   filter.key_alias);
    if (filter.from) where.add("\"startTime\" >= ?", *filter.from);
    if (filter.before) where.add("\"startTime\" < ?", *filter.before);
    const std::string spend(exact_spend(dialect));
    if (filter.after) {
        const auto start = where.param(filter.after->start);
        where.add("(\"startTime\", request_id) < (" + start + ", ?)", filter.after->request_id);
    }
    if (filter.least) where.add(spend + " >= ?", SqlValue::Sum{*filter.least});
    if (filter.most) where.add(spend + " <= ?", SqlValue::Sum{*filter.most});
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

Result<std::int64_t> count_spend_rows(Sql& sql, const SpendFilter& filter) {
    const auto where = rows_of(filter, sql.dialect());
    const auto rows = sql.run(
        Statement("select count(*) from \"LiteLLM_SpendLogs\"" + where.text()), where.values());
    if (!rows) return std::unexpected(rows.error());
    return rows->integer(0, 0).value_or(0);
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
