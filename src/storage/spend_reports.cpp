#include "tollweir/storage/spend_reports.hpp"

#include <algorithm>
#include <array>

#include "storage/daily_sums.hpp"
#include "storage/shown_columns.hpp"
#include "storage/spend_viewer.hpp"
#include "storage/store_connection.hpp"
#include "storage/sum_groups.hpp"

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

/// Of the table of ours that has it.
struct DailySum {
    std::string_view table;
    std::string_view column;
};
DailySum daily_sum_of(SpendGroup group) {
    switch (group) {
        case SpendGroup::day:
            return {"tollweir_daily_models", "date"};
        case SpendGroup::key:
            return {"tollweir_daily_keys", "api_key"};
        case SpendGroup::model:
            return {"tollweir_daily_models", "model"};
        case SpendGroup::provider:
            return {"tollweir_daily_models", "provider"};
    }
    return {};
}

/// By spend, the most first. `spend`: the expression of a sum's amount.
Result<std::vector<SpendSum>> sum_by(Sql& sql, std::string_view table, std::string_view column,
                                     std::string_view spend, const WhereClause& where) {
    const std::string texts[] = {std::string(column)};
    const std::string amounts[] = {std::string(spend), "api_requests"};
    const auto groups = sum_groups(sql, texts, amounts, table, where);
    if (!groups) return std::unexpected(groups.error());
    std::vector<SpendSum> sums;
    for (const auto& group : *groups)
        sums.push_back({group.texts[0], group.sums[0], group.count(1)});
    std::ranges::sort(sums, [](const SpendSum& a, const SpendSum& b) {
        return a.spend != b.spend ? a.spend > b.spend : a.name < b.name;
    });
    return sums;
}

void cut(Result<std::vector<SpendSum>>& sums, std::size_t count) {
    if (sums && sums->size() > count) sums->resize(count);
}

/// From LiteLLM's sums, which tell each key, user and model apart.
Result<void> visit_own_days(Sql& sql, const SpendDays& days, const DaySpendVisitor& visit) {
    const auto where = user_days(days);
    std::string text = "select date, api_key, user_id, model, ";
    text.append(exact_spend(sql.dialect()));
    text.append(" from \"LiteLLM_DailyUserSpend\"").append(where.text());
    return each_row(sql, text, where.values(), [&](const SqlRowView& row) {
        const auto spend = row.sum(4);
        visit.of_key({row.text(0), row.text(1), row.text(2), spend});
        visit.of_model({row.text(0), row.text(3), spend});
    });
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

}  // namespace

void narrow(WhereClause& where, const SpendViewer& viewer, std::string_view user) {
    if (viewer.sees_all) return;
    if (viewer.user_id.empty())
        where.add("api_key = ?", viewer.key_hash);
    else
        where.add(std::string(user) + " = ?", viewer.user_id);
}

Result<void> visit_daily_spend(Sql& sql, const SpendDays& days, const DaySpendVisitor& visit) {
    const auto answers = daily_sums_answer(sql, days);
    if (!answers) return std::unexpected(answers.error());
    if (!*answers) return visit_own_days(sql, days, visit);
    const auto where = within(days);
    const auto keys = each_row(
        sql, "select date, api_key, user_id, spend from tollweir_daily_keys" + where.text(),
        where.values(), [&](const SqlRowView& row) {
            visit.of_key({row.text(0), row.text(1), row.text(2), row.sum(3)});
        });
    if (!keys) return keys;
    return each_row(
        sql, "select date, model, spend from tollweir_daily_models" + where.text(), where.values(),
        [&](const SqlRowView& row) { visit.of_model({row.text(0), row.text(1), row.sum(2)}); });
}

Result<std::vector<SpendSum>> sum_spend(Sql& sql, const SpendDays& days, SpendGroup group,
                                        std::size_t count) {
    const auto answers = daily_sums_answer(sql, days);
    if (!answers) return std::unexpected(answers.error());
    const auto ours = daily_sum_of(group);
    auto sums = *answers ? sum_by(sql, ours.table, ours.column, "spend", within(days))
                         : sum_by(sql, "\"LiteLLM_DailyUserSpend\"", column_of(group),
                                  exact_spend(sql.dialect()), user_days(days));
    if (sums && group == SpendGroup::day) std::ranges::sort(*sums, {}, &SpendSum::name);
    cut(sums, count);
    return sums;
}

Result<std::vector<SpendSum>> sum_tag_spend(Sql& sql, const SpendDays& days, std::size_t count) {
    const auto answers = daily_sums_answer(sql, days);
    if (!answers) return std::unexpected(answers.error());
    auto where = within(days);
    if (*answers) {
        where.add("kind = 'tag'");
        auto sums = sum_by(sql, "tollweir_daily_owners", "owner", "spend", where);
        cut(sums, count);
        return sums;
    }
    // Sums of tags do not name the user, but each of the user's keys.
    const auto& viewer = days.viewer;
    if (!viewer.sees_all && viewer.user_id.empty())
        where.add("api_key = ?", viewer.key_hash);
    else if (!viewer.sees_all)
        where.add(
            "api_key in (select token from \"LiteLLM_VerificationToken\" where user_id = ? union "
            "select token from \"LiteLLM_DeletedVerificationToken\" where user_id = ?)",
            viewer.user_id);
    auto sums = sum_by(sql, "\"LiteLLM_DailyTagSpend\"", "coalesce(tag, '')",
                       exact_spend(sql.dialect()), where);
    cut(sums, count);
    return sums;
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
