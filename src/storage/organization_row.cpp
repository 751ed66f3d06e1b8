#include "tollweir/storage/organization_row.hpp"

#include "storage/row_table.hpp"
#include "storage/shown_columns.hpp"
#include "storage/where_clause.hpp"

namespace tollweir {
namespace {

using Kind = ColumnKind;

const RowColumn<OrganizationRow> kColumns[] = {
    {"organization_id", Kind::text, &OrganizationRow::organization_id},
    {"organization_alias", Kind::text, &OrganizationRow::organization_alias},
    {"budget_id", Kind::text, &OrganizationRow::budget_id},
    {"spend", Kind::spend, &OrganizationRow::spend},
    {"tollweir_spend", Kind::sum, &OrganizationRow::spend},
    {"metadata", Kind::json, &OrganizationRow::metadata},
    {"models", Kind::list, &OrganizationRow::models},
    {"model_spend", Kind::json, &OrganizationRow::model_spend},
    {"object_permission_id", Kind::text, &OrganizationRow::object_permission_id},
    {"created_at", Kind::time, &OrganizationRow::created_at},
    {"created_by", Kind::text, &OrganizationRow::created_by},
    {"updated_at", Kind::time, &OrganizationRow::updated_at},
    {"updated_by", Kind::text, &OrganizationRow::updated_by},
};

const RowColumn<OrganizationMemberRow> kMemberColumns[] = {
    {"user_id", Kind::text, &OrganizationMemberRow::user_id},
    {"organization_id", Kind::text, &OrganizationMemberRow::organization_id},
    {"user_role", Kind::text, &OrganizationMemberRow::user_role},
    {"spend", Kind::spend, &OrganizationMemberRow::spend},
    {"tollweir_spend", Kind::sum, &OrganizationMemberRow::spend},
    {"budget_id", Kind::text, &OrganizationMemberRow::budget_id},
    {"created_at", Kind::time, &OrganizationMemberRow::created_at},
    {"updated_at", Kind::time, &OrganizationMemberRow::updated_at},
};

const RowTable<OrganizationRow>& table() {
    static const RowTable<OrganizationRow> instance("LiteLLM_OrganizationTable",
                                                    organization_columns());
    return instance;
}

const RowTable<OrganizationMemberRow>& members() {
    static const RowTable<OrganizationMemberRow> instance("LiteLLM_OrganizationMembership",
                                                          organization_member_columns());
    return instance;
}

Result<void> done(const Result<SqlRows>& rows) {
    if (!rows) return std::unexpected(rows.error());
    return {};
}

Result<std::vector<std::string>> names(const Result<SqlRows>& rows) {
    if (!rows) return std::unexpected(rows.error());
    std::vector<std::string> out;
    for (std::size_t i = 0; i < rows->size(); ++i) out.emplace_back(rows->text(i, 0));
    return out;
}

}  // namespace

std::span<const RowColumn<OrganizationRow>> organization_columns() {
    return kColumns;
}

std::span<const RowColumn<OrganizationMemberRow>> organization_member_columns() {
    return kMemberColumns;
}

Result<std::optional<OrganizationRow>> find_organization(Sql& sql, std::string_view id,
                                                         RowLock lock) {
    return table().find(sql, id, lock);
}

Result<std::vector<OrganizationRow>> find_organization_rows(Sql& sql,
                                                            std::span<const std::string> ids,
                                                            RowLock lock) {
    return table().find_all(sql, ids, lock);
}

Result<std::vector<OrganizationRow>> list_organizations(Sql& sql, const OrganizationFilter& filter,
                                                        std::size_t most) {
    WhereClause where;
    where.add_text(
        R"(organization_id in (select organization_id from "LiteLLM_OrganizationMembership" where
           user_id = ?))",
        filter.member);
    where.add_text("organization_id = ?", filter.id);
    where.add_text(sql.is_postgres() ? "strpos(lower(organization_alias), lower(?)) > 0"
                                     : "instr(lower(organization_alias), lower(?)) > 0",
                   filter.alias_part);
    const auto limit = where.param(static_cast<std::int64_t>(most));
    return table().select(
        sql, where.text() + " order by created_at desc, organization_id limit " + limit,
        where.values());
}

Result<void> insert_organization(Sql& sql, const OrganizationRow& row) {
    return table().insert(sql, row);
}

Result<void> update_organization(Sql& sql, const OrganizationRow& before,
                                 const OrganizationRow& after) {
    return table().update(sql, before, after);
}

Result<void> delete_organization(Sql& sql, const std::string& id) {
    return table().remove(sql, std::span(&id, 1));
}

Result<std::vector<OrganizationMemberRow>> find_organization_members(Sql& sql,
                                                                     std::string_view id) {
    const SqlValue value(id);
    return members().select(sql, " where organization_id = $1 order by created_at, user_id",
                            std::span(&value, 1));
}

Result<std::vector<OrganizationMemberRow>> find_organizations_of_user(Sql& sql,
                                                                      std::string_view user_id) {
    const SqlValue value(user_id);
    return members().select(sql, " where user_id = $1 order by organization_id",
                            std::span(&value, 1));
}

Result<std::optional<OrganizationMemberRow>> find_organization_member(Sql& sql, std::string_view id,
                                                                      std::string_view user_id,
                                                                      RowLock lock) {
    const SqlValue values[] = {id, user_id};
    const bool locks = lock == RowLock::update && sql.is_postgres();
    auto rows = members().select(
        sql,
        std::string(" where organization_id = $1 and user_id = $2") + (locks ? " for update" : ""),
        values);
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return std::nullopt;
    return std::move(rows->front());
}

Result<void> insert_organization_member(Sql& sql, const OrganizationMemberRow& row) {
    return members().insert(sql, row);
}

Result<void> update_organization_member(Sql& sql, const OrganizationMemberRow& row) {
    return done(sql.run(
        R"(update "LiteLLM_OrganizationMembership" set user_role = $3, budget_id = $4,
           updated_at = $5 where organization_id = $1 and user_id = $2)",
        {row.organization_id, row.user_id, text_or_null(row.user_role), text_or_null(row.budget_id),
         row.updated_at}));
}

Result<void> delete_organization_member(Sql& sql, const OrganizationMemberRow& row) {
    return done(sql.run(
        R"(delete from "LiteLLM_OrganizationMembership" where organization_id = $1 and
           user_id = $2)",
        {row.organization_id, row.user_id}));
}

Result<std::string> show_organization_teams(Sql& sql, std::string_view id) {
    static constexpr ShownColumn kTeam[] = {
        {"team_id", ShownAs::text},         {"team_alias", ShownAs::text},
        {"organization_id", ShownAs::text}, {"models", ShownAs::list},
        {"max_budget", ShownAs::number},    {"budget_duration", ShownAs::text},
        {"tpm_limit", ShownAs::count},      {"rpm_limit", ShownAs::count},
        {"blocked", ShownAs::flag},         {"spend", ShownAs::money},
    };
    const auto rows = sql.run(Statement("select " + select_list(kTeam, sql.dialect()) +
                                        R"( from "LiteLLM_TeamTable" where organization_id = $1
                                            order by team_id)"),
                              std::initializer_list<SqlValue>{id});
    if (!rows) return std::unexpected(rows.error());
    return rows_as_json(*rows, kTeam);
}

Result<OrganizationUse> find_organization_use(Sql& sql, std::string_view id) {
    OrganizationUse use;
    auto teams = names(sql.run(
        R"(select team_id from "LiteLLM_TeamTable" where organization_id = $1 order by team_id)",
        {id}));
    if (!teams) return std::unexpected(teams.error());
    use.teams = std::move(*teams);
    auto keys = names(sql.run(
        R"(select token from "LiteLLM_VerificationToken" where organization_id = $1 order by token)",
        {id}));
    if (!keys) return std::unexpected(keys.error());
    use.keys = std::move(*keys);
    return use;
}

Result<std::string> find_user_id(Sql& sql, std::string_view user_id, std::string_view email) {
    const auto rows =
        user_id.empty()
            ? sql.run(
                  R"(select user_id from "LiteLLM_UserTable" where lower(user_email) = lower($1)
                     order by user_id)",
                  {email})
            : sql.run(R"(select user_id from "LiteLLM_UserTable" where user_id = $1)", {user_id});
    if (!rows) return std::unexpected(rows.error());
    return rows->empty() ? std::string() : std::string(rows->text(0, 0));
}

Result<void> insert_plain_user(Sql& sql, std::string_view user_id, std::string_view email,
                               WallTime now) {
    return done(sql.run(
        R"(insert into "LiteLLM_UserTable" (user_id, user_email, user_role, created_at, updated_at)
           values ($1, $2, 'internal_user', $3, $3))",
        {user_id, text_or_null(email), now}));
}

}  // namespace tollweir
