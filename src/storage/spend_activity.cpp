#include "tollweir/storage/spend_activity.hpp"

#include <algorithm>
#include <tuple>

#include "storage/daily_sums.hpp"
#include "storage/shown_columns.hpp"
#include "storage/spend_viewer.hpp"
#include "storage/store_connection.hpp"
#include "storage/sum_groups.hpp"
#include "tollweir/core/time_text.hpp"

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

/// In the order in which `read_sums` reads them.
std::vector<std::string> amounts(SqlDialect dialect) {
    return {std::string(exact_spend(dialect)),
            "prompt_tokens",
            "completion_tokens",
            "cache_read_input_tokens",
            "cache_creation_input_tokens",
            "api_requests",
            "successful_requests",
            "failed_requests"};
}

ActivitySums read_sums(const GroupSums& group) {
    return {.spend = group.sums[0],
            .prompt_tokens = group.count(1),
            .completion_tokens = group.count(2),
            .cache_read_tokens = group.count(3),
            .cache_write_tokens = group.count(4),
            .calls = group.count(5),
            .succeeded = group.count(6),
            .failed = group.count(7)};
}

/// In no order.
Result<std::vector<ActivityRow>> sum_grouped(Sql& sql, const ActivityFilter& filter,
                                             std::initializer_list<ActivityColumn> columns) {
    std::vector<std::string> texts;
    for (const auto column : columns) texts.push_back(column_text(column, filter.of));
    const auto groups =
        sum_groups(sql, texts, amounts(sql.dialect()), quoted_table(table_of(filter.of).sums),
                   sums_of(filter, sql.dialect()));
    if (!groups) return std::unexpected(groups.error());
    std::vector<ActivityRow> found;
    for (const auto& group : *groups) {
        auto& row = found.emplace_back();
        std::size_t at = 0;
        for (const auto column : columns) cell_of(row, column) = group.texts[at++];
        row.sums = read_sums(group);
    }
    return found;
}

Result<std::vector<std::string>> texts_of(const Result<SqlRows>& rows) {
    if (!rows) return std::unexpected(rows.error());
    std::vector<std::string> found;
    for (std::size_t row = 0; row < rows->size(); ++row)
        if (!rows->text(row, 0).empty()) found.emplace_back(rows->text(row, 0));
    return found;
}

Result<std::vector<std::string>> list_column(Sql& sql, const ActivityFilter& filter,
                                             std::string_view column, std::string_view ordered) {
    const auto where = sums_of(filter, sql.dialect());
    std::string text = "select distinct ";
    text.append(column).append(" from ").append(quoted_table(table_of(filter.of).sums));
    text.append(where.text()).append(" order by 1").append(ordered);
    return texts_of(sql.run(Statement(std::move(text)), where.values()));
}

WhereClause within(const SpendDays& days) {
    WhereClause where;
    where.add_text("date >= ?", days.first);
    where.add_text("date <= ?", days.last);
    return where;
}

/// As our sums of owners name the kind; empty: they have none of it.
std::string_view kind_of(SpendOwner owner) {
    switch (owner) {
        case SpendOwner::team:
            return "team";
        case SpendOwner::tag:
            return "tag";
        case SpendOwner::end_user:
            return "end_user";
        case SpendOwner::user:
        case SpendOwner::organization:
            break;
    }
    return "";
}

/// In no order.
Result<std::vector<OwnerSpend>> sum_owners(Sql& sql, const ActivityFilter& filter, bool by_day) {
    const auto kind = kind_of(filter.of);
    auto answers = Result<bool>(false);
    if (!kind.empty() && filter.model.empty()) answers = daily_sums_answer(sql, filter.days);
    if (!answers) return std::unexpected(answers.error());
    std::vector<std::string> texts{*answers ? "owner"
                                            : column_text(ActivityColumn::owner, filter.of)};
    if (by_day) texts.emplace_back("date");
    const std::string amounts[] = {*answers ? "spend" : std::string(exact_spend(sql.dialect())),
                                   "api_requests"};
    auto ours = within(filter.days);
    ours.add_text("kind = ?", kind);
    if (!filter.owners.empty())
        ours.add(is_one_of("owner", sql.dialect()), SqlValue::List{filter.owners});
    const auto groups =
        *answers ? sum_groups(sql, texts, amounts, "tollweir_daily_owners", ours)
                 : sum_groups(sql, texts, amounts, quoted_table(table_of(filter.of).sums),
                              sums_of(filter, sql.dialect()));
    if (!groups) return std::unexpected(groups.error());
    std::vector<OwnerSpend> found;
    for (const auto& group : *groups)
        found.push_back({by_day ? group.texts[1] : std::string(), group.texts[0], group.sums[0],
                         group.count(1)});
    return found;
}

/// Nothing but days narrows the sums.
bool is_of_all(const ActivityFilter& filter) {
    return filter.days.viewer.sees_all && filter.days.key_hash.empty() &&
           filter.days.user_id.empty() && filter.model.empty() && filter.owners.empty();
}

/// The values that begin an index, by a step of the index each, however many rows have them.
/// `next`: the smallest value that is larger than another, or its opposite.
std::string skip_scan(const std::string& first, const std::string& next, std::string_view limit) {
    return "with recursive seen (value) as (select (" + first + ") union all select (" + next +
           ") from seen where value is not null) select value from seen where value is not null" +
           std::string(limit);
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

Result<void> visit_activity(Sql& sql, const ActivityFilter& filter,
                            const std::function<void(const ActivityView&)>& visit) {
    const auto where = sums_of(filter, sql.dialect());
    std::string text = "select date, ";
    text.append(table_of(filter.of).column);
    text.append(
        ", api_key, model, model_group, custom_llm_provider, endpoint, mcp_namespaced_tool_name");
    for (const auto& amount : amounts(sql.dialect())) text.append(", ").append(amount);
    text.append(" from ");
    text.append(quoted_table(table_of(filter.of).sums)).append(where.text());
    return each_row(sql, text, where.values(), [&](const SqlRowView& row) {
        visit({.day = row.text(0),
               .owner = row.text(1),
               .key_hash = row.text(2),
               .model = row.text(3),
               .model_group = row.text(4),
               .provider = row.text(5),
               .endpoint = row.text(6),
               .mcp_tool = row.text(7),
               .sums = {.spend = row.sum(8),
                        .prompt_tokens = row.integer(9),
                        .completion_tokens = row.integer(10),
                        .cache_read_tokens = row.integer(11),
                        .cache_write_tokens = row.integer(12),
                        .calls = row.integer(13),
                        .succeeded = row.integer(14),
                        .failed = row.integer(15)}});
    });
}

Result<std::vector<ActivityRow>> sum_activity(Sql& sql, const ActivityFilter& filter,
                                              std::initializer_list<ActivityColumn> columns) {
    auto rows = sum_grouped(sql, filter, columns);
    if (!rows) return rows;
    std::ranges::sort(*rows, [&](ActivityRow& a, ActivityRow& b) {
        for (const auto column : columns)
            if (const auto order = cell_of(a, column) <=> cell_of(b, column); order != 0)
                return order < 0;
        return false;
    });
    return rows;
}

Result<std::vector<OwnerSpend>> sum_owners_by_day(Sql& sql, const ActivityFilter& filter) {
    auto sums = sum_owners(sql, filter, true);
    if (sums)
        std::ranges::sort(*sums, {},
                          [](const OwnerSpend& sum) { return std::tie(sum.day, sum.owner); });
    return sums;
}

Result<std::vector<OwnerSpend>> top_owners(Sql& sql, const ActivityFilter& filter,
                                           std::size_t count) {
    auto sums = sum_owners(sql, filter, false);
    if (!sums) return sums;
    std::ranges::sort(*sums, [](const OwnerSpend& a, const OwnerSpend& b) {
        return a.spend != b.spend ? a.spend > b.spend : a.owner < b.owner;
    });
    if (sums->size() > count) sums->resize(count);
    return sums;
}

Result<std::vector<DailyUse>> sum_daily_use(Sql& sql, const SpendDays& days, bool by_model) {
    const auto answers = daily_sums_answer(sql, days);
    if (!answers) return std::unexpected(answers.error());
    std::vector<std::string> texts{"date"};
    if (by_model) texts.emplace_back(*answers ? "model" : "coalesce(model, '')");
    const std::string amounts[] = {*answers ? "spend" : std::string(exact_spend(sql.dialect())),
                                   "prompt_tokens", "completion_tokens", "api_requests"};
    const auto groups = *answers
                            ? sum_groups(sql, texts, amounts, "tollweir_daily_models", within(days))
                            : sum_groups(sql, texts, amounts, "\"LiteLLM_DailyUserSpend\"",
                                         sums_of({.days = days}, sql.dialect()));
    if (!groups) return std::unexpected(groups.error());
    std::vector<DailyUse> found;
    for (const auto& group : *groups)
        found.push_back({by_model ? group.texts[1] : std::string(), group.texts[0], group.sums[0],
                         group.count(1) + group.count(2), group.count(3)});
    std::ranges::sort(found, {}, [](const DailyUse& use) { return std::tie(use.model, use.day); });
    return found;
}

Result<std::vector<std::string>> active_days(Sql& sql, const ActivityFilter& filter) {
    if (!is_of_all(filter)) return list_column(sql, filter, "date", " desc");
    WhereClause where;
    where.add_text("date >= ?", filter.days.first);
    const auto from = where.text();
    where.add_text("date <= ?", filter.days.last);
    const auto latest = "select max(date) from " + quoted_table(table_of(filter.of).sums);
    const auto before = latest + from + (from.empty() ? " where " : " and ") + "date < seen.value";
    return texts_of(
        sql.run(Statement(skip_scan(latest + where.text(), before, "")), where.values()));
}

Result<std::vector<std::string>> owner_names(Sql& sql, const ActivityFilter& filter,
                                             std::size_t count) {
    const auto table = table_of(filter.of);
    const auto limit = " limit " + std::to_string(count);
    if (!is_of_all(filter) || !filter.days.first.empty() || !filter.days.last.empty())
        return list_column(sql, filter, table.column, limit);
    const std::string column(table.column);
    const auto least =
        "select min(" + column + ") from " + quoted_table(table.sums) + " where " + column;
    return texts_of(sql.run(Statement(skip_scan(least + " > ''", least + " > seen.value", limit))));
}

Result<OwnerLabels> owner_labels(Sql& sql, SpendOwner of, const std::vector<std::string>& ids) {
    OwnerLabels labels;
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

Result<void> visit_owner_parts(Sql& sql, const ActivityFilter& filter,
                               const VisitOwnerPart& visit) {
    const auto where = sums_of(filter, sql.dialect());
    const auto table = table_of(filter.of);
    std::string text = "select date, ";
    text.append(table.column).append(", api_key, model, ").append(exact_spend(sql.dialect()));
    text.append(", cast(prompt_tokens as bigint) + completion_tokens from ");
    text.append(quoted_table(table.sums)).append(where.text());
    return each_row(sql, text, where.values(), [&](const SqlRowView& row) {
        visit({row.text(0), row.text(1), row.text(2), row.text(3), row.sum(4), row.integer(5)});
    });
}

Result<void> visit_customer_in_team(Sql& sql, const SpendDays& days, const std::string& customer,
                                    const std::string& team, const VisitOwnerPart& visit) {
    WhereClause where;
    narrow(where, days.viewer, "\"user\"");
    where.add("end_user = ?", customer);
    where.add("team_id = ?", team);
    if (const auto from = parse_rfc3339(days.first)) where.add("\"startTime\" >= ?", *from);
    if (const auto last = parse_rfc3339(days.last))
        where.add("\"startTime\" < ?", *last + std::chrono::days(1));
    const std::string day =
        sql.is_postgres() ? "to_char(\"startTime\", 'YYYY-MM-DD')" : "substr(\"startTime\", 1, 10)";
    std::string text = "select " + day + ", api_key, model, sum(";
    text.append(exact_spend(sql.dialect()));
    text.append("), sum(prompt_tokens) + sum(completion_tokens) from \"LiteLLM_SpendLogs\"");
    text.append(where.text()).append(" group by 1, 2, 3");
    return each_row(sql, text, where.values(), [&](const SqlRowView& row) {
        visit({row.text(0), customer, row.text(1), row.text(2), row.sum(3), row.integer(4)});
    });
}

Result<std::vector<CachedCalls>> sum_cached_calls(Sql& sql, const SpendDays& days) {
    WhereClause where;
    where.add_text("date >= ?", days.first);
    where.add_text("date <= ?", days.last);
    where.add_text("api_key = ?", days.key_hash);
    narrow(where, days.viewer, "user_id");
    static const std::string kTexts[] = {"api_key", "call_type", "model"};
    static const std::string kCounts[] = {"calls", "failed", "from_cache", "cached_tokens",
                                          "generated_tokens"};
    const auto groups = sum_groups(sql, kTexts, kCounts, "tollweir_daily_calls", where);
    if (!groups) return std::unexpected(groups.error());
    std::vector<CachedCalls> found;
    for (const auto& group : *groups)
        found.push_back({group.texts[0], group.texts[1], group.texts[2], group.count(0),
                         group.count(1), group.count(2), group.count(3), group.count(4)});
    std::ranges::sort(found, [](const CachedCalls& a, const CachedCalls& b) {
        return std::tie(b.calls, a.key_hash, a.call_type, a.model) <
               std::tie(a.calls, b.key_hash, b.call_type, b.model);
    });
    return found;
}

}  // namespace tollweir
