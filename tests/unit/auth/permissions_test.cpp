#include "tollweir/auth/permissions.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace tollweir {
namespace {

using Names = std::vector<std::string>;

KeyRecord key_with(Names models) {
    KeyRecord key;
    key.models = AllowedModels(std::move(models));
    return key;
}

Identity caller_of(KeyRecord key) {
    return {Identity::Kind::key, std::make_shared<const KeyRecord>(std::move(key))};
}

KeyRecord key_of_role(UserRole role) {
    KeyRecord key;
    auto user = std::make_shared<UserRecord>();
    user->id = key.user_id = "user-0123456789";
    user->role = role;
    key.user = std::move(user);
    return key;
}

// Models

struct ModelCase {
    const char* name;
    std::function<KeyRecord()> key;
    WantedModel model;
    const char* refused_type;  // empty: admitted
};

void PrintTo(const ModelCase& shown, std::ostream* out) {
    *out << shown.name;
}

WantedModel wanted(std::string_view name, std::string_view group = {}) {
    return {name, group.empty() ? name : group, {}};
}

KeyRecord with_team(KeyRecord key, Names models, NameMap aliases = {}) {
    auto team = std::make_shared<TeamRecord>();
    team->id = key.team_id = "red";
    team->models = AllowedModels(std::move(models));
    team->model_aliases = std::move(aliases);
    key.team = std::move(team);
    return key;
}

KeyRecord with_user(KeyRecord key, Names models) {
    auto user = std::make_shared<UserRecord>();
    user->id = key.user_id = "lena";
    user->models = AllowedModels(std::move(models));
    key.user = std::move(user);
    return key;
}

KeyRecord with_member(KeyRecord key, Names models) {
    auto member = std::make_shared<MemberRecord>();
    member->models = AllowedModels(std::move(models));
    key.member = std::move(member);
    return key;
}

const std::string kGroups[] = {"cheap", "eu"};

class Models : public testing::TestWithParam<ModelCase> {};

TEST_P(Models, AreAdmittedByEveryListThatBinds) {
    const auto result = permit_model(GetParam().key(), GetParam().model);
    if (std::string_view(GetParam().refused_type).empty()) {
        EXPECT_TRUE(result) << result.error().message;
        return;
    }
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().type_json, '"' + std::string(GetParam().refused_type) + '"');
    EXPECT_EQ(result.error().http_status(), 401);
    EXPECT_EQ(result.error().param_json, "\"model\"");
}

INSTANTIATE_TEST_SUITE_P(
    All, Models,
    testing::Values(
        ModelCase{"no list", [] { return key_with({}); }, wanted("m"), ""},
        ModelCase{"star", [] { return key_with({"*"}); }, wanted("m"), ""},
        ModelCase{"all", [] { return key_with({"all-proxy-models"}); }, wanted("m"), ""},
        ModelCase{"exact", [] { return key_with({"a", "m"}); }, wanted("m"), ""},
        ModelCase{"another", [] { return key_with({"a"}); }, wanted("m"),
                  "key_model_access_denied"},
        ModelCase{"beginning", [] { return key_with({"gpt-4"}); }, wanted("gpt-4o"),
                  "key_model_access_denied"},
        ModelCase{"letter case", [] { return key_with({"M"}); }, wanted("m"),
                  "key_model_access_denied"},
        ModelCase{"pattern", [] { return key_with({"openai/*"}); }, wanted("openai/gpt-4o"), ""},
        ModelCase{"pattern and inferred provider", [] { return key_with({"openai/*"}); },
                  wanted("gpt-4o"), ""},
        ModelCase{"pattern of another provider", [] { return key_with({"anthropic/*"}); },
                  wanted("gpt-4o"), "key_model_access_denied"},
        ModelCase{"pattern is anchored in front", [] { return key_with({"gpt*"}); },
                  wanted("my-gpt-4"), "key_model_access_denied"},
        ModelCase{"pattern is anchored behind", [] { return key_with({"gpt-*-mini"}); },
                  wanted("gpt-4o-mini-x"), "key_model_access_denied"},
        ModelCase{"pattern with two stars", [] { return key_with({"a*b*c"}); }, wanted("aXbYbc"),
                  ""},
        ModelCase{"a dot is a dot", [] { return key_with({"gpt-4.1*"}); }, wanted("gpt-4x1"),
                  "key_model_access_denied"},
        ModelCase{"access group", [] { return key_with({"cheap"}); },
                  WantedModel{"m", "m", kGroups}, ""},
        ModelCase{"no such access group", [] { return key_with({"dear"}); },
                  WantedModel{"m", "m", kGroups}, "key_model_access_denied"},
        ModelCase{"alias by its group", [] { return key_with({"gpt-4o"}); },
                  wanted("fast", "gpt-4o"), ""},
        ModelCase{"alias by its own name", [] { return key_with({"fast"}); },
                  wanted("fast", "gpt-4o"), ""},
        ModelCase{"group whose alias alone is allowed", [] { return key_with({"fast"}); },
                  wanted("gpt-4o"), "key_model_access_denied"},
        ModelCase{"config switches the check off",
                  [] {
                      auto key = key_with({"a"});
                      key.skips_model_check = true;
                      return key;
                  },
                  wanted("m"), ""},
        ModelCase{"granted by access_group_ids",
                  [] {
                      auto key = key_with({"a"});
                      key.access_group_models = {"m"};
                      return key;
                  },
                  wanted("m"), ""},
        ModelCase{"team admits", [] { return with_team(key_with({}), {"m"}); }, wanted("m"), ""},
        ModelCase{"team of all", [] { return with_team(key_with({"m"}), {}); }, wanted("m"), ""},
        ModelCase{"team refuses", [] { return with_team(key_with({}), {"a"}); }, wanted("m"),
                  "team_model_access_denied"},
        ModelCase{"key and team must both admit", [] { return with_team(key_with({"a"}), {"m"}); },
                  wanted("m"), "key_model_access_denied"},
        ModelCase{"all-team-models is the team's list",
                  [] { return with_team(key_with({"all-team-models"}), {"m"}); }, wanted("m"), ""},
        ModelCase{"all-team-models is no more than it",
                  [] { return with_team(key_with({"all-team-models"}), {"a"}); }, wanted("m"),
                  "team_model_access_denied"},
        ModelCase{"all-team-models without a team", [] { return key_with({"all-team-models"}); },
                  wanted("m"), "key_model_access_denied"},
        ModelCase{"team alias", [] { return with_team(key_with({"a"}), {"b"}, {{"m", "b"}}); },
                  wanted("m"), ""},
        ModelCase{"team without default models",
                  [] { return with_team(key_with({}), {"no-default-models"}); }, wanted("m"),
                  "team_model_access_denied"},
        ModelCase{"member's narrower list",
                  [] { return with_member(with_team(key_with({}), {"m", "n"}), {"n"}); },
                  wanted("m"), "team_model_access_denied"},
        ModelCase{"member's list admits",
                  [] { return with_member(with_team(key_with({}), {"m", "n"}), {"m"}); },
                  wanted("m"), ""},
        ModelCase{"user binds personal keys", [] { return with_user(key_with({}), {"a"}); },
                  wanted("m"), "user_model_access_denied"},
        ModelCase{"user does not bind team keys",
                  [] { return with_user(with_team(key_with({}), {"m"}), {"a"}); }, wanted("m"), ""},
        ModelCase{"user without default models",
                  [] { return with_user(key_with({}), {"no-default-models"}); }, wanted("m"),
                  "key_model_access_denied"},
        ModelCase{"project",
                  [] {
                      auto key = key_with({});
                      auto project = std::make_shared<ProjectRecord>();
                      project->models = AllowedModels({"a"});
                      key.project = std::move(project);
                      return key;
                  },
                  wanted("m"), "project_model_access_denied"},
        ModelCase{"organization",
                  [] {
                      auto key = key_with({});
                      auto organization = std::make_shared<OrganizationRecord>();
                      organization->models = AllowedModels({"a"});
                      key.organization = std::move(organization);
                      return key;
                  },
                  wanted("m"), "org_model_access_denied"}));

TEST(PermitModel, WordsItsRefusalsAsLiteLlm) {
    EXPECT_EQ(permit_model(key_with({"a", "b"}), wanted("m")).error().message,
              "key not allowed to access model. This key can only access models=['a', 'b']. Tried "
              "to access m");
    EXPECT_EQ(
        permit_model(with_user(key_with({}), {"no-default-models"}), wanted("m")).error().message,
        "User not allowed to access model. No default model access, only team models "
        "allowed. Tried to access m");
    auto member = with_member(with_team(key_with({}), {}), {"a"});
    member.user_id = "lena";
    EXPECT_EQ(permit_model(member, wanted("m")).error().message,
              "Team member not allowed to access model. User=lena, Team=red, Model=m. Allowed "
              "member models = ['a']");
}

TEST(RewriteModel, AsksTheKeyThenTheTeam) {
    auto key = with_team(key_with({}), {}, {{"b", "c"}, {"t", "u"}});
    key.aliases = {{"a", "b"}, {"k", "l"}};
    EXPECT_EQ(rewrite_model(key, "a"), "c");
    EXPECT_EQ(rewrite_model(key, "k"), "l");
    EXPECT_EQ(rewrite_model(key, "t"), "u");
    EXPECT_EQ(rewrite_model(key, "x"), "x");
    EXPECT_EQ(rewrite_model(key_with({}), "x"), "x");
}

// Keys

constexpr WallTime kNow{std::chrono::seconds(1'795'144'065)};  // 2026-11-20T03:07:45Z

TEST(PermitKey, RefusesWhatIsNotInForce) {
    KeyRecord key;
    EXPECT_TRUE(permit_key(key, kNow));
    key.expires = kNow + std::chrono::seconds(1);
    EXPECT_TRUE(permit_key(key, kNow));
    key.expires = kNow;
    key.name = "sk-...Z5Ng";
    const auto expired = permit_key(key, kNow);
    ASSERT_FALSE(expired);
    EXPECT_EQ(expired.error().message,
              "Authentication Error - Expired Key. Key Expiry time "
              "2026-11-20T03:07:45.000000+00:00 and current time "
              "2026-11-20T03:07:45.000000+00:00");
    EXPECT_EQ(expired.error().type_json, "\"expired_key\"");
    EXPECT_EQ(expired.error().param_json, "\"sk-...Z5Ng\"");
    key.blocked = true;
    EXPECT_EQ(
        permit_key(key, kNow).error().message,
        "Authentication Error, Key is blocked. Update via `/key/unblock` if you're an admin.");
}

TEST(PermitKey, RefusesKeysOfBlockedTeams) {
    auto key = with_team(key_with({}), {});
    auto team = std::make_shared<TeamRecord>(*key.team);
    team->blocked = true;
    key.team = team;
    const auto refused = permit_key(key, kNow);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message,
              "Authentication Error, Team=red is blocked. Update via `/team/unblock` if you're an "
              "admin.");
    EXPECT_EQ(refused.error().http_status(), 401);
}

// Routes

struct RouteCase {
    const char* name;
    RouteFacts route;
    // Of proxy_admin, proxy_admin_viewer, org_admin, internal_user, internal_user_viewer, team,
    // customer: `y` may, `n` may not.
    const char* roles;
};

void PrintTo(const RouteCase& shown, std::ostream* out) {
    *out << shown.name;
}

class RoleRoutes : public testing::TestWithParam<RouteCase> {};

TEST_P(RoleRoutes, AreAdmittedAsListed) {
    const auto& c = GetParam();
    for (std::size_t role = 0; role < 7; ++role) {
        const auto caller = caller_of(key_of_role(static_cast<UserRole>(role)));
        EXPECT_EQ(permit_route(caller, c.route).has_value(), c.roles[role] == 'y')
            << name_of(static_cast<UserRole>(role));
    }
    EXPECT_TRUE(permit_route({Identity::Kind::master, nullptr}, c.route));
}

constexpr RouteFacts by_role(const char* path, RouteGroups groups, bool reads) {
    return {path, path, groups, reads, true};
}

INSTANTIATE_TEST_SUITE_P(
    All, RoleRoutes,
    testing::Values(
        RouteCase{"chat",
                  {"/chat/completions", "/chat/completions", RouteGroup::openai, false, false},
                  "ynyyyyy"},
        RouteCase{"models", {"/models", "/models", RouteGroup::openai, true, false}, "yyyyyyy"},
        RouteCase{"key info",
                  by_role("/key/info", RouteGroup::info | RouteGroup::key_management, true),
                  "yyyyyyy"},
        RouteCase{"key generate", by_role("/key/generate", RouteGroup::key_management, false),
                  "ynyynnn"},
        RouteCase{"user new",
                  by_role("/user/new", RouteGroup::management | RouteGroup::organization, false),
                  "ynynnnn"},
        RouteCase{"budget new", by_role("/budget/new", RouteGroup::management, false), "ynnnnnn"},
        RouteCase{"budget list", by_role("/budget/list", RouteGroup::management, true), "yynnnnn"},
        RouteCase{
            "member add",
            by_role("/team/member_add", RouteGroup::management | RouteGroup::self_managed, false),
            "ynyyyyy"},
        RouteCase{"spend logs", by_role("/spend/logs", RouteGroup::spend_tracking, true),
                  "yyyyynn"},
        RouteCase{"global spend", by_role("/global/spend", RouteGroup::global_spend_tracking, true),
                  "yyyyynn"},
        RouteCase{"configuration", by_role("/config/update", {}, false), "ynnnnnn"},
        RouteCase{"configuration read", by_role("/config/yaml", {}, true), "yynnnnn"}));

TEST(PermitRoute, KeepsSomeToTheMasterKey) {
    const auto route = by_role("/global/spend/reset", RouteGroup::master_only, false);
    EXPECT_TRUE(permit_route({Identity::Kind::master, nullptr}, route));
    const auto refused = permit_route(caller_of(key_of_role(UserRole::proxy_admin)), route);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message,
              "Authentication Error, Tried to access route=/global/spend/reset, which is only for "
              "MASTER KEY");
}

TEST(PermitRoute, WordsItsRefusalsAsLiteLlm) {
    const auto generate = by_role("/key/generate", RouteGroup::key_management, false);
    const auto by_viewer =
        permit_route(caller_of(key_of_role(UserRole::internal_user_viewer)), generate);
    EXPECT_EQ(by_viewer.error().message,
              "Authentication Error, Only proxy admin can be used to generate, delete, update info "
              "for new keys/users/teams. Route=/key/generate. Your role=internal_user_viewer. Your "
              "user_id=user-0***89");
    EXPECT_EQ(by_viewer.error().http_status(), 401);
    const auto by_admin_viewer =
        permit_route(caller_of(key_of_role(UserRole::proxy_admin_viewer)), generate);
    EXPECT_EQ(by_admin_viewer.error().message,
              "user not allowed to access this route, role= proxy_admin_viewer. Trying to access: "
              "/key/generate");
    EXPECT_EQ(by_admin_viewer.error().http_status(), 403);
}

TEST(PermitRoute, HoldsAKeyToItsOwnRoutes) {
    auto key = key_of_role(UserRole::proxy_admin);
    key.allowed_routes = AllowedRoutes({"info_routes"});
    const RouteFacts chat{"/v1/chat/completions", "/v1/chat/completions", RouteGroup::openai, false,
                          false};
    const auto refused = permit_route(caller_of(key), chat);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message,
              "Virtual key is not allowed to call this route. Only allowed to call routes: "
              "['info_routes']. Tried to call route: /v1/chat/completions");
    EXPECT_EQ(refused.error().http_status(), 403);
    EXPECT_TRUE(permit_route(caller_of(key), by_role("/key/info", RouteGroup::info, true)));
}

TEST(PermitRoute, OpensGlobalSpendToKeysWithThePermission) {
    auto key = key_of_role(UserRole::customer);
    const auto route = by_role("/global/spend", RouteGroup::global_spend_tracking, true);
    EXPECT_FALSE(permit_route(caller_of(key), route));
    key.may_read_global_spend = true;
    EXPECT_TRUE(permit_route(caller_of(key), route));
    EXPECT_FALSE(permit_route(caller_of(key),
                              by_role("/global/x", RouteGroup::global_spend_tracking, false)));
}

}  // namespace
}  // namespace tollweir
