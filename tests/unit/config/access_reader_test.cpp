#include "loading.hpp"

namespace tollweir {
namespace {

using Texts = std::vector<std::string>;
using std::chrono::milliseconds;

AccessConfig access_of(const std::string& text) {
    return loaded(text).config.access;
}

TEST(AccessRules, AreRead) {
    const auto access = access_of(R"(
general_settings:
  allowed_ips: [10.0.0.0/8, "::1"]
  use_x_forwarded_for: true
  allowed_routes: [/v1/chat/completions, /v1/models*]
  admin_only_routes: [/metrics]
  public_routes: [/routes]
  user_header_mappings:
    - {header_name: X-User, litellm_user_role: internal_user}
    - {header_name: X-Customer, litellm_user_role: customer}
  user_header_name: X-Old
  enforce_user_param: true
  reject_clientside_metadata_tags: true
  default_team_disabled: true
  enforced_params: [user, metadata.job]
  service_account_settings: {enforced_params: [user]}
  allow_client_side_credentials: true
  disable_responses_id_security: true
  user_api_key_cache_ttl: 5
  budget_exceeded_status: 400
  disable_master_key_return: true
  disable_adding_master_key_hash_to_db: true
tollweir_settings:
  auth: {stale_for: 2h}
  server: {trusted_proxies: [192.168.0.0/16]}
)");
    ASSERT_EQ(access.allowed_ips.size(), 2U);
    EXPECT_EQ(access.allowed_ips[0].text(), "10.0.0.0/8");
    EXPECT_TRUE(access.use_x_forwarded_for);
    ASSERT_EQ(access.trusted_proxies.size(), 1U);
    EXPECT_EQ(access.allowed_routes, (Texts{"/v1/chat/completions", "/v1/models*"}));
    EXPECT_EQ(access.admin_only_routes, Texts{"/metrics"});
    EXPECT_EQ(access.public_routes, Texts{"/routes"});
    EXPECT_EQ(access.user_headers,
              (std::vector<UserHeader>{{"x-user", UserHeader::Names::internal_user},
                                       {"x-customer", UserHeader::Names::customer}}));
    EXPECT_EQ(access.user_header, "x-old");
    EXPECT_TRUE(access.enforce_user_param);
    EXPECT_TRUE(access.reject_clientside_metadata_tags);
    EXPECT_TRUE(access.default_team_disabled);
    EXPECT_EQ(access.enforced_params, (Texts{"user", "metadata.job"}));
    EXPECT_EQ(access.service_account_enforced_params, Texts{"user"});
    EXPECT_TRUE(access.allow_client_side_credentials);
    EXPECT_TRUE(access.disable_responses_id_security);
    EXPECT_EQ(access.key_cache_ttl, milliseconds(5'000));
    EXPECT_EQ(access.stale_for, milliseconds(7'200'000));
    EXPECT_EQ(access.budget_exceeded_status, 400);
    EXPECT_FALSE(access.return_master_key);
    EXPECT_FALSE(access.add_master_key_hash_to_db);
}

TEST(AccessRules, WithAStarInTheMiddleAreExplained) {
    EXPECT_TRUE(warnings_of("general_settings: {public_routes: [/a*/b]}")
                    .contains("a `*` counts at the end only: `/a*/b`"));
}

}  // namespace
}  // namespace tollweir
