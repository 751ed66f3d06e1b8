#include "storage/spend_logs.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <unordered_set>

#include "storage/made_statement.hpp"
#include "storage/row_batch.hpp"
#include "storage/sql_text.hpp"
#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

struct Column {
    const char* name;
    const char* type;  // Postgres's
    bool null_if_empty = false;
    bool sqlite_only = false;
};

// In the order in which `put_row` puts them.
constexpr Column kColumns[] = {
    {"request_id", "text"},
    {"record_id", "text"},
    {"tollweir_call_id", "text", true},
    {"tollweir_response_id", "text", true},
    {"call_type", "text"},
    {"api_key", "text"},
    {"spend", "double precision"},
    {"tollweir_spend", "numeric"},
    {"total_tokens", "integer"},
    {"prompt_tokens", "integer"},
    {"completion_tokens", "integer"},
    {"\"startTime\"", "timestamp"},
    {"\"endTime\"", "timestamp"},
    {"\"completionStartTime\"", "timestamp", true},
    {"request_duration_ms", "integer"},
    {"model", "text"},
    {"model_id", "text", true},
    {"model_group", "text", true},
    {"custom_llm_provider", "text", true},
    {"api_base", "text", true},
    {"\"user\"", "text", true},
    {"team_id", "text", true},
    {"organization_id", "text", true},
    {"end_user", "text", true},
    {"agent_id", "text", true},
    {"metadata", "jsonb"},
    {"cache_hit", "text"},
    {"cache_key", "text"},
    {"request_tags", "jsonb"},
    {"requester_ip_address", "text", true},
    {"messages", "jsonb"},
    {"response", "jsonb"},
    {"proxy_server_request", "jsonb"},
    {"session_id", "text"},
    {"status", "text"},
    {"mcp_namespaced_tool_name", "text", true},
    {"tollweir_key_alias", "text", true, true},  // PostgreSQL has an index over the metadata
};

/// A list with commas, for one of the stores.
template <class Write>
std::string list_columns(bool for_sqlite, Write write) {
    std::string out;
    int number = 0;
    for (const auto& column : kColumns) {
        if (column.sqlite_only && !for_sqlite) continue;
        if (number++ > 0) out += ", ";
        write(out, column, std::to_string(number));
    }
    return out;
}

MadeStatement make_insert() {
    const auto value = [](std::string& out, const Column& column, const std::string& cell) {
        column.null_if_empty ? out.append("nullif(" + cell + ", '')") : out.append(cell);
    };
    const auto into = [](bool for_sqlite) {
        return "insert into \"LiteLLM_SpendLogs\" (" +
               list_columns(for_sqlite, [](std::string& out, const Column& column,
                                           const auto&) { out += column.name; }) +
               ") ";
    };
    const auto values =
        list_columns(true, [&](auto& out, const Column& column, const auto& number) {
            value(out, column, "$" + number);
        });
    const auto picked =
        list_columns(false, [&](auto& out, const Column& column, const auto& number) {
            value(out, column, "c" + number);
            out.append("::").append(column.type);
        });
    const auto arrays = list_columns(false, [](auto& out, const Column&, const auto& number) {
        out.append("$" + number + "::text[]");
    });
    const auto cells = list_columns(
        false, [](auto& out, const Column&, const auto& number) { out.append("c" + number); });
    return {
        into(true) + "values (" + values + ")",
        into(false) + "select " + picked + " from unnest(" + arrays + ") as given (" + cells + ")"};
}

const Statement kFind{
    "select request_id, record_id from \"LiteLLM_SpendLogs\" where request_id in "
    "(select value from json_each($1)) union all select request_id, record_id from "
    "\"LiteLLM_SpendLogs\" where record_id in (select value from json_each($2))",
    "select request_id, record_id from \"LiteLLM_SpendLogs\" where request_id = any($1) union all "
    "select request_id, record_id from \"LiteLLM_SpendLogs\" where record_id = any($2)"};

// Another process may be building it (migration 0013).
const Statement kIsIndexed{"select 1",
                           "select indisvalid from pg_index where indexrelid = "
                           "to_regclass('tollweir_spend_record_id')"};

std::string_view wanted_request_id(const SpendRow& row) {
    return row.response_id.empty() ? row.call_id : row.response_id;
}

std::string whole(std::uint64_t count) {
    constexpr std::uint64_t kMost = std::numeric_limits<std::int32_t>::max();
    return std::to_string(std::min(count, kMost));
}

std::string json_list(const std::vector<std::string_view>& texts) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (const auto text : texts) json.string(text);
    json.end_array();
    return out;
}

std::string_view object_or(std::string_view json) {
    return json.empty() ? std::string_view("{}") : json;
}

std::uint64_t milliseconds_of(const SpendRow& row) {
    const auto span = std::chrono::floor<std::chrono::milliseconds>(row.end - row.start).count();
    return span < 0 ? 0 : static_cast<std::uint64_t>(span);
}

void put_row(RowBatch& out, const Sql& sql, const SpendRow& row, std::string_view request_id) {
    const auto record_id = to_text(row.record_id);
    std::string metadata;
    append_spend_metadata(row, metadata);
    out.put(request_id);
    out.put(record_id);
    out.put(row.call_id);
    out.put(row.response_id);
    out.put(row.call_type);
    out.put(row.key_hash);
    out.put(real_text(to_double_dollars(row.cost)));
    out.put(sum_text(sql, row.cost));
    out.put(whole(row.usage.total_tokens));
    out.put(whole(row.usage.prompt_tokens));
    out.put(whole(row.usage.completion_tokens));
    out.put(sql_time(row.start));
    out.put(sql_time(row.end));
    out.put(row.first_token ? sql_time(*row.first_token) : "");
    out.put(whole(milliseconds_of(row)));
    out.put(row.model);
    out.put(row.model_id);
    out.put(row.model_group);
    out.put(row.provider);
    out.put(row.api_base);
    out.put(row.user_id);
    out.put(row.team_id);
    out.put(row.organization_id);
    out.put(row.end_user);
    out.put(row.agent_id);
    out.put(metadata);
    out.put(row.cache_hit ? "True" : "False");
    out.put(row.cache_key.empty() ? "Cache OFF" : row.cache_key);
    out.put(json_list(row.tags));
    out.put(row.requester_ip);
    out.put("{}");  // messages
    out.put(object_or(row.response_json));
    out.put(object_or(row.request_json));
    out.put(row.session_id.empty() ? std::string_view(record_id) : row.session_id);
    out.put(row.status == SpendStatus::success ? "success" : "failure");
    out.put(row.mcp_tool);
    if (!sql.is_postgres()) out.put(row.key_alias);
}

}  // namespace

Result<SpendRowsToWrite> find_new_rows(Sql& sql, const SpendBatch& batch) {
    std::vector<std::string> wanted;
    std::vector<std::string> records;
    for (const auto& [row, file] : batch.entries) {
        if (const auto id = wanted_request_id(row); !id.empty()) wanted.emplace_back(id);
        records.push_back(to_text(row.record_id));
    }
    const auto indexed = sql.run(kIsIndexed);
    if (!indexed) return std::unexpected(indexed.error());
    if (indexed->empty() || !indexed->boolean(0, 0).value_or(false))
        return fail(ErrorKind::unavailable, "spend rows are being indexed", ErrorSource::gateway);
    const auto found = sql.run(kFind, {SqlValue::List{wanted}, SqlValue::List{records}});
    if (!found) return std::unexpected(found.error());
    std::unordered_set<std::string_view> used_requests;
    std::unordered_set<std::string_view> used_records;
    for (std::size_t row = 0; row < found->size(); ++row) {
        used_requests.insert(found->text(row, 0));
        used_records.insert(found->text(row, 1));
    }
    SpendRowsToWrite fresh;
    for (std::size_t i = 0; i < batch.entries.size(); ++i) {
        const auto& row = batch.entries[i].row;
        if (!used_records.insert(records[i]).second) continue;
        const auto id = wanted_request_id(row);
        const bool is_free = !id.empty() && used_requests.insert(id).second;
        fresh.rows.push_back(&row);
        fresh.request_ids.emplace_back(is_free ? id : std::string_view(records[i]));
    }
    return fresh;
}

Result<void> insert_spend_logs(Sql& sql, const SpendRowsToWrite& rows) {
    static const MadeStatement insert = make_insert();
    RowBatch out(std::size(kColumns) - (sql.is_postgres() ? 1 : 0));
    for (std::size_t i = 0; i < rows.rows.size(); ++i)
        put_row(out, sql, *rows.rows[i], rows.request_ids[i]);
    const auto done = out.run(sql, insert);
    if (!done) return std::unexpected(done.error());
    return {};
}

}  // namespace tollweir
