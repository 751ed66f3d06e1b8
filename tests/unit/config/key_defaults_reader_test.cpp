#include "loading.hpp"

namespace tollweir {
namespace {

using Texts = std::vector<std::string>;

TEST(KeyDefaults, AreRead) {
    const auto defaults = loaded(R"(
litellm_settings:
  default_key_generate_params:
    {max_budget: 1.5, user_id: u, team_id: t, max_parallel_requests: 2, tpm_limit: 3, rpm_limit: 4,
     budget_duration: 30d, duration: 90d, models: [a], metadata: {setting: "x"}}
  upperbound_key_generate_params: {max_budget: 100, duration: 365d}
  key_generation_settings:
    team_key_generation: {allowed_team_member_roles: [admin], required_params: [tags]}
    personal_key_generation: {allowed_user_roles: [proxy_admin]}
  enable_key_alias_format_validation: true
  default_internal_user_params:
    {user_role: internal_user, max_budget: 5, budget_duration: 1mo, models: [b], teams: [{team_id: t}]}
  default_team_params: {max_budget: 6, budget_duration: 7d, tpm_limit: 8, rpm_limit: 9,
                        models: [c], team_member_permissions: [/key/generate]}
  default_team_settings:
    - {team_id: t, success_callback: [langfuse], failure_callback: [sentry],
       langfuse_secret_key: os.environ/LANGFUSE}
)",
                                 {{"LANGFUSE", "sk-lf"}})
                              .config.key_defaults;
    KeyParams params;
    params.max_budget = 3 * kPicodollarsPerDollar / 2;
    params.user_id = "u";
    params.team_id = "t";
    params.max_parallel_requests = 2;
    params.tpm_limit = 3;
    params.rpm_limit = 4;
    params.budget_duration = parse_budget_duration("30d");
    params.duration = parse_budget_duration("90d");
    params.models = Texts{"a"};
    params.metadata_json = R"({"setting":"x"})";
    EXPECT_EQ(defaults.defaults, params);
    EXPECT_EQ(defaults.upper_bounds.max_budget, 100 * kPicodollarsPerDollar);
    EXPECT_EQ(defaults.upper_bounds.duration, parse_budget_duration("365d"));
    EXPECT_EQ(defaults.upper_bounds.rpm_limit, std::nullopt);
    EXPECT_EQ(defaults.team_keys, (KeyGenerationRule{Texts{"admin"}, Texts{"tags"}}));
    EXPECT_EQ(defaults.personal_keys, (KeyGenerationRule{Texts{"proxy_admin"}, {}}));
    EXPECT_TRUE(defaults.checks_alias_format);
    EXPECT_EQ(defaults.user,
              (NewUserParams{"internal_user", 5 * kPicodollarsPerDollar,
                             parse_budget_duration("1mo"), Texts{"b"}, R"([{"team_id":"t"}])"}));
    EXPECT_EQ(defaults.team, (NewTeamParams{6 * kPicodollarsPerDollar, parse_budget_duration("7d"),
                                            8, 9, Texts{"c"}, Texts{"/key/generate"}}));
    ASSERT_EQ(defaults.team_callbacks.size(), 1U);
    EXPECT_EQ(defaults.team_callbacks[0].team_id, "t");
    EXPECT_EQ(defaults.team_callbacks[0].success, Texts{"langfuse"});
    EXPECT_EQ(defaults.team_callbacks[0].failure, Texts{"sentry"});
    ASSERT_EQ(defaults.team_callbacks[0].settings.size(), 1U);
    EXPECT_EQ(defaults.team_callbacks[0].settings[0].second.reveal(), "sk-lf");
}

TEST(KeyDefaults, AreEmptyWhereTheFileSaysNothing) {
    EXPECT_EQ(loaded("model_list: []").config.key_defaults, KeyDefaults{});
}

TEST(KeyDefaults, RotateKeysByThemselvesOnlyWhenAsked) {
    const auto check = [](std::map<std::string, std::string> variables) {
        return loaded("model_list: []", std::move(variables)).config.key_defaults.rotation_check;
    };
    EXPECT_FALSE(check({}));
    EXPECT_FALSE(check({{"LITELLM_KEY_ROTATION_CHECK_INTERVAL_SECONDS", "60"}}));
    EXPECT_EQ(check({{"LITELLM_KEY_ROTATION_ENABLED", "true"}}), std::chrono::hours(24));
    EXPECT_EQ(check({{"LITELLM_KEY_ROTATION_ENABLED", "True"},
                     {"LITELLM_KEY_ROTATION_CHECK_INTERVAL_SECONDS", "60"}}),
              std::chrono::seconds(60));
}

}  // namespace
}  // namespace tollweir
