#include "tollweir/storage/key_owners.hpp"

#include "storage/by_ids.hpp"
#include "storage/exact_spend.hpp"
#include "tollweir/core/json.hpp"
#include "tollweir/core/json_parts.hpp"

namespace tollweir {
namespace {

// Begins with what limits are read from, in the order of read_limits.
constexpr const char* kLimits =
    "max_budget, budget_duration, budget_reset_at, max_parallel_requests, tpm_limit, rpm_limit, "
    "tollweir_spend, spend, ";
constexpr std::size_t kAfterLimits = 8;

std::optional<Picodollars> money(const SqlRows& rows, std::size_t row, std::size_t column) {
    const auto dollars = rows.real(row, column);
    return dollars ? from_double_dollars(*dollars) : std::nullopt;
}

std::string text(const SqlRows& rows, std::size_t row, std::size_t column) {
    return std::string(rows.text(row, column));
}

LimitTerms read_limits(const SqlRows& rows, std::size_t row, std::size_t first) {
    LimitTerms limits;
    limits.max_budget = money(rows, row, first);
    limits.budget_duration = text(rows, row, first + 1);
    limits.budget_reset_at = rows.time(row, first + 2);
    limits.max_parallel_requests = rows.integer(row, first + 3);
    limits.tpm_limit = rows.integer(row, first + 4);
    limits.rpm_limit = rows.integer(row, first + 5);
    limits.spend = read_spend(rows, row, first + 6);
    return limits;
}

std::string_view part_of(const std::optional<JsonParts>& parts, std::string_view name) {
    return parts ? find_part(*parts, name) : std::string_view();
}

/// Of `metadata`, beside the row's own `model_max_budget`.
std::vector<ModelTerms> model_terms(std::string_view max_budget, std::string_view metadata) {
    const auto parts = json_members(metadata);
    return parse_model_terms(max_budget, part_of(parts, "model_rpm_limit"),
                             part_of(parts, "model_tpm_limit"));
}

/// `[{"role": "admin", "user_id": "u-lena"}]`.
void add_members(std::map<std::string, bool>& members, std::string_view json) {
    for (const auto item : json_elements(json).value_or(std::vector<std::string_view>())) {
        const auto parts = json_members(item);
        auto user = decode_json_string(part_of(parts, "user_id")).value_or("");
        if (user.empty()) continue;
        const bool is_admin = part_of(parts, "role") == "\"admin\"";
        members[std::move(user)] |= is_admin;
    }
}

const std::string kTeamQuery =
    std::string("select ") + kLimits +
    R"(team_id, team_alias, organization_id, blocked, models, metadata, team_member_permissions,
       model_max_budget, budget_limits, admins, members, members_with_roles,
       default_team_member_models, router_settings,
       (select m.aliases from "LiteLLM_ModelTable" m where m.id = t.model_id)
       from "LiteLLM_TeamTable" t where )";

TeamRows read_team(const SqlRows& rows, std::size_t row) {
    auto record = std::make_shared<TeamRecord>();
    record->limits = read_limits(rows, row, 0);
    std::size_t at = kAfterLimits;
    record->id = text(rows, row, at++);
    record->alias = text(rows, row, at++);
    record->organization_id = text(rows, row, at++);
    record->blocked = rows.boolean(row, at++).value_or(false);
    record->models = AllowedModels(rows.list(row, at++));
    record->metadata_json = text(rows, row, at++);
    record->member_permissions = rows.list(row, at++);
    record->model_limits = model_terms(rows.text(row, at++), record->metadata_json);
    record->budget_windows = parse_budget_windows(rows.text(row, at++));
    TeamRows team;
    for (auto& admin : rows.list(row, at++)) team.members[std::move(admin)] = true;
    for (auto& member : rows.list(row, at++)) team.members.try_emplace(std::move(member), false);
    add_members(team.members, rows.text(row, at++));
    team.default_member_models = rows.list(row, at++);
    record->router = parse_router_overrides(rows.text(row, at++));
    record->model_aliases = parse_name_map(rows.text(row, at));
    team.member_budget_id =
        decode_json_string(part_of(json_members(record->metadata_json), "team_member_budget_id"))
            .value_or("");
    team.record = std::move(record);
    return team;
}

Teams read_teams(const SqlRows& rows) {
    Teams teams;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto team = read_team(rows, i);
        const auto id = team.record->id;
        teams.emplace(id, std::move(team));
    }
    return teams;
}

}  // namespace

Result<Budgets> find_budgets(Sql& sql, const Ids& ids) {
    static const ByIds query(
        R"(select budget_id, max_budget, budget_duration, budget_reset_at, max_parallel_requests,
           tpm_limit, rpm_limit, soft_budget, model_max_budget, allowed_models
           from "LiteLLM_BudgetTable" where budget_id)");
    const auto rows = query.run(sql, ids);
    if (!rows) return std::unexpected(rows.error());
    Budgets budgets;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        auto& budget = budgets[text(*rows, i, 0)];
        budget.limits.max_budget = money(*rows, i, 1);
        budget.limits.budget_duration = text(*rows, i, 2);
        budget.limits.budget_reset_at = rows->time(i, 3);
        budget.limits.max_parallel_requests = rows->integer(i, 4);
        budget.limits.tpm_limit = rows->integer(i, 5);
        budget.limits.rpm_limit = rows->integer(i, 6);
        budget.limits.soft_budget = money(*rows, i, 7);
        if (!rows->is_null(i, 8)) budget.model_max_budget = text(*rows, i, 8);
        budget.model_limits = parse_model_terms(budget.model_max_budget, {}, {});
        budget.allowed_models = AllowedModels(rows->list(i, 9));
    }
    return budgets;
}

void fill_from(LimitTerms& limits, const BudgetTerms& budget) {
    const auto fill = [](auto& own, const auto& shared) {
        if (!own) own = shared;
    };
    const auto& shared = budget.limits;
    fill(limits.max_budget, shared.max_budget);
    fill(limits.soft_budget, shared.soft_budget);
    fill(limits.max_parallel_requests, shared.max_parallel_requests);
    fill(limits.tpm_limit, shared.tpm_limit);
    fill(limits.rpm_limit, shared.rpm_limit);
    if (!limits.budget_duration.empty()) return;
    limits.budget_duration = shared.budget_duration;
    limits.budget_reset_at = shared.budget_reset_at;
}

Result<Teams> find_teams(Sql& sql, const Ids& ids) {
    static const ByIds query(kTeamQuery + "team_id");
    const auto rows = query.run(sql, ids);
    if (!rows) return std::unexpected(rows.error());
    return read_teams(*rows);
}

Result<Teams> find_teams_of_user(Sql& sql, std::string_view user_id) {
    static const std::string by_membership =
        R"(select team_id from "LiteLLM_TeamMembership" where user_id = $1)";
    static const std::string sqlite =
        kTeamQuery + "team_id in (" + by_membership +
        R"( union select value from "LiteLLM_UserTable", json_each(teams) where user_id = $1))";
    static const std::string postgres =
        kTeamQuery + "team_id in (" + by_membership +
        R"( union select unnest(teams) from "LiteLLM_UserTable" where user_id = $1))";
    const auto rows = sql.run(Statement(sqlite.c_str(), postgres.c_str()), {user_id});
    if (!rows) return std::unexpected(rows.error());
    return read_teams(*rows);
}

Result<Users> find_users(Sql& sql, const Ids& ids) {
    static const ByIds query(
        std::string("select ") + kLimits +
        R"(user_id, user_role, models, model_max_budget, metadata from "LiteLLM_UserTable"
           where user_id)");
    const auto rows = query.run(sql, ids);
    if (!rows) return std::unexpected(rows.error());
    Users users;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        auto user = std::make_shared<UserRecord>();
        user->limits = read_limits(*rows, i, 0);
        user->id = text(*rows, i, kAfterLimits);
        user->role = parse_user_role(rows->text(i, kAfterLimits + 1));
        user->models = AllowedModels(rows->list(i, kAfterLimits + 2));
        user->model_limits =
            model_terms(rows->text(i, kAfterLimits + 3), rows->text(i, kAfterLimits + 4));
        auto id = user->id;
        users.emplace(std::move(id), std::move(user));
    }
    return users;
}

Result<Memberships> find_memberships(Sql& sql, const Ids& users, const Ids& teams) {
    static const ByIds query(
        R"(select user_id, team_id, budget_id, tollweir_spend, spend from "LiteLLM_TeamMembership"
           where user_id)");
    const auto rows = query.run(sql, users);
    if (!rows) return std::unexpected(rows.error());
    Memberships memberships;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        auto team = text(*rows, i, 1);
        if (!teams.contains(team)) continue;
        memberships[{text(*rows, i, 0), std::move(team)}] = {text(*rows, i, 2),
                                                             read_spend(*rows, i, 3)};
    }
    return memberships;
}

Result<Organizations> find_organizations(Sql& sql, const Ids& ids) {
    static const ByIds query(
        R"(select organization_id, organization_alias, budget_id, models, metadata,
           tollweir_spend, spend from "LiteLLM_OrganizationTable" where organization_id)");
    const auto rows = query.run(sql, ids);
    if (!rows) return std::unexpected(rows.error());
    Organizations organizations;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        OrganizationRecord organization;
        organization.id = text(*rows, i, 0);
        organization.alias = text(*rows, i, 1);
        organization.budget_id = text(*rows, i, 2);
        organization.models = AllowedModels(rows->list(i, 3));
        organization.model_limits = model_terms("{}", rows->text(i, 4));
        organization.limits.spend = read_spend(*rows, i, 5);
        auto id = organization.id;
        organizations.emplace(std::move(id), std::move(organization));
    }
    return organizations;
}

Result<OrganizationMemberships> find_organization_memberships(Sql& sql, const Ids& users,
                                                              const Ids& organizations) {
    static const ByIds query(
        R"(select user_id, organization_id, user_role, budget_id, tollweir_spend, spend
           from "LiteLLM_OrganizationMembership" where user_id)");
    const auto rows = query.run(sql, users);
    if (!rows) return std::unexpected(rows.error());
    OrganizationMemberships memberships;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        auto organization = text(*rows, i, 1);
        if (!organizations.contains(organization)) continue;
        memberships[{text(*rows, i, 0), std::move(organization)}] = {
            rows->text(i, 2) == "org_admin", text(*rows, i, 3), read_spend(*rows, i, 4)};
    }
    return memberships;
}

Result<std::set<UserAndGroup>> find_organization_admins(Sql& sql, const Ids& users,
                                                        const Ids& organizations) {
    const auto memberships = find_organization_memberships(sql, users, organizations);
    if (!memberships) return std::unexpected(memberships.error());
    std::set<UserAndGroup> admins;
    for (const auto& [who, membership] : *memberships)
        if (membership.is_admin) admins.insert(who);
    return admins;
}

Result<Projects> find_projects(Sql& sql, const Ids& ids) {
    static const ByIds query(
        R"(select project_id, project_alias, blocked, models, budget_id, model_rpm_limit,
           model_tpm_limit, tollweir_spend, spend from "LiteLLM_ProjectTable" where project_id)");
    const auto rows = query.run(sql, ids);
    if (!rows) return std::unexpected(rows.error());
    Projects projects;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        ProjectRecord project;
        project.id = text(*rows, i, 0);
        project.alias = text(*rows, i, 1);
        project.blocked = rows->boolean(i, 2).value_or(false);
        project.models = AllowedModels(rows->list(i, 3));
        project.budget_id = text(*rows, i, 4);
        project.model_limits = parse_model_terms("{}", rows->text(i, 5), rows->text(i, 6));
        project.limits.spend = read_spend(*rows, i, 7);
        auto id = project.id;
        projects.emplace(std::move(id), std::move(project));
    }
    return projects;
}

Result<AccessGroups> find_access_groups(Sql& sql, const Ids& ids) {
    static const ByIds query(
        R"(select access_group_id, access_model_names from "LiteLLM_AccessGroupTable"
           where access_group_id)");
    const auto rows = query.run(sql, ids);
    if (!rows) return std::unexpected(rows.error());
    AccessGroups groups;
    for (std::size_t i = 0; i < rows->size(); ++i) groups[text(*rows, i, 0)] = rows->list(i, 1);
    return groups;
}

}  // namespace tollweir
