#include "tollweir/storage/spend_activity.hpp"

#include "storage/shown_columns.hpp"
#include "storage/spend_viewer.hpp"

namespace tollweir {
namespace {

struct OwnerTable {
    std::string_view sums;
    std::string_view column;
    std::string_view rows;   // of the owners themselves
    std::string_view id;     // in them
    std::string_view label;  // empty: the id is all there is
};

OwnerTable table_of(SpendOwner owner) {
    switch (owner) {
        case SpendOwner::user:
            return {"DailyUserSpend", "user_id", "UserTable", "user_id", "user_email"};
        case SpendOwner::team:
            return {"DailyTeamSpend", "team_id", "TeamTable", "team_id", "team_alias"};
        case SpendOwner::organization:
            return {"DailyOrganizationSpend", "organization_id", "OrganizationTable",
                    "organization_id", "organization_alias"};
        case SpendOwner::end_user:
            return {"DailyEndUserSpend", "end_user_id", "EndUserTable", "user_id", "alias"};
        case SpendOwner::tag:
            return {"DailyTagSpend", "tag", "TagTable", "tag_name", ""};
    }
    return {};
}

std::string quoted_table(std::string_view name) {
    return "\"LiteLLM_" + std::string(name) + "\"";
}

std::string is_one_of(std::string_view column, SqlDialect dialect) {
    return std::string(column) +
           (dialect == SqlDialect::postgres ? " = any(?)" : " in (select value from json_each(?))");
}

/// Sums of other owners than users do not name the user, but each of the user's keys.
constexpr std::string_view kOwnKeys =
    "api_key in (select token from \"LiteLLM_VerificationToken\" where user_id = ? union "
    "select token from \"LiteLLM_DeletedVerificationToken\" where user_id = ?)";

/// Of the viewer's own: by the user, or, of a key without one, by the key.
void narrow_to_own(WhereClause& where, const ActivityFilter& filter, SqlDialect dialect) {
    const auto& viewer = filter.days.viewer;
    if (viewer.sees_all) return;
    if (filter.of == SpendOwner::user) return narrow(where, viewer, "user_id");
    const auto column = table_of(filter.of).column;
    const auto whole = filter.readable.empty() ? "" : is_one_of(column, dialect);
    const std::string_view own = !filter.sees_own_keys    ? std::string_view()
                                 : viewer.user_id.empty() ? std::string_view("api_key = ?")
                                                          : kOwnKeys;
    if (whole.empty() && own.empty()) return where.add("1 = 0");
    const std::string_view value = viewer.user_id.empty() ? viewer.key_hash : viewer.user_id;
    if (whole.empty()) return where.add(own, value);
    if (own.empty()) return where.add(whole, SqlValue::List{filter.readable});
    const auto list = where.param(SqlValue::List{filter.readable});
    auto either = "(" + whole;
    either.replace(either.find('?'), 1, list);
    where.add(either + " or " + std::string(own) + ")", value);
}

WhereClause sums_of(const ActivityFilter& filter, SqlDialect dialect) {
    WhereClause where;
    const auto& days = filter.days;
    where.add_text("date >= ?", days.first);
    where.add_text("date <= ?", days.last);
    where.add_text("api_key = ?", days.key_hash);
    where.add_text("model = ?", filter.model);
    if (filter.of == SpendOwner::user) where.add_text("user_id = ?", days.user_id);
    narrow_to_own(where, filter, dialect);
    if (!filter.owners.empty())
        where.add(is_one_of(table_of(filter.of).column, dialect), SqlValue::List{filter.owners});
    return where;
}

std::string column_text(ActivityColumn column, SpendOwner owner) {
    switch (column) {
        case ActivityColumn::day:
            return "date";
        case ActivityColumn::owner:
            return "coalesce(" + std::string(table_of(owner).column) + ", '')";
        case ActivityColumn::key:
            return "api_key";
        case ActivityColumn::model:
            return "coalesce(model, '')";
        case ActivityColumn::model_group:
            return "coalesce(model_group, '')";
        case ActivityColumn::provider:
            return "coalesce(custom_llm_provider, '')";
        case ActivityColumn::endpoint:
            return "coalesce(endpoint, '')";
        case ActivityColumn::mcp_tool:
            return "coalesce(mcp_namespaced_tool_name, '')";
    }
    return "date";
}

std::string& cell_of(ActivityRow& row, ActivityColumn column) {
    switch (column) {
        case ActivityColumn::day:
            return row.day;
        case ActivityColumn::owner:
            return row.owner;
        case ActivityColumn::key:
            return row.key_hash;
        case ActivityColumn::model:
            return row.model;
        case ActivityColumn::model_group:
            return row.model_group;
        case ActivityColumn::provider:
            return row.provider;
        case ActivityColumn::endpoint:
            return row.endpoint;
        case ActivityColumn::mcp_tool:
            return row.mcp_tool;
    }
    return row.day;
}

constexpr std::string_view kCounts =
    "), sum(prompt_tokens), sum(completion_tokens), sum(cache_read_input_tokens), "
    "sum(cache_creation_input_tokens), sum(api_requests), sum(successful_requests), "
    "sum(failed_requests) from ";

ActivitySums read_sums(const SqlRows& rows, std::size_t row, std::size_t column) {
    const auto next = [&] { return rows.integer(row, column++).value_or(0); };
    ActivitySums sums;
    sums.spend = rows.sum(row, column++).value_or(0);
    sums.prompt_tokens = next();
    sums.completion_tokens = next();
    sums.cache_read_tokens = next();
    sums.cache_write_tokens = next();
    sums.calls = next();
    sums.succeeded = next();
    sums.failed = next();
    return sums;
}

Result<std::vector<ActivityRow>> sum_grouped(Sql& sql, const ActivityFilter& filter,
                                             std::initializer_list<ActivityColumn> columns,
                                             const std::string& order) {
    const auto where = sums_of(filter, sql.dialect());
    std::string text = "select ";
    std::string group;
    std::size_t number = 0;
    for (const auto column : columns) {
        text.append(column_text(column, filter.of)).append(", ");
        if (number++ != 0) group += ", ";
        group += std::to_string(number);
    }
    text.append("sum(").append(exact_spend(sql.dialect())).append(kCounts);
    text.append(quoted_table(table_of(filter.of).sums)).append(where.text());
    text.append(" group by ").append(group).append(" order by ");
    text.append(order.empty() ? group : order);
    const auto rows = sql.run(Statement(std::move(text)), where.values());
    if (!rows) return std::unexpected(rows.error());
    std::vector<ActivityRow> found(rows->size());
    for (std::size_t row = 0; row < rows->size(); ++row) {
        std::size_t at = 0;
        for (const auto column : columns) cell_of(found[row], column) = rows->text(row, at++);
        found[row].sums = read_sums(*rows, row, at);
    }
    return found;
}

Result<std::vector<std::string>> list_column(Sql& sql, const ActivityFilter& filter,
                                             std::string_view column, std::string_view ordered) {
    const auto where = sums_of(filter, sql.dialect());
    std::string text = "select distinct ";
    text.append(column).append(" from ").append(quoted_table(table_of(filter.of).sums));
    text.append(where.text()).append(" order by 1").append(ordered);
    const auto rows = sql.run(Statement(std::move(text)), where.values());
    if (!rows) return std::unexpected(rows.error());
    std::vector<std::string> found;
    for (std::size_t row = 0; row < rows->size(); ++row)
        if (!rows->text(row, 0).empty()) found.emplace_back(rows->text(row, 0));
    return found;
}

}  // namespace

void ActivitySums::add(const ActivitySums& other) {
    spend += other.spend;
    prompt_tokens += other.prompt_tokens;
    completion_tokens += other.completion_tokens;
    cache_read_tokens += other.cache_read_tokens;
    cache_write_tokens += other.cache_write_tokens;
    calls += other.calls;
    succeeded += other.succeeded;
    failed += other.failed;
}

Result<std::vector<ActivityRow>> sum_activity(Sql& sql, const ActivityFilter& filter,
                                              std::initializer_list<ActivityColumn> columns) {
    return sum_grouped(sql, filter, columns, "");
}

Result<std::vector<ActivityRow>> top_owners(Sql& sql, const ActivityFilter& filter,
                                            std::size_t count) {
    return sum_grouped(sql, filter, {ActivityColumn::owner},
                       "2 desc, 1 limit " + std::to_string(count));
}

Result<std::vector<std::string>> active_days(Sql& sql, const ActivityFilter& filter) {
    return list_column(sql, filter, "date", " desc");
}

Result<std::vector<std::string>> owner_names(Sql& sql, const ActivityFilter& filter,
                                             std::size_t count) {
    return list_column(sql, filter, table_of(filter.of).column, " limit " + std::to_string(count));
}

Result<std::map<std::string, std::string>> owner_labels(Sql& sql, SpendOwner of,
                                                        const std::vector<std::string>& ids) {
    std::map<std::string, std::string> labels;
    const auto table = table_of(of);
    if (table.label.empty() || ids.empty()) return labels;
    WhereClause where;
    where.add(is_one_of(table.id, sql.dialect()), SqlValue::List{ids});
    std::string text = "select ";
    text.append(table.id).append(", ").append(table.label).append(" from ");
    text.append(quoted_table(table.rows)).append(where.text());
    const auto rows = sql.run(Statement(std::move(text)), where.values());
    if (!rows) return std::unexpected(rows.error());
    for (std::size_t row = 0; row < rows->size(); ++row)
        if (!rows->text(row, 1).empty()) labels.emplace(rows->text(row, 0), rows->text(row, 1));
    return labels;
}

Result<std::vector<std::string>> administered_organizations(Sql& sql, const std::string& user_id) {
    const auto rows = sql.run(
        "select organization_id from \"LiteLLM_OrganizationMembership\" "
        "where user_id = $1 and user_role = 'org_admin'",
        {user_id});
    if (!rows) return std::unexpected(rows.error());
    std::vector<std::string> found;
    for (std::size_t row = 0; row < rows->size(); ++row) found.emplace_back(rows->text(row, 0));
    return found;
}

Result<std::vector<ActivityRow>> sum_customer_in_team(Sql& sql, const SpendDays& days,
                                                      const std::string& customer,
                                                      const std::string& team) {
    WhereClause where;
    narrow(where, days.viewer, "\"user\"");
    where.add("end_user = ?", customer);
    where.add("team_id = ?", team);
    const std::string day =
        sql.is_postgres() ? "to_char(\"startTime\", 'YYYY-MM-DD')" : "substr(\"startTime\", 1, 10)";
    where.add_text(day + " >= ?", days.first);
    where.add_text(day + " <= ?", days.last);
    std::string text = "select " + day + ", api_key, model, sum(";
    text.append(exact_spend(sql.dialect()));
    text.append(
        "), sum(prompt_tokens), sum(completion_tokens), count(*) from "
        "\"LiteLLM_SpendLogs\"");
    text.append(where.text()).append(" group by 1, 2, 3 order by 1, 2, 3");
    const auto rows = sql.run(Statement(std::move(text)), where.values());
    if (!rows) return std::unexpected(rows.error());
    std::vector<ActivityRow> found(rows->size());
    for (std::size_t row = 0; row < rows->size(); ++row) {
        auto& made = found[row];
        made.day = rows->text(row, 0);
        made.owner = customer;
        made.key_hash = rows->text(row, 1);
        made.model = rows->text(row, 2);
        made.sums.spend = rows->sum(row, 3).value_or(0);
        made.sums.prompt_tokens = rows->integer(row, 4).value_or(0);
        made.sums.completion_tokens = rows->integer(row, 5).value_or(0);
        made.sums.calls = rows->integer(row, 6).value_or(0);
    }
    return found;
}

Result<std::vector<CachedCalls>> sum_cached_calls(Sql& sql, const SpendDays& days,
                                                  std::size_t count) {
    WhereClause where;
    where.add_text("date >= ?", days.first);
    where.add_text("date <= ?", days.last);
    where.add_text("api_key = ?", days.key_hash);
    narrow(where, days.viewer, "user_id");
    const auto rows = sql.run(
        Statement("select api_key, call_type, model, sum(calls), sum(failed), sum(from_cache), "
                  "sum(cached_tokens), sum(generated_tokens) from tollweir_daily_calls" +
                  where.text() + " group by 1, 2, 3 order by 4 desc, 1, 2, 3 limit " +
                  std::to_string(count)),
        where.values());
    if (!rows) return std::unexpected(rows.error());
    std::vector<CachedCalls> found;
    for (std::size_t row = 0; row < rows->size(); ++row) {
        const auto number = [&](std::size_t at) { return rows->integer(row, at).value_or(0); };
        found.push_back({std::string(rows->text(row, 0)), std::string(rows->text(row, 1)),
                         std::string(rows->text(row, 2)), number(3), number(4), number(5),
                         number(6), number(7)});
    }
    return found;
}

}  // namespace tollweir
