#include "tollweir/storage/team_row.hpp"

#include <algorithm>
#include <array>

#include "storage/exact_spend.hpp"
#include "storage/made_statement.hpp"
#include "storage/row_table.hpp"
#include "storage/where_clause.hpp"
#include "tollweir/core/ids.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/core/json_parts.hpp"

namespace tollweir {
namespace {

using Kind = ColumnKind;

const RowColumn<TeamRow> kColumns[] = {
    {"team_id", Kind::text, &TeamRow::team_id},
    {"team_alias", Kind::text, &TeamRow::team_alias},
    {"organization_id", Kind::text, &TeamRow::organization_id},
    {"object_permission_id", Kind::text, &TeamRow::object_permission_id},
    {"admins", Kind::list, &TeamRow::admins},
    {"members", Kind::list, &TeamRow::members},
    {"members_with_roles", Kind::json, &TeamRow::members_with_roles},
    {"metadata", Kind::json, &TeamRow::metadata},
    {"max_budget", Kind::money, &TeamRow::max_budget},
    {"soft_budget", Kind::money, &TeamRow::soft_budget},
    {"budget_duration", Kind::text, &TeamRow::budget_duration},
    {"budget_reset_at", Kind::time, &TeamRow::budget_reset_at},
    {"max_parallel_requests", Kind::number, &TeamRow::max_parallel_requests},
    {"tpm_limit", Kind::number, &TeamRow::tpm_limit},
    {"rpm_limit", Kind::number, &TeamRow::rpm_limit},
    {"spend", Kind::spend, &TeamRow::spend},
    {"tollweir_spend", Kind::sum, &TeamRow::spend},
    {"models", Kind::list, &TeamRow::models},
    {"blocked", Kind::flag, &TeamRow::blocked},
    {"model_spend", Kind::json, &TeamRow::model_spend},
    {"model_max_budget", Kind::json, &TeamRow::model_max_budget},
    {"budget_limits", Kind::json, &TeamRow::budget_limits},
    {"router_settings", Kind::json, &TeamRow::router_settings},
    {"team_member_permissions", Kind::list, &TeamRow::team_member_permissions},
    {"access_group_ids", Kind::list, &TeamRow::access_group_ids},
    {"policies", Kind::list, &TeamRow::policies},
    {"default_team_member_models", Kind::list, &TeamRow::default_team_member_models},
    {"model_id", Kind::number, &TeamRow::model_id},
    {"allow_team_guardrail_config", Kind::flag, &TeamRow::allow_team_guardrail_config},
    {"created_at", Kind::time, &TeamRow::created_at},
    {"updated_at", Kind::time, &TeamRow::updated_at},
};

const RowTable<TeamRow>& table() {
    static const RowTable<TeamRow> instance("LiteLLM_TeamTable", team_columns());
    return instance;
}

constexpr std::array<std::string_view, 5> kSorts{"team_id", "team_alias", "created_at", "spend",
                                                 "max_budget"};

Result<void> done(const Result<SqlRows>& rows) {
    if (!rows) return std::unexpected(rows.error());
    return {};
}

WhereClause where_of(const TeamFilter& filter, SqlDialect dialect) {
    const bool postgres = dialect == SqlDialect::postgres;
    WhereClause where;
    where.add_text("team_id = ?", filter.team_id);
    where.add_text("organization_id = ?", filter.organization_id);
    if (filter.without_organization) where.add("organization_id is null");
    where.add_text(postgres ? "strpos(lower(team_alias), lower(?)) > 0"
                            : "instr(lower(team_alias), lower(?)) > 0",
                   filter.alias);
    // As the user's row and its memberships have it: both are kept with the team's own list.
    where.add_text(
        postgres
            ? "team_id in (select unnest(u.teams) from \"LiteLLM_UserTable\" u where u.user_id = ? "
              "union select m.team_id from \"LiteLLM_TeamMembership\" m where m.user_id = ?)"
            : "team_id in (select value from \"LiteLLM_UserTable\" u, json_each(u.teams) where "
              "u.user_id = ? union select m.team_id from \"LiteLLM_TeamMembership\" m where "
              "m.user_id = ?)",
        filter.user_id);
    return where;
}

std::string_view part(const JsonParts& parts, std::string_view name) {
    return find_part(parts, name);
}

MembershipOfTeam read_membership(const SqlRows& rows, std::size_t row) {
    MembershipOfTeam membership;
    membership.user_id = rows.text(row, 0);
    membership.team_id = rows.text(row, 1);
    membership.budget_id = rows.text(row, 2);
    membership.spend = read_spend(rows, row, 3);
    return membership;
}

constexpr const char* kMemberships =
    R"(select user_id, team_id, budget_id, tollweir_spend, spend from "LiteLLM_TeamMembership")";

Result<std::vector<std::string>> tokens_by(Sql& sql, const Statement& statement,
                                           std::span<const std::string> ids) {
    const auto rows = sql.run(statement, {SqlValue::List{ids}});
    if (!rows) return std::unexpected(rows.error());
    std::vector<std::string> tokens;
    for (std::size_t i = 0; i < rows->size(); ++i) tokens.emplace_back(rows->text(i, 0));
    return tokens;
}

}  // namespace

std::span<const RowColumn<TeamRow>> team_columns() {
    return kColumns;
}

std::vector<TeamMember> parse_members(std::string_view json) {
    std::vector<TeamMember> members;
    for (const auto item : json_elements(json).value_or(std::vector<std::string_view>())) {
        const auto parts = json_members(item).value_or(JsonParts());
        TeamMember member;
        member.user_id = decode_json_string(part(parts, "user_id")).value_or("");
        member.user_email = decode_json_string(part(parts, "user_email")).value_or("");
        member.role = part(parts, "role") == "\"admin\"" ? "admin" : "user";
        if (!member.user_id.empty() || !member.user_email.empty())
            members.push_back(std::move(member));
    }
    return members;
}

std::string members_json(std::span<const TeamMember> members) {
    std::string out;
    JsonWriter json(out);
    const auto write = [&](std::string_view key, const std::string& text) {
        json.key(key);
        text.empty() ? json.null() : json.string(text);
    };
    json.begin_array();
    for (const auto& member : members) {
        json.begin_object();
        write("user_id", member.user_id);
        write("user_email", member.user_email);
        write("role", member.role);
        json.end_object();
    }
    json.end_array();
    return out;
}

Result<std::optional<TeamRow>> find_team_row(Sql& sql, std::string_view id, RowLock lock) {
    return table().find(sql, id, lock);
}

Result<std::vector<TeamRow>> find_team_rows(Sql& sql, std::span<const std::string> ids,
                                            RowLock lock) {
    return table().find_all(sql, ids, lock);
}

Result<void> insert_team_row(Sql& sql, const TeamRow& row) {
    return table().insert(sql, row);
}

Result<void> update_team_row(Sql& sql, const TeamRow& before, const TeamRow& after) {
    return table().update(sql, before, after);
}

Result<void> archive_teams(Sql& sql, std::span<const std::string> ids,
                           const TeamDeletion& deletion) {
    static const std::string copy =
        R"(insert into "LiteLLM_DeletedTeamTable" (id, deleted_at, deleted_by, deleted_by_api_key,
           litellm_changed_by, )" +
        column_list(team_columns()) + ") select $2, $3, $4, $5, $6, " +
        column_list(team_columns()) + R"( from "LiteLLM_TeamTable" where team_id = $1)";
    for (const auto& team : ids) {
        std::string id;
        append_uuid4(id);
        const auto copied =
            sql.run(Statement(copy.c_str()),
                    {team, id, deletion.at, text_or_null(deletion.by),
                     text_or_null(deletion.by_api_key), text_or_null(deletion.changed_by)});
        if (!copied) return std::unexpected(copied.error());
        for (const auto* const statement :
             {R"(delete from "LiteLLM_TeamMembership" where team_id = $1)",
              R"(delete from "LiteLLM_ModelTable" where id in
                 (select model_id from "LiteLLM_TeamTable" where team_id = $1))"})
            if (auto gone = done(sql.run(statement, {team})); !gone) return gone;
    }
    return table().remove(sql, ids);
}

Result<std::int64_t> save_model_aliases(Sql& sql, std::optional<std::int64_t> id,
                                        std::string_view aliases, std::string_view author,
                                        WallTime now) {
    if (id) {
        const auto updated = sql.run(
            R"(update "LiteLLM_ModelTable" set aliases = $2, updated_at = $3, updated_by = $4
               where id = $1 returning id)",
            {*id, SqlValue::Json{aliases}, now, author});
        if (!updated) return std::unexpected(updated.error());
        if (!updated->empty()) return *id;
    }
    const auto made = sql.run(
        R"(insert into "LiteLLM_ModelTable" (aliases, created_at, created_by, updated_at, updated_by)
           values ($1, $2, $3, $2, $3) returning id)",
        {SqlValue::Json{aliases}, now, author});
    if (!made) return std::unexpected(made.error());
    return made->integer(0, 0).value_or(0);
}

Result<std::string> show_model_aliases(Sql& sql, std::optional<std::int64_t> id) {
    if (!id) return "null";
    const auto rows = sql.run(
        R"(select aliases, created_by, updated_by from "LiteLLM_ModelTable" where id = $1)", {*id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return "null";
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("id").number(*id).key("model_aliases").raw(rows->text(0, 0));
    json.key("created_by").string(rows->text(0, 1)).key("updated_by").string(rows->text(0, 2));
    json.end_object();
    return out;
}

Result<std::vector<MembershipOfTeam>> memberships_of_teams(Sql& sql,
                                                           std::span<const std::string> ids) {
    static const MadeStatement statement(
        std::string(kMemberships) +
            " where team_id in (select value from json_each($1)) order by team_id, user_id",
        std::string(kMemberships) + " where team_id = any($1) order by team_id, user_id");
    const auto rows = sql.run(statement, {SqlValue::List{ids}});
    if (!rows) return std::unexpected(rows.error());
    std::vector<MembershipOfTeam> memberships;
    for (std::size_t i = 0; i < rows->size(); ++i) memberships.push_back(read_membership(*rows, i));
    return memberships;
}

Result<std::optional<MembershipOfTeam>> find_membership(Sql& sql, std::string_view user_id,
                                                        std::string_view team_id) {
    static const std::string text =
        std::string(kMemberships) + " where user_id = $1 and team_id = $2";
    const auto rows = sql.run(Statement(text.c_str()), {user_id, team_id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return std::nullopt;
    return read_membership(*rows, 0);
}

Result<void> save_membership(Sql& sql, std::string_view user_id, std::string_view team_id,
                             std::string_view budget_id) {
    return done(sql.run(
        R"(insert into "LiteLLM_TeamMembership" (user_id, team_id, budget_id) values ($1, $2, $3)
           on conflict (user_id, team_id) do update set budget_id = excluded.budget_id)",
        {user_id, team_id, text_or_null(budget_id)}));
}

Result<void> set_membership_spend(Sql& sql, std::string_view user_id, std::string_view team_id,
                                  PicodollarSum spend) {
    return done(sql.run(
        R"(update "LiteLLM_TeamMembership" set spend = $3, tollweir_spend = $4
           where user_id = $1 and team_id = $2)",
        {user_id, team_id, to_double_dollars(spend), SqlValue::Sum{spend}}));
}

Result<void> delete_membership(Sql& sql, std::string_view user_id, std::string_view team_id) {
    return done(
        sql.run(R"(delete from "LiteLLM_TeamMembership" where user_id = $1 and team_id = $2)",
                {user_id, team_id}));
}

Result<void> delete_memberships_of(Sql& sql, std::string_view user_id) {
    return done(sql.run(R"(delete from "LiteLLM_TeamMembership" where user_id = $1)", {user_id}));
}

bool is_team_sort(std::string_view column) {
    return std::ranges::find(kSorts, column) != kSorts.end();
}

Result<ListedTeams> list_team_rows(Sql& sql, const TeamFilter& filter, std::string_view sort,
                                   bool descending, std::size_t offset, std::size_t count) {
    const auto where = where_of(filter, sql.dialect());
    const auto counted = sql.run(
        Statement("select count(*) from \"LiteLLM_TeamTable\"" + where.text()), where.values());
    if (!counted) return std::unexpected(counted.error());
    const std::string order(descending ? " desc" : " asc");
    auto rest = where.text() + " order by " + std::string(sort) + order +
                (sort == "team_id" ? "" : ", team_id" + order) + " limit " + std::to_string(count) +
                " offset " + std::to_string(offset);
    auto teams = table().select(sql, rest, where.values());
    if (!teams) return std::unexpected(teams.error());
    return ListedTeams{std::move(*teams), counted->integer(0, 0).value_or(0)};
}

Result<std::vector<std::string>> tokens_of_teams(Sql& sql, std::span<const std::string> ids) {
    return tokens_by(sql,
                     {R"(select token from "LiteLLM_VerificationToken"
                         where team_id in (select value from json_each($1)) order by token)",
                      R"(select token from "LiteLLM_VerificationToken"
                         where team_id = any($1) order by token)"},
                     ids);
}

Result<std::vector<std::string>> tokens_of_users(Sql& sql, std::span<const std::string> ids) {
    return tokens_by(sql,
                     {R"(select token from "LiteLLM_VerificationToken"
                         where user_id in (select value from json_each($1)) order by token)",
                      R"(select token from "LiteLLM_VerificationToken"
                         where user_id = any($1) order by token)"},
                     ids);
}

}  // namespace tollweir
