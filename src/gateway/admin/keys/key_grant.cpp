#include <algorithm>

#include "gateway/admin/keys/key_change.hpp"
#include "gateway/admin/keys/key_rules.hpp"
#include "tollweir/auth/permissions.hpp"
#include "tollweir/core/json_parts.hpp"

namespace tollweir {
namespace {

using Names = std::vector<std::string>;

// What the owner of a key must not shake off by making another one.
constexpr std::string_view kBindingLists[] = {"tags", "guardrails", "policies", "enforced_params"};

std::unexpected<GatewayError> beyond(std::string_view what) {
    GatewayError error(ErrorKind::permission_denied, ErrorSource::client,
                       "You cannot grant more than the key you present has: " + std::string(what));
    return std::unexpected(std::move(error));
}

bool holds(const Names& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}
bool holds_all(const Names& names, const Names& wanted) {
    return std::ranges::all_of(wanted, [&](const auto& name) { return holds(names, name); });
}
/// Of lists that mean everything when they are empty.
bool is_within(const Names& names, const Names& bound) {
    return bound.empty() || (!names.empty() && holds_all(bound, names));
}

Names list_of(std::string_view metadata, std::string_view name) {
    return json_texts(find_part(json_members(metadata).value_or(JsonParts()), name));
}

std::string json_of(const Names& names) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (const auto& name : names) json.string(name);
    json.end_array();
    return out;
}

bool is_model_held(const KeyRecord& own, const AllowedModels& held, const std::string& model,
                   bool same_team) {
    if (model == "no-default-models") return true;
    if (model == "all-team-models") return held.names_all_of_team() && same_team;
    if (held.holds(model) || holds(own.access_group_models, model)) return true;
    if (held.names_all_of_team() && same_team) return true;  // the team's list binds both
    return !model.contains('*') && model != "all-proxy-models" && admits(held, {model, model, {}});
}

/// Where only its team narrows the presented key, a key outside that team needs the team's list.
const AllowedModels& held_models(const KeyRecord& own, const KeyRow& after) {
    const bool leaves_team = own.team && own.team_id != after.team_id;
    return own.models.admits_all() && leaves_team ? own.team->models : own.models;
}

Result<void> hold_models(const KeyRecord& own, const KeyRow& after) {
    const auto& held = held_models(own, after);
    if (held.admits_all()) return {};
    const bool same_team = own.team_id == after.team_id;
    if (after.models.empty()) return beyond("all models");
    for (const auto& model : after.models)
        if (!is_model_held(own, held, model, same_team)) return beyond("model " + model);
    return {};
}

/// A key's alias is followed after the check of the name that was asked for: so its target must be
/// one that the actor may call, and the team.
Result<void> hold_aliases(const KeyRecord& own, const KeyRow& after, const TeamRows* team) {
    for (const auto& [name, target] : parse_name_map(after.aliases)) {
        const WantedModel wanted{target, target, {}};
        if (!permit_model(own, wanted) || (team && !admits(team->record->models, wanted)))
            return beyond("alias to model " + target);
    }
    return {};
}

Result<void> hold_routes(const KeyRecord& own, const KeyRow& after) {
    const auto& bound = own.allowed_routes;
    if (bound.entries().empty()) return {};
    if (after.allowed_routes.empty()) return beyond("all routes");
    for (const auto& entry : after.allowed_routes) {
        const bool is_path = entry.starts_with('/') && !entry.contains('*');
        if (!holds(bound.entries(), entry) && !(is_path && bound.admit(entry, entry, {})))
            return beyond("route " + entry);
    }
    return {};
}

Result<void> hold_permissions(const KeyRecord& own, const KeyRow& after) {
    for (const auto& [name, value] : json_members(after.permissions).value_or(JsonParts())) {
        if (value == "false" || value == "null") continue;
        if (name != "get_spend_routes" || !own.may_read_global_spend)
            return beyond("permission " + name);
    }
    return {};
}

template <class T>
bool is_at_most(const std::optional<T>& value, const std::optional<T>& bound) {
    return !bound || (value && *value <= *bound);
}

/// A cap that comes again sooner is a larger one.
bool is_period_within(const std::string& period, const std::string& bound) {
    if (period.empty()) return true;
    const auto own = parse_budget_duration(bound);
    const auto given = parse_budget_duration(period);
    return own && given && add_exactly(WallTime(), *given) >= add_exactly(WallTime(), *own);
}

Result<void> hold_limits(const LimitTerms& own, const LimitTerms& after) {
    if (!is_at_most(after.max_budget, own.max_budget)) return beyond("max_budget");
    if (own.max_budget && !is_period_within(after.budget_duration, own.budget_duration))
        return beyond("budget_duration");
    if (!is_at_most(after.tpm_limit, own.tpm_limit)) return beyond("tpm_limit");
    if (!is_at_most(after.rpm_limit, own.rpm_limit)) return beyond("rpm_limit");
    if (!is_at_most(after.max_parallel_requests, own.max_parallel_requests))
        return beyond("max_parallel_requests");
    return {};
}

bool are_model_limits_within(const std::vector<ModelTerms>& after,
                             const std::vector<ModelTerms>& own) {
    return std::ranges::all_of(own, [&](const ModelTerms& bound) {
        const auto found = std::ranges::find(after, bound.model, &ModelTerms::model);
        return found != after.end() && is_at_most(found->max_budget, bound.max_budget) &&
               (!bound.max_budget ||
                is_period_within(found->budget_duration, bound.budget_duration)) &&
               is_at_most(found->rpm_limit, bound.rpm_limit) &&
               is_at_most(found->tpm_limit, bound.tpm_limit);
    });
}

bool are_windows_within(const std::vector<BudgetWindow>& after,
                        const std::vector<BudgetWindow>& own) {
    return std::ranges::all_of(own, [&](const BudgetWindow& bound) {
        return std::ranges::any_of(after, [&](const BudgetWindow& window) {
            return window.budget_duration == bound.budget_duration &&
                   window.max_budget <= bound.max_budget;
        });
    });
}

Result<void> hold_metadata(const KeyRecord& own, const KeyRow& after) {
    for (const auto name : kBindingLists)
        if (!holds_all(list_of(after.metadata, name), list_of(own.metadata_json, name)))
            return beyond("it must keep the " + std::string(name) + " of that key");
    if (!is_within(list_of(after.metadata, "allowed_tools"), own.metadata.allowed_tools))
        return beyond("allowed_tools");
    return {};
}

/// What needs an admin, of the gateway or of the key's team, whatever the presented key holds.
Result<void> hold_privileges(const KeyGrant& grant, bool leads_team) {
    const auto& after = *grant.after;
    const auto* before = grant.before;
    const auto raised = parse_key_metadata(after.metadata);
    const auto kept = before ? parse_key_metadata(before->metadata) : KeyMetadata();
    const bool same_raise = raised.temp_budget_increase == kept.temp_budget_increase &&
                            raised.temp_budget_expiry == kept.temp_budget_expiry;
    if (!leads_team && !same_raise && raised.temp_budget_increase.value_or(0) > 0)
        return beyond("temp_budget_increase");
    if (before == nullptr) return {};
    if (!leads_team && after.spend < before->spend) return beyond("a lower spend");
    if (before->blocked.value_or(false) && !after.blocked.value_or(false))
        return beyond("unblocking takes a proxy admin");
    return {};
}

std::string windows_json(const std::vector<BudgetWindow>& windows) {
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (const auto& window : windows)
        json.begin_object()
            .key("max_budget")
            .raw(dollars(window.max_budget))
            .key("budget_duration")
            .string(window.budget_duration)
            .end_object();
    json.end_array();
    return out;
}

std::string model_budgets_json(const std::vector<ModelTerms>& models) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    for (const auto& terms : models) {
        if (!terms.max_budget) continue;
        json.key(terms.model).begin_object();
        json.key("budget_limit").raw(dollars(*terms.max_budget));
        json.key("time_period").string(terms.budget_duration).end_object();
    }
    json.end_object();
    return out;
}

void inherit_metadata(const KeyRecord& own, KeyRow& row) {
    std::vector<std::pair<std::string, std::string>> members;
    for (const auto name : kBindingLists) {
        auto list = list_of(row.metadata, name);
        const auto before = list.size();
        for (auto& item : list_of(own.metadata_json, name))
            if (!holds(list, item)) list.push_back(std::move(item));
        if (list.size() != before) members.emplace_back(name, json_of(list));
    }
    const auto parts = json_members(row.metadata).value_or(JsonParts());
    const auto fill = [&](const char* name, const std::string& json) {
        if (!json.empty() && find_part(parts, name).empty()) members.emplace_back(name, json);
    };
    fill("model_rpm_limit", own.metadata.model_rpm_limit_json);
    fill("model_tpm_limit", own.metadata.model_tpm_limit_json);
    if (!own.metadata.allowed_tools.empty())
        fill("allowed_tools", json_of(own.metadata.allowed_tools));
    if (!members.empty()) row.metadata = with_members(row.metadata, members);
}

}  // namespace

void inherit(const KeyActor& actor, KeyRow& row) {
    if (actor.is_admin() || !actor.key) return;
    const auto& own = *actor.key;
    if (row.models.empty()) row.models = held_models(own, row).names();
    if (row.allowed_routes.empty()) row.allowed_routes = own.allowed_routes.entries();
    if (row.allowed_cache_controls.empty()) row.allowed_cache_controls = own.allowed_cache_controls;
    if (!row.expires) row.expires = own.expires;
    // A budget row may say it all; what it leaves open, the check of grants finds.
    if (row.budget_id.empty()) {
        if (!row.max_budget && own.limits.max_budget) {
            row.max_budget = own.limits.max_budget;
            if (row.budget_duration.empty()) {
                row.budget_duration = own.limits.budget_duration;
                row.budget_reset_at = own.limits.budget_reset_at;
            }
        }
        const auto fill = [](auto& column, const auto& value) {
            if (!column) column = value;
        };
        fill(row.tpm_limit, own.limits.tpm_limit);
        fill(row.rpm_limit, own.limits.rpm_limit);
        fill(row.max_parallel_requests, own.limits.max_parallel_requests);
    }
    if (row.budget_limits.empty() && !own.budget_windows.empty())
        row.budget_limits = windows_json(own.budget_windows);
    if (row.model_max_budget == "{}") row.model_max_budget = model_budgets_json(own.model_limits);
    inherit_metadata(own, row);
}

EffectiveLimits effective_limits(const KeyRow& row, const BudgetTerms* budget) {
    EffectiveLimits limits;
    limits.terms.max_budget = row.max_budget;
    limits.terms.budget_duration = row.budget_duration;
    limits.terms.budget_reset_at = row.budget_reset_at;
    limits.terms.tpm_limit = row.tpm_limit;
    limits.terms.rpm_limit = row.rpm_limit;
    limits.terms.max_parallel_requests = row.max_parallel_requests;
    std::string_view max_budgets = row.model_max_budget;
    if (budget != nullptr) {
        fill_from(limits.terms, *budget);
        if (parse_model_terms(max_budgets, {}, {}).empty()) max_budgets = budget->model_max_budget;
    }
    const auto metadata = parse_key_metadata(row.metadata);
    limits.models = parse_model_terms(max_budgets, metadata.model_rpm_limit_json,
                                      metadata.model_tpm_limit_json);
    return limits;
}

Result<void> permit_grant(const KeyActor& actor, const KeyGrant& grant) {
    if (actor.is_admin()) return {};
    const auto& after = *grant.after;
    const auto* before = grant.before;
    // Of the team it is in already: moving a key into one's own gives no say over its spend.
    const bool leads_team = (before == nullptr || before->team_id == after.team_id) &&
                            standing_in(grant.team, actor.user_id) == TeamStanding::admin;
    if (auto good = hold_privileges(grant, leads_team); !good) return good;
    const auto changed = [&](auto column) {
        return grant.is_all_new() || before->*column != after.*column;
    };
    // LiteLLM's `config` (deprecated) takes away the check of models.
    if (changed(&KeyRow::config) && !json_members(after.config).value_or(JsonParts()).empty())
        return beyond("config");
    if (!actor.key) return {};
    const auto& own = *actor.key;
    Result<void> good;
    if (changed(&KeyRow::models)) good = hold_models(own, after);
    if (good && changed(&KeyRow::aliases)) good = hold_aliases(own, after, grant.team);
    if (good && changed(&KeyRow::allowed_routes)) good = hold_routes(own, after);
    if (good && changed(&KeyRow::permissions)) good = hold_permissions(own, after);
    if (good && changed(&KeyRow::metadata)) good = hold_metadata(own, after);
    if (!good) return good;
    if (changed(&KeyRow::access_group_ids) && !own.models.admits_all() &&
        !holds_all(own.access_group_ids, after.access_group_ids))
        return beyond("access_group_ids");
    if (changed(&KeyRow::allowed_cache_controls) &&
        !is_within(after.allowed_cache_controls, own.allowed_cache_controls))
        return beyond("allowed_cache_controls");
    if (changed(&KeyRow::expires) && !is_at_most(after.expires, own.expires))
        return beyond("a later end");
    if (grant.is_all_new() || grant.limits_before.terms != grant.limits_after.terms)
        if (good = hold_limits(own.limits, grant.limits_after.terms); !good) return good;
    if ((grant.is_all_new() || grant.limits_before.models != grant.limits_after.models) &&
        !are_model_limits_within(grant.limits_after.models, own.model_limits))
        return beyond("limits of models");
    if (changed(&KeyRow::budget_limits) &&
        !are_windows_within(parse_budget_windows(after.budget_limits), own.budget_windows))
        return beyond("budget_limits");
    return {};
}

}  // namespace tollweir
