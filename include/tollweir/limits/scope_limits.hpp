#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tollweir/config/budget_config.hpp"
#include "tollweir/config/limits_config.hpp"
#include "tollweir/core/key_record.hpp"
#include "tollweir/core/limit.hpp"

namespace tollweir {

/// The limits that one record names, as values.
struct ScopeLimits {
    std::vector<RateLimit> rates;
    std::vector<BudgetLimit> budgets;
};

struct KeyLimits {
    ScopeLimits every;                                        // of every call
    std::vector<std::pair<std::string, ScopeLimits>> models;  // of calls of one model
};

/// The limits of a key and of all that it belongs to: project, team, organization, user, member of
/// the team. `zone` is where budgets begin anew; `most_parallel` binds keys without a limit of
/// their own; without `binds_user_in_teams` a user's budget binds only keys without a team.
KeyLimits limits_of(const KeyRecord& key, const TimeZone& zone,
                    std::optional<std::int64_t> most_parallel, bool binds_user_in_teams = true);

/// Those of a customer or a tag.
KeyLimits limits_of(const Scope& scope, const LimitTerms& limits,
                    const std::vector<ModelTerms>& models, const TimeZone& zone);

/// What the limits of a deployment are made of.
struct DeploymentTerms {
    std::string id;
    std::string group;     // for messages
    std::string provider;  // its budget binds as well
    std::int64_t rpm = 0;  // 0: none
    std::int64_t tpm = 0;
    bool enforces_rates = false;  // `enforce_model_rate_limits`; else they are counted only
    std::optional<std::int64_t> max_parallel_requests;
    std::optional<Picodollars> max_budget;
    std::optional<BudgetDuration> budget_duration;
};
ScopeLimits limits_of(const DeploymentTerms& deployment, const TimeZone& zone);

/// Those of `provider_budget_config`; empty if the provider is not in it.
ScopeLimits provider_limits(std::string_view provider, const BudgetConfig& budgets,
                            const TimeZone& zone);

/// Those of `tag_budget_config`; empty if the tag is not in it.
ScopeLimits tag_limits(std::string_view tag, const BudgetConfig& budgets, const TimeZone& zone);

/// Those of the whole gateway.
ScopeLimits gateway_limits(const LimitsConfig& limits, const BudgetConfig& budgets,
                           const TimeZone& zone);

}  // namespace tollweir
