#include "tollweir/storage/key_lookup.hpp"

#include <map>
#include <string>

#include "tollweir/core/json_parts.hpp"
#include "tollweir/storage/key_owners.hpp"
#include "tollweir/storage/key_row.hpp"

namespace tollweir {
namespace {

/// Everything that a batch of keys belongs to.
struct Owners {
    Budgets budgets;
    Teams teams;
    Users users;
    Memberships memberships;
    Organizations organizations;
    OrganizationMemberships organization_memberships;
    Projects projects;
    AccessGroups access_groups;
};

/// The value, or the error into `failed`: loading goes on, and the first error is told in the end.
template <class T>
T take(Result<T> found, std::optional<GatewayError>& failed) {
    if (found) return std::move(*found);
    if (!failed) failed = std::move(found.error());
    return {};
}

const std::string& organization_of(const KeyRow& key, const Teams& teams) {
    if (!key.organization_id.empty()) return key.organization_id;
    const auto team = teams.find(key.team_id);
    return team == teams.end() ? key.organization_id : team->second.record->organization_id;
}

Result<Owners> load_owners(Sql& sql, const std::vector<KeyRow>& keys) {
    Owners owners;
    std::optional<GatewayError> failed;
    Ids teams;
    Ids users;
    Ids organizations;
    Ids projects;
    Ids groups;
    Ids budgets;
    for (const auto& key : keys) {
        teams.insert(key.team_id);
        users.insert(key.user_id);
        projects.insert(key.project_id);
        groups.insert(key.access_group_ids.begin(), key.access_group_ids.end());
        budgets.insert(key.budget_id);
    }
    owners.teams = take(find_teams(sql, teams), failed);
    for (const auto& key : keys) organizations.insert(organization_of(key, owners.teams));
    owners.users = take(find_users(sql, users), failed);
    if (teams.size() > 1 || !teams.contains(""))
        owners.memberships = take(find_memberships(sql, users, teams), failed);
    owners.organizations = take(find_organizations(sql, organizations), failed);
    if (!owners.organizations.empty())
        owners.organization_memberships =
            take(find_organization_memberships(sql, users, organizations), failed);
    owners.projects = take(find_projects(sql, projects), failed);
    owners.access_groups = take(find_access_groups(sql, groups), failed);
    for (const auto& [id, team] : owners.teams) budgets.insert(team.member_budget_id);
    for (const auto& [who, membership] : owners.memberships) budgets.insert(membership.budget_id);
    for (const auto& [id, organization] : owners.organizations)
        budgets.insert(organization.budget_id);
    for (const auto& [who, membership] : owners.organization_memberships)
        budgets.insert(membership.budget_id);
    for (const auto& [id, project] : owners.projects) budgets.insert(project.budget_id);
    owners.budgets = take(find_budgets(sql, budgets), failed);
    if (failed) return std::unexpected(std::move(*failed));
    return owners;
}

const BudgetTerms* find_budget(const Owners& owners, const std::string& id) {
    const auto found = owners.budgets.find(id);
    return found == owners.budgets.end() ? nullptr : &found->second;
}

/// Null where there is no such budget, as for rows that have none.
const BudgetTerms* merge_budget(const Owners& owners, const std::string& id, LimitTerms& limits,
                                std::vector<ModelTerms>& model_limits) {
    const auto* budget = find_budget(owners, id);
    if (budget == nullptr) return nullptr;
    fill_from(limits, *budget);
    if (model_limits.empty()) model_limits = budget->model_limits;
    return budget;
}

std::shared_ptr<const MemberRecord> member_of(const KeyRow& key, const TeamRows& team,
                                              const Owners& owners) {
    const auto listed = team.members.find(key.user_id);
    const auto membership = owners.memberships.find({key.user_id, key.team_id});
    const bool is_listed = listed != team.members.end();
    const bool has_row = membership != owners.memberships.end();
    if (key.user_id.empty() || (!is_listed && !has_row)) return nullptr;
    auto member = std::make_shared<MemberRecord>();
    member->is_admin = is_listed && listed->second;
    if (has_row) {
        member->budget_id = membership->second.budget_id;
        member->limits.spend = membership->second.spend;
    }
    const auto* own = merge_budget(owners, member->budget_id, member->limits, member->model_limits);
    const auto* shared = find_budget(owners, team.member_budget_id);
    if (own == nullptr) {
        member->budget_id = team.member_budget_id;
        merge_budget(owners, member->budget_id, member->limits, member->model_limits);
    } else if (shared != nullptr && member->limits.budget_duration.empty()) {
        // A member's own cap without a period has that of the team's members.
        member->limits.budget_duration = shared->limits.budget_duration;
        member->limits.budget_reset_at = shared->limits.budget_reset_at;
    }
    const bool narrows = own != nullptr && !own->allowed_models.names().empty();
    member->models = narrows ? own->allowed_models : AllowedModels(team.default_member_models);
    return member;
}

void add_organization(KeyRecord& record, const OrganizationRecord& found, const Owners& owners) {
    auto organization = std::make_shared<OrganizationRecord>(found);
    merge_budget(owners, organization->budget_id, organization->limits, organization->model_limits);
    const auto membership =
        owners.organization_memberships.find({record.user_id, organization->id});
    if (membership != owners.organization_memberships.end()) {
        const auto& row = membership->second;
        organization->caller_is_admin = row.is_admin;
        auto member = std::make_shared<OrganizationMemberRecord>();
        member->budget_id = row.budget_id;
        member->limits.spend = row.spend;
        merge_budget(owners, member->budget_id, member->limits, member->model_limits);
        record.organization_member = std::move(member);
    }
    record.organization = std::move(organization);
}

void add_owners(KeyRecord& record, const KeyRow& key, const Owners& owners) {
    if (const auto team = owners.teams.find(key.team_id); team != owners.teams.end()) {
        record.team = team->second.record;
        record.member = member_of(key, team->second, owners);
    }
    if (const auto user = owners.users.find(key.user_id); user != owners.users.end())
        record.user = user->second;
    if (const auto found = owners.organizations.find(organization_of(key, owners.teams));
        found != owners.organizations.end())
        add_organization(record, found->second, owners);
    if (const auto found = owners.projects.find(key.project_id); found != owners.projects.end()) {
        auto project = std::make_shared<ProjectRecord>(found->second);
        merge_budget(owners, project->budget_id, project->limits, project->model_limits);
        record.project = std::move(project);
    }
    for (const auto& id : key.access_group_ids)
        if (const auto group = owners.access_groups.find(id); group != owners.access_groups.end())
            record.access_group_models.insert(record.access_group_models.end(),
                                              group->second.begin(), group->second.end());
}

/// `"true"` also counts: LiteLLM's forms send it.
bool is_true(std::string_view json) {
    return json == "true" || json == "\"true\"";
}

std::unique_ptr<KeyRecord> make_record(const KeyRow& key, const Owners& owners) {
    auto record = std::make_unique<KeyRecord>();
    record->digest = parse_digest(key.token).value_or(Sha256Digest{});
    record->hash = key.token;
    record->name = key.key_name;
    record->alias = key.key_alias;
    record->user_id = key.user_id;
    record->team_id = key.team_id;
    record->organization_id = key.organization_id;
    record->project_id = key.project_id;
    record->agent_id = key.agent_id;
    record->budget_id = key.budget_id;
    record->created_by = key.created_by;
    record->models = AllowedModels(key.models);
    record->access_group_ids = key.access_group_ids;
    record->aliases = parse_name_map(key.aliases);
    record->skips_model_check = !json_members(key.config).value_or(JsonParts()).empty();
    record->allowed_routes = AllowedRoutes(key.allowed_routes);
    record->allowed_cache_controls = key.allowed_cache_controls;
    const auto permissions = json_members(key.permissions).value_or(JsonParts());
    record->may_read_global_spend = is_true(find_part(permissions, "get_spend_routes"));
    record->blocked = key.blocked.value_or(false);
    record->expires = key.expires;
    auto& limits = record->limits;
    limits.max_budget = key.max_budget;
    limits.budget_duration = key.budget_duration;
    limits.budget_reset_at = key.budget_reset_at;
    limits.spend = key.spend;
    limits.max_parallel_requests = key.max_parallel_requests;
    limits.rpm_limit = key.rpm_limit;
    limits.tpm_limit = key.tpm_limit;
    record->metadata_json = key.metadata;
    record->metadata = parse_key_metadata(key.metadata);
    record->router = parse_router_overrides(key.router_settings);
    const auto* budget = find_budget(owners, key.budget_id);
    if (budget != nullptr) fill_from(limits, *budget);
    const bool own_models = !parse_model_terms(key.model_max_budget, {}, {}).empty();
    record->model_limits = parse_model_terms(
        own_models || budget == nullptr ? key.model_max_budget : budget->model_max_budget,
        record->metadata.model_rpm_limit_json, record->metadata.model_tpm_limit_json);
    record->budget_windows = parse_budget_windows(key.budget_limits);
    add_owners(*record, key, owners);
    return record;
}

/// The keys, and those that stand for replaced ones in grace: asked-for hash, end of its grace,
/// row.
const std::string& key_query(bool postgres) {
    const auto build = [](const std::string& no_time, const std::string& is_asked) {
        return "select k.asked, k.revoke_at, " + key_column_list("v.") +
               R"( from (select token as asked, token as active, )" + no_time +
               R"( as revoke_at from "LiteLLM_VerificationToken" where token )" + is_asked +
               R"( union all select token, active_token_id, revoke_at
                 from "LiteLLM_DeprecatedVerificationToken" where revoke_at > $2 and token )" +
               is_asked + R"() k join "LiteLLM_VerificationToken" v on v.token = k.active)";
    };
    static const std::string for_sqlite = build("null", "in (select value from json_each($1))");
    static const std::string for_postgres = build("null::timestamp", "= any($1)");
    return postgres ? for_postgres : for_sqlite;
}

}  // namespace

Result<std::vector<LookedUpKey>> find_keys(Sql& sql, std::span<const Sha256Digest> digests,
                                           WallTime now) {
    std::vector<std::string> hashes;
    hashes.reserve(digests.size());
    for (const auto& digest : digests) hashes.push_back(to_hex(digest));
    const auto rows = sql.run(Statement(key_query(false).c_str(), key_query(true).c_str()),
                              {SqlValue::List{hashes}, now});
    if (!rows) return std::unexpected(rows.error());
    constexpr std::size_t kRow = 2;  // where the key's own columns begin
    std::vector<KeyRow> keys;
    std::map<std::string, std::size_t, std::less<>> by_hash;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        keys.push_back(read_key_row(*rows, i, kRow));
        // A hash that is a key of its own again is that key, not its successor.
        const auto [at, added] = by_hash.try_emplace(std::string(rows->text(i, 0)), i);
        if (!added && rows->is_null(i, 1)) at->second = i;
    }
    std::vector<LookedUpKey> found(digests.size());
    if (keys.empty()) return found;
    const auto owners = load_owners(sql, keys);
    if (!owners) return std::unexpected(owners.error());
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        const auto at = by_hash.find(hashes[i]);
        if (at == by_hash.end()) continue;
        found[i].record = make_record(keys[at->second], *owners);
        found[i].ends = rows->time(at->second, 1);
    }
    return found;
}

}  // namespace tollweir
