#include "tollweir/storage/user_row.hpp"

#include <algorithm>
#include <array>

#include "storage/row_table.hpp"
#include "storage/where_clause.hpp"

namespace tollweir {
namespace {

using Kind = ColumnKind;

const RowColumn<UserRow> kColumns[] = {
    {"user_id", Kind::text, &UserRow::user_id},
    {"user_alias", Kind::text, &UserRow::user_alias},
    {"team_id", Kind::text, &UserRow::team_id},
    {"sso_user_id", Kind::text, &UserRow::sso_user_id},
    {"organization_id", Kind::text, &UserRow::organization_id},
    {"object_permission_id", Kind::text, &UserRow::object_permission_id},
    {"user_email", Kind::text, &UserRow::user_email},
    {"user_role", Kind::text, &UserRow::user_role},
    {"teams", Kind::list, &UserRow::teams},
    {"models", Kind::list, &UserRow::models},
    {"spend", Kind::spend, &UserRow::spend},
    {"tollweir_spend", Kind::sum, &UserRow::spend},
    {"metadata", Kind::json, &UserRow::metadata},
    {"max_budget", Kind::money, &UserRow::max_budget},
    {"budget_duration", Kind::text, &UserRow::budget_duration},
    {"budget_reset_at", Kind::time, &UserRow::budget_reset_at},
    {"max_parallel_requests", Kind::number, &UserRow::max_parallel_requests},
    {"tpm_limit", Kind::number, &UserRow::tpm_limit},
    {"rpm_limit", Kind::number, &UserRow::rpm_limit},
    {"allowed_cache_controls", Kind::list, &UserRow::allowed_cache_controls},
    {"policies", Kind::list, &UserRow::policies},
    {"model_spend", Kind::json, &UserRow::model_spend},
    {"model_max_budget", Kind::json, &UserRow::model_max_budget},
    {"created_at", Kind::time, &UserRow::created_at},
    {"updated_at", Kind::time, &UserRow::updated_at},
};

const RowTable<UserRow>& table() {
    static const RowTable<UserRow> instance("LiteLLM_UserTable", user_columns());
    return instance;
}

constexpr std::array<std::string_view, 6> kSorts{"user_id", "user_email", "created_at",
                                                 "spend",   "user_alias", "user_role"};

WhereClause where_of(const UserFilter& filter, SqlDialect dialect) {
    const bool postgres = dialect == SqlDialect::postgres;
    const std::string among = postgres ? " = any(?)" : " in (select value from json_each(?))";
    WhereClause where;
    where.add_text("user_role = ?", filter.role);
    if (!filter.user_ids.empty()) where.add("user_id" + among, SqlValue::List{filter.user_ids});
    if (!filter.sso_user_ids.empty())
        where.add("sso_user_id" + among, SqlValue::List{filter.sso_user_ids});
    // Not `like`: what is looked for may hold its signs.
    where.add_text(postgres ? "strpos(lower(user_email), lower(?)) > 0"
                            : "instr(lower(user_email), lower(?)) > 0",
                   filter.email);
    where.add_text(
        postgres ? "? = any(teams)" : "exists (select 1 from json_each(teams) where value = ?)",
        filter.team);
    if (!filter.organization_ids.empty())
        where.add(
            "user_id in (select m.user_id from \"LiteLLM_OrganizationMembership\" m where "
            "m.organization_id" +
                among + ")",
            SqlValue::List{filter.organization_ids});
    return where;
}

}  // namespace

std::span<const RowColumn<UserRow>> user_columns() {
    return kColumns;
}

Result<std::optional<UserRow>> find_user_row(Sql& sql, std::string_view id, RowLock lock) {
    return table().find(sql, id, lock);
}

Result<std::vector<UserRow>> find_user_rows(Sql& sql, std::span<const std::string> ids,
                                            RowLock lock) {
    return table().find_all(sql, ids, lock);
}

Result<std::vector<UserRow>> find_users_by_email(Sql& sql, std::string_view email) {
    const SqlValue value(email);
    return table().select(sql, " where lower(user_email) = lower($1) order by user_id",
                          std::span(&value, 1));
}

Result<void> insert_user_row(Sql& sql, const UserRow& row) {
    return table().insert(sql, row);
}

Result<void> update_user_row(Sql& sql, const UserRow& before, const UserRow& after) {
    return table().update(sql, before, after);
}

Result<void> delete_user_rows(Sql& sql, std::span<const std::string> ids) {
    return table().remove(sql, ids);
}

bool is_user_sort(std::string_view column) {
    return std::ranges::find(kSorts, column) != kSorts.end();
}

Result<ListedUsers> list_user_rows(Sql& sql, const UserFilter& filter, std::string_view sort,
                                   bool descending, std::size_t offset, std::size_t count) {
    const auto where = where_of(filter, sql.dialect());
    const auto counted = sql.run(
        Statement("select count(*) from \"LiteLLM_UserTable\"" + where.text()), where.values());
    if (!counted) return std::unexpected(counted.error());
    const std::string order(descending ? " desc" : " asc");
    auto rest = where.text() + " order by " + std::string(sort) + order +
                (sort == "user_id" ? "" : ", user_id" + order) + " limit " + std::to_string(count) +
                " offset " + std::to_string(offset);
    auto users = table().select(sql, rest, where.values());
    if (!users) return std::unexpected(users.error());
    return ListedUsers{std::move(*users), counted->integer(0, 0).value_or(0)};
}

Result<std::map<std::string, std::int64_t>> count_keys_of_users(Sql& sql,
                                                                std::span<const std::string> ids) {
    const Statement statement{
        R"(select user_id, count(*) from "LiteLLM_VerificationToken"
           where user_id in (select value from json_each($1)) group by user_id)",
        R"(select user_id, count(*) from "LiteLLM_VerificationToken"
           where user_id = any($1) group by user_id)"};
    const auto rows = sql.run(statement, {SqlValue::List{ids}});
    if (!rows) return std::unexpected(rows.error());
    std::map<std::string, std::int64_t> counts;
    for (std::size_t i = 0; i < rows->size(); ++i)
        counts[std::string(rows->text(i, 0))] = rows->integer(i, 1).value_or(0);
    return counts;
}

Result<std::vector<std::string>> administered_organizations(Sql& sql, std::string_view user_id) {
    const auto rows = sql.run(
        R"(select organization_id from "LiteLLM_OrganizationMembership"
           where user_id = $1 and user_role = 'org_admin' order by organization_id)",
        {user_id});
    if (!rows) return std::unexpected(rows.error());
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < rows->size(); ++i) ids.emplace_back(rows->text(i, 0));
    return ids;
}

}  // namespace tollweir
