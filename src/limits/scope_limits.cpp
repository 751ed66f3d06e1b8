#include "tollweir/limits/scope_limits.hpp"

#include <algorithm>
#include <iterator>

namespace tollweir {
namespace {

/// The period of a row. A word that is no duration is reset at midnight, as LiteLLM does; rows that
/// we write hold none.
std::optional<BudgetDuration> period_of(std::string_view text) {
    if (means_no_reset(text)) return std::nullopt;
    const auto period = parse_budget_duration(text);
    return period ? period : parse_budget_duration("1d");
}

void add_rate(ScopeLimits& out, const Scope& scope, LimitKind kind,
              std::optional<std::int64_t> limit, Enforcement enforcement = Enforcement::always) {
    if (!limit) return;
    RateLimit rate;
    rate.kind = kind;
    rate.scope = scope;
    rate.limit = *limit;
    rate.enforcement = enforcement;
    out.rates.push_back(std::move(rate));
}

/// What every row that can be limited has: rates, slots and one budget.
void add_terms(ScopeLimits& out, const Scope& scope, const LimitTerms& terms,
               const TimeZone& zone) {
    add_rate(out, scope, LimitKind::requests, terms.rpm_limit);
    add_rate(out, scope, LimitKind::tokens, terms.tpm_limit);
    add_rate(out, scope, LimitKind::slots, terms.max_parallel_requests);
    if (!terms.max_budget && !terms.soft_budget) return;
    BudgetLimit budget;
    budget.scope = scope;
    budget.cap = terms.max_budget.value_or(kNoCap);
    budget.soft_cap = terms.soft_budget;
    budget.period = period_of(terms.budget_duration);
    budget.zone = zone;
    budget.spent = terms.spend;
    budget.reset_at = terms.budget_reset_at;
    out.budgets.push_back(std::move(budget));
}

void add_windows(ScopeLimits& out, const Scope& scope, const std::vector<BudgetWindow>& windows,
                 const TimeZone& zone) {
    for (const auto& window : windows) {
        BudgetLimit budget;
        budget.scope = scope;
        budget.scope.window = window.budget_duration;
        budget.cap = window.max_budget;
        budget.period = period_of(window.budget_duration);
        budget.zone = zone;
        budget.reset_at = window.reset_at;
        out.budgets.push_back(std::move(budget));
    }
}

/// A model's budget runs from its first use on, exactly as long as it says
/// (spec/management-api.md, section 4.2).
ScopeLimits model_limits(Scope scope, const ModelTerms& terms, const TimeZone& zone) {
    ScopeLimits out;
    scope.model = terms.model;
    add_rate(out, scope, LimitKind::requests, terms.rpm_limit);
    add_rate(out, scope, LimitKind::tokens, terms.tpm_limit);
    if (!terms.max_budget) return out;
    BudgetLimit budget;
    budget.scope = scope;
    budget.scope.window = terms.budget_duration;
    budget.cap = *terms.max_budget;
    budget.period = period_of(terms.budget_duration);
    budget.zone = zone;
    budget.rolls = true;
    out.budgets.push_back(std::move(budget));
    return out;
}

/// Limits of one model are one set, whoever they come from.
ScopeLimits& model_of(KeyLimits& out, const std::string& model) {
    const auto found = std::ranges::find(
        out.models, model, [](const auto& entry) -> const std::string& { return entry.first; });
    if (found != out.models.end()) return found->second;
    return out.models.emplace_back(model, ScopeLimits()).second;
}

void add_models(KeyLimits& out, const Scope& scope, const std::vector<ModelTerms>& models,
                const TimeZone& zone) {
    for (const auto& terms : models) {
        auto limits = model_limits(scope, terms, zone);
        auto& into = model_of(out, terms.model);
        std::ranges::move(limits.rates, std::back_inserter(into.rates));
        std::ranges::move(limits.budgets, std::back_inserter(into.budgets));
    }
}

UserRecord without_budgets(UserRecord user) {
    user.limits.max_budget = user.limits.soft_budget = std::nullopt;
    for (auto& model : user.model_limits) model.max_budget.reset();
    return user;
}

template <class Owner>
void add_owner(KeyLimits& out, const Scope& scope, const Owner& owner, const TimeZone& zone) {
    add_terms(out.every, scope, owner.limits, zone);
    add_models(out, scope, owner.model_limits, zone);
}

std::optional<std::int64_t> unless_zero(std::int64_t limit) {
    return limit > 0 ? std::optional(limit) : std::nullopt;
}

/// A budget of the file: another period is another budget, as in LiteLLM's counters.
void add_file_budget(ScopeLimits& out, Scope scope, std::optional<Picodollars> cap,
                     const std::optional<BudgetDuration>& period, const TimeZone& zone) {
    if (!cap) return;
    BudgetLimit budget;
    if (period) scope.window = period->text;
    budget.scope = std::move(scope);
    budget.cap = *cap;
    budget.period = period;
    budget.zone = zone;
    out.budgets.push_back(std::move(budget));
}

}  // namespace

KeyLimits limits_of(const KeyRecord& key, const TimeZone& zone,
                    std::optional<std::int64_t> most_parallel, bool binds_user_in_teams) {
    KeyLimits out;
    const Scope scope{.kind = ScopeKind::key, .id = key.hash};
    add_owner(out, scope, key, zone);
    if (!key.limits.max_parallel_requests)
        add_rate(out.every, scope, LimitKind::slots, most_parallel);
    if (!out.every.budgets.empty() && key.metadata.temp_budget_increase &&
        key.metadata.temp_budget_expiry) {
        out.every.budgets.front().extra = *key.metadata.temp_budget_increase;
        out.every.budgets.front().extra_until = *key.metadata.temp_budget_expiry;
    }
    add_windows(out.every, scope, key.budget_windows, zone);
    if (key.project)
        add_owner(out, {.kind = ScopeKind::project, .id = key.project->id}, *key.project, zone);
    if (key.team) {
        const Scope of_team{.kind = ScopeKind::team, .id = key.team->id};
        add_owner(out, of_team, *key.team, zone);
        add_windows(out.every, of_team, key.team->budget_windows, zone);
    }
    if (key.organization)
        add_owner(out, {.kind = ScopeKind::organization, .id = key.organization->id},
                  *key.organization, zone);
    if (key.organization && key.organization_member)
        add_owner(out,
                  {.kind = ScopeKind::organization_member,
                   .id = key.organization->id,
                   .member = key.user_id},
                  *key.organization_member, zone);
    if (key.user) {
        const Scope of_user{.kind = ScopeKind::user, .id = key.user->id};
        const bool has_budget = key.team_id.empty() || binds_user_in_teams;
        add_owner(out, of_user, has_budget ? *key.user : without_budgets(*key.user), zone);
    }
    if (key.member)
        add_owner(out, {.kind = ScopeKind::team_member, .id = key.team_id, .member = key.user_id},
                  *key.member, zone);
    return out;
}

KeyLimits limits_of(const Scope& scope, const LimitTerms& limits,
                    const std::vector<ModelTerms>& models, const TimeZone& zone) {
    KeyLimits out;
    add_terms(out.every, scope, limits, zone);
    add_models(out, scope, models, zone);
    return out;
}

ScopeLimits limits_of(const DeploymentTerms& deployment, const TimeZone& zone) {
    ScopeLimits out;
    const Scope scope{.kind = ScopeKind::deployment, .id = deployment.id};
    const auto enforcement = deployment.enforces_rates ? Enforcement::always : Enforcement::never;
    add_rate(out, scope, LimitKind::requests, unless_zero(deployment.rpm), enforcement);
    add_rate(out, scope, LimitKind::tokens, unless_zero(deployment.tpm), enforcement);
    add_rate(out, scope, LimitKind::slots, deployment.max_parallel_requests);
    add_file_budget(out, scope, deployment.max_budget, deployment.budget_duration, zone);
    return out;
}

ScopeLimits provider_limits(std::string_view provider, const BudgetConfig& budgets,
                            const TimeZone& zone) {
    ScopeLimits out;
    const auto found = std::ranges::find(budgets.providers, provider, &PeriodBudget::name);
    if (found == budgets.providers.end()) return out;
    const Scope scope{.kind = ScopeKind::provider, .id = found->name};
    add_rate(out, scope, LimitKind::requests, found->rpm);
    add_rate(out, scope, LimitKind::tokens, found->tpm);
    add_file_budget(out, scope, found->limit, found->period, zone);
    return out;
}

ScopeLimits tag_limits(std::string_view tag, const BudgetConfig& budgets, const TimeZone& zone) {
    ScopeLimits out;
    const auto found = std::ranges::find(budgets.tags, tag, &PeriodBudget::name);
    if (found != budgets.tags.end())
        add_file_budget(out, {.kind = ScopeKind::tag, .id = found->name}, found->limit,
                        found->period, zone);
    return out;
}

ScopeLimits gateway_limits(const LimitsConfig& limits, const BudgetConfig& budgets,
                           const TimeZone& zone) {
    ScopeLimits out;
    const Scope scope{.kind = ScopeKind::global};
    add_rate(out, scope, LimitKind::requests, limits.rpm);
    add_rate(out, scope, LimitKind::tokens, limits.tpm);
    add_rate(out, scope, LimitKind::slots, limits.max_parallel_requests);
    if (!budgets.max_budget) return out;
    BudgetLimit budget;
    budget.scope = scope;
    budget.cap = *budgets.max_budget;
    budget.period = budgets.budget_duration;
    budget.zone = zone;
    out.budgets.push_back(std::move(budget));
    return out;
}

}  // namespace tollweir
