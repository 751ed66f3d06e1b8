#include "gateway/admin/keys/key_checks.hpp"

#include <algorithm>
#include <chrono>

#include "gateway/admin/keys/key_defaults.hpp"
#include "gateway/admin/keys/key_json.hpp"
#include "gateway/admin/keys/key_rules.hpp"
#include "tollweir/auth/auth_error.hpp"
#include "tollweir/auth/permissions.hpp"
#include "tollweir/core/json_parts.hpp"
#include "tollweir/storage/key_companions.hpp"
#include "tollweir/storage/keys.hpp"

namespace tollweir {
namespace {

template <class Map>
auto* find_in(Map& map, const std::string& id) {
    const auto found = map.find(id);
    return found == map.end() ? nullptr : &found->second;
}

/// The rows around a key, as it was and as it shall be.
struct Surroundings {
    Teams teams;
    Users users;
    Budgets budgets;
    Organizations organizations;
    std::string project_team;
    bool is_admin_of_organization = false;
};

Result<Surroundings> load_surroundings(Sql& sql, const KeyActor& actor, const KeyRow* before,
                                       const KeyRow& after) {
    Surroundings found;
    auto teams = find_teams(sql, {after.team_id});
    if (!teams) return std::unexpected(teams.error());
    found.teams = std::move(*teams);
    auto users = find_users(sql, {after.user_id});
    if (!users) return std::unexpected(users.error());
    found.users = std::move(*users);
    auto organizations = find_organizations(sql, {after.organization_id});
    if (!organizations) return std::unexpected(organizations.error());
    found.organizations = std::move(*organizations);
    Ids budget_ids{after.budget_id, before ? before->budget_id : std::string()};
    for (const auto& [id, organization] : found.organizations)
        budget_ids.insert(organization.budget_id);
    auto budgets = find_budgets(sql, budget_ids);
    if (!budgets) return std::unexpected(budgets.error());
    found.budgets = std::move(*budgets);
    if (actor.is_admin()) return found;
    auto project_team = find_project_team(sql, after.project_id);
    if (!project_team) return std::unexpected(project_team.error());
    found.project_team = std::move(*project_team);
    const auto admins = find_organization_admins(sql, {actor.user_id}, {after.organization_id});
    if (!admins) return std::unexpected(admins.error());
    found.is_admin_of_organization = !admins->empty();
    return found;
}

/// A key that moves into a team must fit into it: whoever moves it.
Result<void> check_move(const KeyRow& after, const TeamRows* team) {
    const auto refuse = [&](std::string_view why) {
        return fail(ErrorKind::permission_denied,
                    "Key cannot be moved to team=" + after.team_id + ": " + std::string(why));
    };
    if (team == nullptr) return refuse("there is no such team");
    const auto& record = *team->record;
    for (const auto& model : after.models)
        if (model != "all-team-models" && !record.models.holds(model) &&
            !admits(record.models, {model, model, {}}))
            return refuse("the team may not use model " + model);
    const auto exceeds = [](const auto& own, const auto& cap) { return own && cap && *own > *cap; };
    if (exceeds(after.tpm_limit, record.limits.tpm_limit))
        return refuse("its tpm_limit is above the team's");
    if (exceeds(after.rpm_limit, record.limits.rpm_limit))
        return refuse("its rpm_limit is above the team's");
    if (exceeds(after.max_budget, record.limits.max_budget))
        return refuse("its max_budget is above the team's");
    if (!after.user_id.empty() && standing_in(team, after.user_id) == TeamStanding::none)
        return refuse("User=" + after.user_id + " is no member of it");
    return {};
}

/// `guaranteed_throughput`: what is promised to all keys together must not exceed what there is.
Result<void> check_promises(Sql& sql, const KeyRow& after, KeyOwner owner, std::string_view id,
                            const LimitTerms& cap) {
    const auto metadata = json_members(after.metadata).value_or(JsonParts());
    const auto promised = [&](const char* name) {
        return find_part(metadata, name) == "\"guaranteed_throughput\"";
    };
    const bool tpm = promised("tpm_limit_type") && after.tpm_limit && cap.tpm_limit;
    const bool rpm = promised("rpm_limit_type") && after.rpm_limit && cap.rpm_limit;
    if (!tpm && !rpm) return {};
    const auto allocated = allocated_limits(sql, owner, id, after.token);
    if (!allocated) return std::unexpected(allocated.error());
    const std::string whose = owner == KeyOwner::team ? "team" : "organization";
    const auto check = [&](const char* name, std::int64_t others, std::int64_t own,
                           std::int64_t most) -> Result<void> {
        if (others + own <= most) return {};
        return fail(ErrorKind::bad_request,
                    std::string("Allocated ") + name + " limit=" + std::to_string(others) +
                        " + Key " + name + " limit=" + std::to_string(own) + " is greater than " +
                        whose + " " + name + " limit=" + std::to_string(most));
    };
    if (tpm)
        if (auto good = check("TPM", allocated->tpm, *after.tpm_limit, *cap.tpm_limit); !good)
            return good;
    if (rpm) return check("RPM", allocated->rpm, *after.rpm_limit, *cap.rpm_limit);
    return {};
}

Result<void> check_alias(Sql& sql, const KeyRow* before, const KeyRow& after) {
    if (after.key_alias.empty() || (before && before->key_alias == after.key_alias)) return {};
    const auto holder = holder_of_alias(sql, after.key_alias, before ? before->token : after.token);
    if (!holder) return std::unexpected(holder.error());
    if (holder->empty()) return {};
    return fail(ErrorKind::bad_request, "Key with alias '" + after.key_alias +
                                            "' already exists. Unique key aliases across all keys "
                                            "are required.");
}

}  // namespace

ChangeTime change_time(const AdminCall& call) {
    const auto zone = TimeZone::find(call.config().budgets.timezone);
    // Whole milliseconds, as the stores keep them: what is answered is what is read later.
    return {std::chrono::floor<std::chrono::milliseconds>(WallClock::now()),
            zone.value_or(TimeZone())};
}

Result<std::optional<TeamRows>> find_team(Sql& sql, const std::string& id) {
    auto teams = find_teams(sql, {id});
    if (!teams) return std::unexpected(teams.error());
    if (teams->empty()) return std::nullopt;
    return std::move(teams->begin()->second);
}

Result<std::optional<BudgetTerms>> find_budget(Sql& sql, const std::string& id) {
    auto budgets = find_budgets(sql, {id});
    if (!budgets) return std::unexpected(budgets.error());
    if (budgets->empty()) return std::nullopt;
    return std::move(budgets->begin()->second);
}

GatewayError key_not_found(std::string message) {
    return {ErrorKind::not_found, ErrorSource::client, std::move(message)};
}

Result<KeyRow> lock_key(Sql& sql, const KeyActor& actor, KeyAction action, const std::string& token,
                        std::string missing) {
    auto row = find_key_row(sql, token, RowLock::update);
    if (!row) return std::unexpected(row.error());
    if (!*row) return std::unexpected(key_not_found(std::move(missing)));
    const auto team = find_team(sql, (*row)->team_id);
    if (!team) return std::unexpected(team.error());
    const auto good = permit_action(actor, action, **row, *team ? &**team : nullptr);
    if (!good) return std::unexpected(good.error());
    return std::move(**row);
}

Result<void> check_change(Sql& sql, const KeyActor& actor, const KeyRow* before,
                          const KeyRow& after, bool handed_over) {
    const auto loaded = load_surroundings(sql, actor, before, after);
    if (!loaded) return std::unexpected(loaded.error());
    const auto* team = find_in(loaded->teams, after.team_id);
    const auto* user = find_in(loaded->users, after.user_id);
    const auto* budget = find_in(loaded->budgets, after.budget_id);
    const bool is_new_budget =
        !after.budget_id.empty() && (before == nullptr || before->budget_id != after.budget_id);
    // Another key's own row changes and goes with that key.
    if (is_new_budget && (budget == nullptr || after.budget_id.starts_with(kOwnBudgetPrefix)))
        return fail(ErrorKind::bad_request,
                    "Budget not found, passed budget_id=" + after.budget_id);
    const UserRecord* owner = user ? user->get() : nullptr;
    const KeyOwners owners{team, owner, loaded->project_team, loaded->is_admin_of_organization};
    if (auto good = permit_owners(actor, before, after, owners); !good) return good;
    if (handed_over)
        if (auto good = permit_handover(actor, after, owner); !good) return good;
    if (before != nullptr && before->team_id != after.team_id && !after.team_id.empty())
        if (auto good = check_move(after, team); !good) return good;

    KeyGrant grant;
    grant.after = &after;
    grant.limits_after = effective_limits(after, budget);
    grant.team = team;
    grant.before = before;
    grant.handed_over = handed_over;
    if (before != nullptr)
        grant.limits_before =
            effective_limits(*before, find_in(loaded->budgets, before->budget_id));
    if (auto good = permit_grant(actor, grant); !good) return good;

    if (team != nullptr)
        if (auto good =
                check_promises(sql, after, KeyOwner::team, after.team_id, team->record->limits);
            !good)
            return good;
    if (const auto* organization = find_in(loaded->organizations, after.organization_id)) {
        auto cap = organization->limits;
        if (const auto* shared = find_in(loaded->budgets, organization->budget_id))
            fill_from(cap, *shared);
        if (auto good =
                check_promises(sql, after, KeyOwner::organization, after.organization_id, cap);
            !good)
            return good;
    }
    return check_alias(sql, before, after);
}

Result<void> check_generation(const KeyDefaults& rules, const KeyActor& actor,
                              const KeyFields& fields, const KeyRow& row, const TeamRows* team) {
    const bool is_team_key = !row.team_id.empty();
    if (is_team_key && team == nullptr && (rules.team_keys || rules.personal_keys))
        return fail(ErrorKind::bad_request,
                    "Unable to find team object in database. Team ID: " + row.team_id);
    const auto& rule = is_team_key ? rules.team_keys : rules.personal_keys;
    if (!rule) return {};
    if (auto good = hold_required(rule->required_params, fields); !good) return good;
    if (!rule->allowed_roles || actor.is_admin()) return {};
    const auto& allowed = *rule->allowed_roles;
    const bool leads = standing_in(team, actor.user_id) == TeamStanding::admin;
    const std::string role(is_team_key ? (leads ? "admin" : "user") : name_of(actor.role));
    if (std::ranges::find(allowed, role) != allowed.end()) return {};
    return fail(ErrorKind::bad_request,
                is_team_key ? "Team member role " + role +
                                  " not in allowed_team_member_roles=" + python_list(allowed)
                            : "Personal key creation has been restricted by admin. Allowed roles=" +
                                  python_list(allowed) + ". Your role=" + role);
}

Result<void> save_companions(Sql& sql, const KeyFields& fields, const AdminCall& call, WallTime now,
                             KeyRow& row) {
    if (fields.soft_budget.sent) {
        if (row.budget_id.starts_with(kOwnBudgetPrefix)) {
            const auto saved =
                set_soft_budget(sql, row.budget_id, fields.soft_budget.value, call.author, now);
            if (!saved) return saved;
        } else if (fields.soft_budget.value) {
            if (!row.budget_id.empty())
                return fail(ErrorKind::bad_request,
                            "The key shares budget " + row.budget_id +
                                ", so soft_budget cannot be set for it alone: set it there");
            auto made = insert_own_budget(sql, *fields.soft_budget.value, call.author, now);
            if (!made) return std::unexpected(made.error());
            row.budget_id = std::move(*made);
        }
    }
    if (!fields.object_permission.sent) return {};
    if (!fields.object_permission.value) {
        row.object_permission_id.clear();
        return {};
    }
    auto saved =
        save_object_permission(sql, row.object_permission_id, *fields.object_permission.value);
    if (!saved) return std::unexpected(saved.error());
    row.object_permission_id = std::move(*saved);
    return {};
}

Result<void> audit_key(Sql& sql, const AdminCall& call, std::string_view action,
                       const KeyRow* before, const KeyRow* after, WallTime now) {
    if (!call.config().callbacks.stores_audit_logs) return {};
    const auto old_values = before ? audit_json(*before) : std::string();
    const auto new_values = after ? audit_json(*after) : std::string();
    const auto& token = (after ? after : before)->token;
    return write_audit_entry(sql, {action, kKeyTable, token, call.author, call.caller_key(),
                                   old_values, new_values, now});
}

Result<std::string> show_issued(Sql& sql, const Secret& key, const KeyRow& row,
                                const KeyFields& fields) {
    const auto budget = find_budget(sql, row.budget_id);
    if (!budget) return std::unexpected(budget.error());
    auto permission = show_object_permission(sql, row.object_permission_id);
    if (!permission) return std::unexpected(permission.error());
    const auto duration = fields.duration.value ? fields.duration.value->text : std::string();
    return issued_key_json(
        {key.reveal(), row, {*budget ? &**budget : nullptr, std::move(*permission)}, duration});
}

void forget_key(const AdminCall& call, std::string_view token) {
    if (call.keys == nullptr) return;
    if (const auto digest = parse_digest(token)) call.keys->forget_key(*digest);
}

}  // namespace tollweir
