#include "tollweir/storage/spend_reports.hpp"

#include <array>

#include "storage/shown_columns.hpp"
#include "storage/spend_viewer.hpp"

namespace tollweir {
namespace {

using enum ShownAs;

constexpr std::array<ShownColumn, 22> kKeyColumns{{
    {"token"},
    {"key_name"},
    {"key_alias"},
    {"spend", money},
    {"max_budget", number},
    {"budget_duration"},
    {"budget_reset_at", ShownAs::time},
    {"budget_id"},
    {"user_id"},
    {"team_id"},
    {"organization_id"},
    {"project_id"},
    {"models", list},
    {"metadata", json},
    {"blocked", flag},
    {"expires", ShownAs::time},
    {"tpm_limit", count},
    {"rpm_limit", count},
    {"max_parallel_requests", count},
    {"last_active", ShownAs::time},
    {"created_at", ShownAs::time},
    {"created_by"},
}};

// Not the password.
constexpr std::array<ShownColumn, 15> kUserColumns{{
    {"user_id"},
    {"user_alias"},
    {"user_email"},
    {"user_role"},
    {"spend", money},
    {"max_budget", number},
    {"budget_duration"},
    {"budget_reset_at", ShownAs::time},
    {"organization_id"},
    {"teams", list},
    {"models", list},
    {"metadata", json},
    {"tpm_limit", count},
    {"rpm_limit", count},
    {"created_at", ShownAs::time},
}};

WhereClause within(const SpendDays& days) {
    WhereClause where;
    where.add_text("api_key = ?", days.key_hash);
    where.add_text("date >= ?", days.first);
    where.add_text("date <= ?", days.last);
    return where;
}

WhereClause user_days(const SpendDays& days) {
    auto where = within(days);
    narrow(where, days.viewer, "user_id");
    where.add_text("user_id = ?", days.user_id);
    return where;
}

std::string_view column_of(SpendGroup group) {
    switch (group) {
        case SpendGroup::day:
            return "date";
        case SpendGroup::key:
            return "api_key";
        case SpendGroup::model:
            return "coalesce(model, '')";
        case SpendGroup::provider:
            return "coalesce(custom_llm_provider, '')";
    }
    return "date";
}

Result<std::vector<SpendSum>> sum_by(Sql& sql, std::string_view table, std::string_view column,
                                     const WhereClause& where, std::string_view order,
                                     std::size_t count) {
    std::string text = "select ";
    text.append(column).append(", sum(").append(exact_spend(sql.dialect()));
    text.append("), sum(api_requests) from \"").append(table).append("\"").append(where.text());
    text.append(" group by 1 order by ").append(order);
    text.append(" limit ").append(std::to_string(count));
    const auto rows = sql.run(Statement(std::move(text)), where.values());
    if (!rows) return std::unexpected(rows.error());
    std::vector<SpendSum> sums;
    for (std::size_t row = 0; row < rows->size(); ++row)
        sums.push_back({std::string(rows->text(row, 0)), rows->sum(row, 1).value_or(0),
                        rows->integer(row, 2).value_or(0)});
    return sums;
}

Result<std::string> list_by_spend(Sql& sql, std::string_view table,
                                  std::span<const ShownColumn> columns, const WhereClause& where,
                                  std::size_t count) {
    std::string text = "select " + select_list(columns, sql.dialect());
    text.append(" from \"").append(table).append("\"").append(where.text());
    text.append(" order by ").append(exact_spend(sql.dialect()));
    text.append(" desc, 1 limit ").append(std::to_string(count));
    const auto rows = sql.run(Statement(std::move(text)), where.values());
    if (!rows) return std::unexpected(rows.error());
    return rows_as_json(*rows, columns);
}

constexpr std::string_view kMostFirst = "2 desc, 1";

}  // namespace

void narrow(WhereClause& where, const SpendViewer& viewer, std::string_view user) {
    if (viewer.sees_all) return;
    if (viewer.user_id.empty())
        where.add("api_key = ?", viewer.key_hash);
    else
        where.add(std::string(user) + " = ?", viewer.user_id);
}

Result<std::vector<DaySpend>> daily_spend(Sql& sql, const SpendDays& days) {
    const auto where = user_days(days);
    std::string text = "select date, api_key, coalesce(user_id, ''), coalesce(model, ''), sum(";
    text.append(exact_spend(sql.dialect()));
    text.append(") from \"LiteLLM_DailyUserSpend\"").append(where.text());
    text.append(" group by 1, 2, 3, 4 order by 1, 2, 3, 4");
    const auto rows = sql.run(Statement(std::move(text)), where.values());
    if (!rows) return std::unexpected(rows.error());
    std::vector<DaySpend> spend;
    for (std::size_t row = 0; row < rows->size(); ++row)
        spend.push_back({std::string(rows->text(row, 0)), std::string(rows->text(row, 1)),
                         std::string(rows->text(row, 2)), std::string(rows->text(row, 3)),
                         rows->sum(row, 4).value_or(0)});
    return spend;
}

Result<std::vector<SpendSum>> sum_spend(Sql& sql, const SpendDays& days, SpendGroup group,
                                        std::size_t count) {
    return sum_by(sql, "LiteLLM_DailyUserSpend", column_of(group), user_days(days),
                  group == SpendGroup::day ? "1" : kMostFirst, count);
}

Result<std::vector<SpendSum>> sum_tag_spend(Sql& sql, const SpendDays& days, std::size_t count) {
    auto where = within(days);
    // Sums of tags do not name the user, but each of the user's keys.
    const auto& viewer = days.viewer;
    if (!viewer.sees_all && viewer.user_id.empty())
        where.add("api_key = ?", viewer.key_hash);
    else if (!viewer.sees_all)
        where.add(
            "api_key in (select token from \"LiteLLM_VerificationToken\" where user_id = ? union "
            "select token from \"LiteLLM_DeletedVerificationToken\" where user_id = ?)",
            viewer.user_id);
    return sum_by(sql, "LiteLLM_DailyTagSpend", "coalesce(tag, '')", where, kMostFirst, count);
}

Result<KeyLabels> key_labels(Sql& sql, const std::vector<std::string>& hashes) {
    const auto rows =
        sql.run({"select token, key_alias, key_name, team_id from \"LiteLLM_VerificationToken\" "
                 "where token in (select value from json_each($1))",
                 "select token, key_alias, key_name, team_id from \"LiteLLM_VerificationToken\" "
                 "where token = any($1)"},
                {SqlValue::List{hashes}});
    if (!rows) return std::unexpected(rows.error());
    KeyLabels labels;
    for (std::size_t row = 0; row < rows->size(); ++row)
        labels[std::string(rows->text(row, 0))] = {std::string(rows->text(row, 1)),
                                                   std::string(rows->text(row, 2)),
                                                   std::string(rows->text(row, 3))};
    return labels;
}

Result<std::string> list_keys_by_spend(Sql& sql, const SpendViewer& viewer, std::size_t count) {
    WhereClause where;
    if (!viewer.sees_all && viewer.user_id.empty())
        where.add("token = ?", viewer.key_hash);
    else
        narrow(where, viewer, "user_id");
    return list_by_spend(sql, "LiteLLM_VerificationToken", kKeyColumns, where, count);
}

Result<std::string> list_users_by_spend(Sql& sql, const SpendViewer& viewer,
                                        const std::string& user_id, std::size_t count) {
    WhereClause where;
    // A key without a user sees none.
    if (!viewer.sees_all) where.add("user_id = ?", viewer.user_id);
    where.add_text("user_id = ?", user_id);
    return list_by_spend(sql, "LiteLLM_UserTable", kUserColumns, where, count);
}

}  // namespace tollweir
