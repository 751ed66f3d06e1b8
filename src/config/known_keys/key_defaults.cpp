#include "config/known_keys/tables.hpp"

namespace tollweir {
namespace {

using enum KeyKind;
using enum KeyStatus;

// Source: spec/management-api.md, section 2.1.
// clang-format off
constexpr KnownKey kKeyParams[] = {
    {"max_budget", dollars, active, "", "In USD."},
    {"budget_duration", period, active, "", "When the budget begins anew."},
    {"duration", period, active, "", "Life of the key."},
    {"max_parallel_requests", integer, active, "", ""},
    {"tpm_limit", integer, active, "", "Tokens a minute."},
    {"rpm_limit", integer, active, "", "Requests a minute."},
    {"user_id", text, active, "", ""},
    {"team_id", text, active, "", ""},
    {"models", texts, active, "", "Models the key may call."},
    {"metadata", map, active, "", "Free."},
};

constexpr KnownKey kGeneration[] = {
    {"team_key_generation", map, active, "", "Keys of teams."},
    {"personal_key_generation", map, active, "", "Keys of users."},
};

constexpr KnownKey kTeamRule[] = {
    {"allowed_team_member_roles", texts, active, "", "Roles in the team that may make keys; all where absent."},
    {"required_params", texts, active, "[]", "Fields that must be given."},
};

constexpr KnownKey kPersonalRule[] = {
    {"allowed_user_roles", texts, active, "", "Roles that may make keys; all where absent."},
    {"required_params", texts, active, "[]", "Fields that must be given."},
};

constexpr KnownKey kUserParams[] = {
    {"user_role", text, later, "", ""},
    {"max_budget", dollars, later, "", "In USD."},
    {"budget_duration", period, later, "", "When the budget begins anew."},
    {"models", texts, later, "[]", "Models the user may call."},
    {"teams", list, later, "", "Teams the user joins: ids, or `{team_id, max_budget_in_team, user_role}`."},
};

constexpr KnownKey kTeamParams[] = {
    {"max_budget", dollars, later, "", "In USD."},
    {"budget_duration", period, later, "", "When the budget begins anew."},
    {"tpm_limit", integer, later, "", "Tokens a minute."},
    {"rpm_limit", integer, later, "", "Requests a minute."},
    {"models", texts, later, "", "Models the team may call."},
    {"team_member_permissions", texts, later, "[]", "Routes that members may use."},
};

constexpr KnownKey kTeamCallbacks[] = {
    {"team_id", text, later, "", "Which team."},
    {"success_callback", texts, later, "[]", "Loggers of its answered calls."},
    {"failure_callback", texts, later, "[]", "Loggers of its failed calls."},
};

constexpr KeyTable kTables[] = {
    {"litellm_settings.default_key_generate_params", kKeyParams},
    {"litellm_settings.upperbound_key_generate_params", kKeyParams},
    {"litellm_settings.key_generation_settings", kGeneration},
    {"litellm_settings.key_generation_settings.team_key_generation", kTeamRule},
    {"litellm_settings.key_generation_settings.personal_key_generation", kPersonalRule},
    {"litellm_settings.default_internal_user_params", kUserParams},
    {"litellm_settings.default_team_params", kTeamParams},
    {"litellm_settings.default_team_settings[]", kTeamCallbacks, true},
};
// clang-format on

}  // namespace

std::span<const KeyTable> key_defaults_tables() {
    return kTables;
}

}  // namespace tollweir
