#include "config/scalar.hpp"
#include "config/setting_readers.hpp"

namespace tollweir {
namespace {

std::optional<std::vector<std::string>> read_list(const Section& section, std::string_view key) {
    if (section.list(key) == nullptr) return std::nullopt;
    return section.texts(key);
}

KeyParams read_key_params(const Section& section) {
    KeyParams params;
    params.max_budget = section.dollars("max_budget");
    params.user_id = section.text("user_id");
    params.team_id = section.text("team_id");
    params.max_parallel_requests = section.limit("max_parallel_requests");
    params.tpm_limit = section.limit("tpm_limit");
    params.rpm_limit = section.limit("rpm_limit");
    params.budget_duration = section.period("budget_duration");
    params.duration = section.period("duration");
    params.models = read_list(section, "models");
    if (const Node* metadata = section.map("metadata")) params.metadata_json = to_json(*metadata);
    return params;
}

std::optional<KeyGenerationRule> read_rule(const Section& section, std::string_view roles) {
    if (!section.present()) return std::nullopt;
    KeyGenerationRule rule;
    rule.allowed_roles = read_list(section, roles);
    rule.required_params = section.texts("required_params");
    return rule;
}

NewUserParams read_new_user(const Section& section) {
    NewUserParams user;
    user.user_role = section.text("user_role").value_or("");
    user.max_budget = section.dollars("max_budget");
    user.budget_duration = section.period("budget_duration");
    user.models = section.texts("models");
    if (const Node* teams = section.list("teams")) user.teams_json = to_json(*teams);
    return user;
}

NewTeamParams read_new_team(const Section& section) {
    NewTeamParams team;
    team.max_budget = section.dollars("max_budget");
    team.budget_duration = section.period("budget_duration");
    team.tpm_limit = section.limit("tpm_limit");
    team.rpm_limit = section.limit("rpm_limit");
    team.models = read_list(section, "models");
    team.member_permissions = section.texts("team_member_permissions");
    return team;
}

std::vector<TeamCallbacks> read_team_callbacks(const Section& litellm) {
    std::vector<TeamCallbacks> teams;
    for (const Section& item : litellm.items("default_team_settings")) {
        TeamCallbacks team;
        team.team_id = item.text("team_id").value_or("");
        if (team.team_id.empty()) item.error("team_id", "is missing");
        team.success = item.texts("success_callback");
        team.failure = item.texts("failure_callback");
        for (const auto& entry : item.entries()) {
            if (entry.key == "team_id" || entry.key == "success_callback" ||
                entry.key == "failure_callback" || entry.value.is_null())
                continue;
            if (const auto value = item.text(entry.key))
                team.settings.emplace_back(entry.key, Secret(*value));
        }
        teams.push_back(std::move(team));
    }
    return teams;
}

std::optional<std::chrono::seconds> read_rotation_check(const Section& variables) {
    constexpr std::int64_t kMost = 365 * 86'400;
    const auto every = variables.count("LITELLM_KEY_ROTATION_CHECK_INTERVAL_SECONDS", 1, kMost);
    if (!variables.boolean("LITELLM_KEY_ROTATION_ENABLED").value_or(false)) return std::nullopt;
    return std::chrono::seconds(every.value_or(86'400));
}

}  // namespace

KeyDefaults read_key_defaults(const LoadContext& context) {
    const Section litellm = section_of(context, "litellm_settings");
    const Section generation = litellm.section("key_generation_settings");
    KeyDefaults defaults;
    defaults.defaults = read_key_params(litellm.section("default_key_generate_params"));
    defaults.upper_bounds = read_key_params(litellm.section("upperbound_key_generate_params"));
    defaults.team_keys =
        read_rule(generation.section("team_key_generation"), "allowed_team_member_roles");
    defaults.personal_keys =
        read_rule(generation.section("personal_key_generation"), "allowed_user_roles");
    set_from(litellm.boolean("enable_key_alias_format_validation"), defaults.checks_alias_format);
    const Section variables = variables_of(context);
    if (const auto off = variables.boolean("DISABLE_KEY_NAME")) defaults.keeps_key_name = !*off;
    defaults.rotation_grace = variables.period("LITELLM_KEY_ROTATION_GRACE_PERIOD");
    defaults.rotation_check = read_rotation_check(variables);
    defaults.user = read_new_user(litellm.section("default_internal_user_params"));
    defaults.team = read_new_team(litellm.section("default_team_params"));
    defaults.team_callbacks = read_team_callbacks(litellm);
    return defaults;
}

}  // namespace tollweir
