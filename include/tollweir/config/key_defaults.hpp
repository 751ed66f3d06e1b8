#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tollweir/core/calendar.hpp"
#include "tollweir/core/money.hpp"
#include "tollweir/core/secret.hpp"

namespace tollweir {

/// Fields of a new key: what absent ones become, or what given ones may not exceed.
struct KeyParams {
    std::optional<Picodollars> max_budget;
    std::optional<std::string> user_id;
    std::optional<std::string> team_id;
    std::optional<std::int64_t> max_parallel_requests;
    std::optional<std::int64_t> tpm_limit;
    std::optional<std::int64_t> rpm_limit;
    std::optional<BudgetDuration> budget_duration;
    std::optional<BudgetDuration> duration;  // lifetime
    std::optional<std::vector<std::string>> models;
    std::string metadata_json;  // empty: none

    friend bool operator==(const KeyParams&, const KeyParams&) = default;
};

/// Who may make keys of a kind, and what they must say.
struct KeyGenerationRule {
    std::optional<std::vector<std::string>> allowed_roles;  // of the user, or in the team
    std::vector<std::string> required_params;

    friend bool operator==(const KeyGenerationRule&, const KeyGenerationRule&) = default;
};

/// What a new internal user has; `litellm_settings.default_internal_user_params`.
struct NewUserParams {
    std::string user_role;
    std::optional<Picodollars> max_budget;
    std::optional<BudgetDuration> budget_duration;
    std::vector<std::string> models;
    std::string teams_json;  // `[{team_id, max_budget_in_team, user_role}]` or texts; empty: none

    friend bool operator==(const NewUserParams&, const NewUserParams&) = default;
};

/// What a new team has; `litellm_settings.default_team_params`.
struct NewTeamParams {
    std::optional<Picodollars> max_budget;
    std::optional<BudgetDuration> budget_duration;
    std::optional<std::int64_t> tpm_limit;
    std::optional<std::int64_t> rpm_limit;
    std::optional<std::vector<std::string>> models;
    std::vector<std::string> member_permissions;

    friend bool operator==(const NewTeamParams&, const NewTeamParams&) = default;
};

/// Callbacks of a team; an item of `litellm_settings.default_team_settings`.
struct TeamCallbacks {
    std::string team_id;
    std::vector<std::string> success;
    std::vector<std::string> failure;
    // The rest of the item, such as `langfuse_public_key`.
    std::vector<std::pair<std::string, Secret>> settings;

    friend bool operator==(const TeamCallbacks&, const TeamCallbacks&) = default;
};

/// Rules for what the management API makes; of `litellm_settings`.
struct KeyDefaults {
    KeyParams defaults;      // default_key_generate_params
    KeyParams upper_bounds;  // upperbound_key_generate_params
    std::optional<KeyGenerationRule> team_keys;
    std::optional<KeyGenerationRule> personal_keys;
    bool checks_alias_format = false;  // enable_key_alias_format_validation
    bool keeps_key_name = true;        // DISABLE_KEY_NAME clears it: no `sk-...Z5Ng` in rows
    /// LITELLM_KEY_ROTATION_GRACE_PERIOD: how long a replaced key still works; nothing: not at all.
    std::optional<BudgetDuration> rotation_grace;
    /// How often keys with `auto_rotate` are looked at; nothing: they are not rotated by
    /// themselves (LITELLM_KEY_ROTATION_ENABLED is not set).
    std::optional<std::chrono::seconds> rotation_check;
    NewUserParams user;
    NewTeamParams team;
    std::vector<TeamCallbacks> team_callbacks;

    friend bool operator==(const KeyDefaults&, const KeyDefaults&) = default;
};

}  // namespace tollweir
