#include "gateway/admin/keys/key_rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tollweir/core/time_text.hpp"

namespace tollweir {
namespace {

using enum KeyAction;

const WallTime kNow = *parse_rfc3339("2026-11-26T10:20:00Z");

TeamRows team(std::vector<std::string> permissions = {}) {
    auto record = std::make_shared<TeamRecord>();
    record->id = "t-1";
    record->organization_id = "org";
    record->member_permissions = std::move(permissions);
    TeamRows rows;
    rows.record = std::move(record);
    rows.members = {{"u-lead", true}, {"u-member", false}, {"u-lena", false}};
    return rows;
}

KeyRow key_of(std::string user, std::string team_id = "") {
    KeyRow row;
    row.token = "hash-of-" + user;
    row.user_id = std::move(user);
    row.team_id = std::move(team_id);
    return row;
}

/// Presents a key that `change` has narrowed.
template <class Change>
KeyActor actor_with(std::string user, Change change) {
    KeyActor actor(UserRole::internal_user, user);
    auto record = std::make_shared<KeyRecord>();
    record->hash = "presented";
    record->user_id = std::move(user);
    change(*record);
    actor.key = std::move(record);
    return actor;
}
KeyActor actor_with(std::string user) {
    return actor_with(std::move(user), [](KeyRecord&) {});
}

struct RuleCase {
    const char* who;
    UserRole role;
    std::string user;
    std::vector<KeyAction> may;
};

TEST(KeyActions, AreForThoseWhomTheContractNames) {
    const std::vector<KeyAction> all{look, update, remove, block, regenerate, reset_spend};
    const auto with_permissions = team({"/key/info", "/key/update", "/key/regenerate"});
    const auto plain = team();
    const auto key = key_of("u-lena", "t-1");
    const RuleCase cases[] = {
        {"admin", UserRole::proxy_admin, "u-any", all},
        {"viewer", UserRole::proxy_admin_viewer, "u-any", {look}},
        {"owner", UserRole::internal_user, "u-lena", {look, update, remove, regenerate}},
        {"team admin",
         UserRole::internal_user,
         "u-lead",
         {look, update, remove, regenerate, reset_spend}},
        {"member with permissions",
         UserRole::internal_user,
         "u-member",
         {look, update, regenerate}},
        {"somebody else", UserRole::internal_user, "u-other", {}},
        {"organization admin elsewhere", UserRole::org_admin, "u-other", {}},
        {"nobody", UserRole::internal_user, "", {}},
    };
    for (const auto& rule : cases)
        for (const auto action : all) {
            const bool expected = std::ranges::find(rule.may, action) != rule.may.end();
            const KeyActor actor(rule.role, rule.user);
            const auto permitted = permit_action(actor, action, key, &with_permissions);
            EXPECT_EQ(permitted.has_value(), expected) << rule.who << " " << route_of(action);
            if (!permitted) EXPECT_EQ(permitted.error().http_status(), 403);
        }
    for (const auto action : all)
        EXPECT_FALSE(
            permit_action(KeyActor(UserRole::internal_user, "u-member"), action, key, &plain))
            << "a member whom the team permits nothing";
    EXPECT_FALSE(permit_action(KeyActor(UserRole::internal_user, ""), look, key_of(""), nullptr))
        << "keys of nobody are not nobody's to see";
}

TEST(KeyActions, AKeyMayLookAtItself) {
    auto actor = actor_with("", [](KeyRecord& key) { key.hash = "hash-of-"; });
    EXPECT_TRUE(permit_action(actor, look, key_of(""), nullptr));
    EXPECT_FALSE(permit_action(actor, update, key_of(""), nullptr));
}

TEST(KeyActors, MakeKeysForThemselves) {
    const KeyActor lena(UserRole::internal_user, "u-lena");
    EXPECT_TRUE(permit_owners(lena, nullptr, key_of("u-lena"), {}));
    const auto other = permit_owners(lena, nullptr, key_of("u-max"), {});
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().message,
              "User can only create keys for themselves. Got user_id=u-max, Your ID=u-lena");
    EXPECT_EQ(other.error().http_status(), 403);
    EXPECT_FALSE(permit_owners(lena, nullptr, key_of(""), {}));
    EXPECT_FALSE(permit_owners(KeyActor(UserRole::internal_user, ""), nullptr, key_of(""), {}));
    EXPECT_TRUE(permit_owners(KeyActor(UserRole::proxy_admin, "a"), nullptr, key_of("u-max"), {}));
}

TEST(KeyActors, MakeKeysOfTeamsTheyAreIn) {
    const auto plain = team();
    const auto open = team({"/key/generate"});
    const auto make = [](const char* who, std::string owner, const TeamRows& in) {
        KeyOwners owners;
        owners.team = &in;
        return permit_owners(KeyActor(UserRole::internal_user, who), nullptr,
                             key_of(std::move(owner), "t-1"), owners);
    };
    EXPECT_TRUE(make("u-lead", "u-lead", plain));
    EXPECT_TRUE(make("u-lead", "u-member", plain)) << "for a member";
    EXPECT_FALSE(make("u-lead", "u-other", plain)) << "for somebody outside";
    EXPECT_TRUE(make("u-member", "u-member", open));
    EXPECT_FALSE(make("u-member", "u-lena", open)) << "for another member";
    const auto barred = make("u-member", "u-member", plain);
    ASSERT_FALSE(barred);
    EXPECT_EQ(*barred.error().type_json, "\"team_member_permission_error\"");
    const auto outside = make("u-other", "u-other", open);
    ASSERT_FALSE(outside);
    EXPECT_EQ(outside.error().message, "User=u-other not assigned to team=t-1");
    EXPECT_EQ(outside.error().http_status(), 400);
}

TEST(KeyActors, GetNoKeyOfAHigherRole) {
    const auto in = team();
    UserRecord owner;
    owner.id = "u-member";
    KeyOwners owners;
    owners.team = &in;
    owners.user = &owner;
    const KeyActor lead(UserRole::internal_user, "u-lead");
    for (const auto role :
         {UserRole::proxy_admin, UserRole::proxy_admin_viewer, UserRole::org_admin}) {
        owner.role = role;
        EXPECT_FALSE(permit_owners(lead, nullptr, key_of("u-member", "t-1"), owners))
            << name_of(role);
        EXPECT_FALSE(permit_handover(lead, key_of("u-member", "t-1"), &owner)) << name_of(role);
    }
    owner.role = UserRole::internal_user;
    EXPECT_TRUE(permit_owners(lead, nullptr, key_of("u-member", "t-1"), owners));
}

TEST(KeyActors, GiveNoKeyAway) {
    const KeyActor lena(UserRole::internal_user, "u-lena");
    const auto before = key_of("u-lena");
    auto after = before;
    after.user_id = "u-max";
    EXPECT_FALSE(permit_owners(lena, &before, after, {}));
    after = before;
    after.organization_id = "org-2";
    EXPECT_FALSE(permit_owners(lena, &before, after, {}));
    EXPECT_TRUE(permit_owners(lena, &before, after, {.is_admin_of_organization = true}));
    after = before;
    after.project_id = "p-1";
    EXPECT_FALSE(permit_owners(lena, &before, after, {.project_team = "t-1"}));
}

TEST(KeyActors, TakeNoKeyOfAnother) {
    const auto in = team({"/key/update", "/key/generate"});
    KeyOwners owners;
    owners.team = &in;
    const auto before = key_of("u-lena", "t-1");
    auto after = before;
    after.user_id = "u-member";
    EXPECT_FALSE(
        permit_owners(KeyActor(UserRole::internal_user, "u-member"), &before, after, owners));
    EXPECT_TRUE(permit_owners(KeyActor(UserRole::internal_user, "u-lead"), &before, after, owners));
}

TEST(KeyActors, LeaveNothingThatBindsTheKey) {
    const KeyActor lena(UserRole::internal_user, "u-lena");
    auto before = key_of("u-lena", "t-1");
    before.organization_id = "org";
    before.project_id = "p-1";
    for (auto column : {&KeyRow::team_id, &KeyRow::organization_id, &KeyRow::project_id}) {
        auto after = before;
        (after.*column).clear();
        EXPECT_FALSE(permit_owners(lena, &before, after, {}));
        EXPECT_TRUE(permit_owners(KeyActor(UserRole::proxy_admin, "a"), &before, after, {}));
    }
}

TEST(KeyActors, MakeServiceAccountsWhereTheTeamAllowsThese) {
    const auto make = [](const TeamRows& in) {
        KeyOwners owners;
        owners.team = &in;
        auto key = key_of("", "t-1");
        key.metadata = R"({"service_account_id": "robot"})";
        return permit_owners(KeyActor(UserRole::internal_user, "u-member"), nullptr, key, owners);
    };
    EXPECT_FALSE(make(team({"/key/generate"})));
    EXPECT_TRUE(make(team({"/key/service-account/generate"})));
}

struct GrantCase {
    const char* what;
    void (*own)(KeyRecord&);
    void (*within)(KeyRow&);
    void (*beyond)(KeyRow&);
};

const GrantCase kGrants[] = {
    {"models", [](KeyRecord& own) { own.models = AllowedModels({"gpt-4o", "claude*"}); },
     [](KeyRow& key) { key.models = {"gpt-4o", "claude-3", "claude*"}; },
     [](KeyRow& key) { key.models = {"gpt-4o", "o3"}; }},
    {"all models", [](KeyRecord& own) { own.models = AllowedModels({"gpt-4o"}); },
     [](KeyRow& key) { key.models = {"gpt-4o"}; }, [](KeyRow& key) { key.models = {}; }},
    {"a pattern", [](KeyRecord& own) { own.models = AllowedModels({"gpt-4o"}); },
     [](KeyRow& key) { key.models = {"gpt-4o"}; }, [](KeyRow& key) { key.models = {"*"}; }},
    {"aliases", [](KeyRecord& own) { own.models = AllowedModels({"gpt-4o-mini", "gpt-4o"}); },
     [](KeyRow& key) {
         key.models = {"gpt-4o"};
         key.aliases = R"({"fast": "gpt-4o-mini"})";
     },
     [](KeyRow& key) {
         key.models = {"gpt-4o"};
         key.aliases = R"({"gpt-4o": "o3"})";
     }},
    {"routes", [](KeyRecord& own) { own.allowed_routes = AllowedRoutes({"/key", "info_routes"}); },
     [](KeyRow& key) { key.allowed_routes = {"/key/info", "info_routes"}; },
     [](KeyRow& key) { key.allowed_routes = {"llm_api_routes"}; }},
    {"all routes", [](KeyRecord& own) { own.allowed_routes = AllowedRoutes({"info_routes"}); },
     [](KeyRow& key) { key.allowed_routes = {"info_routes"}; }, [](KeyRow&) {}},
    {"permissions", [](KeyRecord& own) { own.may_read_global_spend = true; },
     [](KeyRow& key) { key.permissions = R"({"get_spend_routes": true, "x": false})"; },
     [](KeyRow& key) { key.permissions = R"({"allow_pii_controls": true})"; }},
    {"budget", [](KeyRecord& own) { own.limits.max_budget = 10; },
     [](KeyRow& key) { key.max_budget = 10; }, [](KeyRow& key) { key.max_budget = 11; }},
    {"no budget", [](KeyRecord& own) { own.limits.max_budget = 10; },
     [](KeyRow& key) { key.max_budget = 0; }, [](KeyRow&) {}},
    {"a budget that comes again",
     [](KeyRecord& own) {
         own.limits.max_budget = 10;
         own.limits.budget_duration = "7d";
     },
     [](KeyRow& key) {
         key.max_budget = 10;
         key.budget_duration = "30d";
     },
     [](KeyRow& key) {
         key.max_budget = 10;
         key.budget_duration = "1d";
     }},
    {"tokens a minute", [](KeyRecord& own) { own.limits.tpm_limit = 10; },
     [](KeyRow& key) { key.tpm_limit = 10; }, [](KeyRow& key) { key.tpm_limit = 11; }},
    {"requests a minute", [](KeyRecord& own) { own.limits.rpm_limit = 10; },
     [](KeyRow& key) { key.rpm_limit = 1; }, [](KeyRow&) {}},
    {"requests at once", [](KeyRecord& own) { own.limits.max_parallel_requests = 2; },
     [](KeyRow& key) { key.max_parallel_requests = 2; },
     [](KeyRow& key) { key.max_parallel_requests = 3; }},
    {"a model's budget",
     [](KeyRecord& own) { own.model_limits = parse_model_terms(R"({"m": 5})", {}, {}); },
     [](KeyRow& key) { key.model_max_budget = R"({"m": 4, "n": 9})"; },
     [](KeyRow& key) { key.model_max_budget = R"({"m": 6})"; }},
    {"windows", [](KeyRecord& own) { own.budget_windows = {{5, "1d", std::nullopt}}; },
     [](KeyRow& key) {
         key.budget_limits = R"([{"max_budget": 0.000000000005, "budget_duration": "1d"}])";
     },
     [](KeyRow& key) { key.budget_limits = R"([{"max_budget": 6, "budget_duration": "1d"}])"; }},
    {"life", [](KeyRecord& own) { own.expires = kNow; }, [](KeyRow& key) { key.expires = kNow; },
     [](KeyRow&) {}},
    {"cache controls", [](KeyRecord& own) { own.allowed_cache_controls = {"no-cache"}; },
     [](KeyRow& key) { key.allowed_cache_controls = {"no-cache"}; }, [](KeyRow&) {}},
    {"access groups",
     [](KeyRecord& own) {
         own.models = AllowedModels({"m"});
         own.access_group_ids = {"g-1"};
     },
     [](KeyRow& key) {
         key.models = {"m"};
         key.access_group_ids = {"g-1"};
     },
     [](KeyRow& key) {
         key.models = {"m"};
         key.access_group_ids = {"g-2"};
     }},
    {"enforced parameters",
     [](KeyRecord& own) { own.metadata_json = R"({"enforced_params": ["user"]})"; },
     [](KeyRow& key) { key.metadata = R"({"enforced_params": ["user", "x"]})"; }, [](KeyRow&) {}},
    {"the check of models", [](KeyRecord&) {}, [](KeyRow&) {},
     [](KeyRow& key) { key.config = R"({"a": 1})"; }},
    {"a raised budget", [](KeyRecord&) {}, [](KeyRow&) {},
     [](KeyRow& key) { key.metadata = R"({"temp_budget_increase": 5})"; }},
};

Result<void> grant(const KeyActor& actor, const KeyRow* before, const KeyRow& after,
                   bool handed_over = false) {
    KeyGrant made;
    made.before = before;
    made.handed_over = handed_over;
    if (before != nullptr) made.limits_before = effective_limits(*before, nullptr);
    made.after = &after;
    made.limits_after = effective_limits(after, nullptr);
    return permit_grant(actor, made);
}

TEST(KeyGrants, AreWithinWhatThePresentedKeyHolds) {
    for (const auto& one : kGrants) {
        const auto actor = actor_with("u-lena", one.own);
        KeyRow within = key_of("u-lena");
        one.within(within);
        const auto good = grant(actor, nullptr, within);
        EXPECT_TRUE(good) << one.what << ": " << good.error().message;
        KeyRow beyond = key_of("u-lena");
        one.beyond(beyond);
        const auto refused = grant(actor, nullptr, beyond);
        ASSERT_FALSE(refused) << one.what;
        EXPECT_EQ(refused.error().http_status(), 403) << one.what;
        EXPECT_TRUE(grant(KeyActor(UserRole::proxy_admin, "a"), nullptr, beyond)) << one.what;
        // A change of something else may leave it as it is; a change of hands may not.
        auto renamed = beyond;
        renamed.key_alias = "another";
        EXPECT_TRUE(grant(actor, &beyond, renamed)) << one.what;
        if (beyond.metadata == "{}" || !beyond.metadata.contains("temp_budget"))
            EXPECT_FALSE(grant(actor, &beyond, renamed, true)) << one.what;
    }
}

TEST(KeyGrants, AKeyOutsideTheTeamHasNoMoreModelsThanTheTeam) {
    auto lent = std::make_shared<TeamRecord>();
    lent->id = "t-1";
    lent->models = AllowedModels({"gpt-4o"});
    const auto actor = actor_with("u-lena", [&](KeyRecord& own) {
        own.team_id = "t-1";
        own.team = lent;
    });
    EXPECT_TRUE(grant(actor, nullptr, key_of("u-lena", "t-1")));
    auto own = key_of("u-lena");
    EXPECT_FALSE(grant(actor, nullptr, own)) << "all models";
    own.models = {"o3"};
    EXPECT_FALSE(grant(actor, nullptr, own));
    own.models.clear();
    inherit(actor, own);
    EXPECT_EQ(own.models, std::vector<std::string>{"gpt-4o"});
    EXPECT_TRUE(grant(actor, nullptr, own));
}

TEST(KeyGrants, ANewKeyHasWhatThePresentedOneHas) {
    for (const auto& one : kGrants) {
        const auto actor = actor_with("u-lena", one.own);
        KeyRow row = key_of("u-lena");
        inherit(actor, row);
        const auto good = grant(actor, nullptr, row);
        EXPECT_TRUE(good) << one.what << ": " << good.error().message;
    }
    KeyRow untouched = key_of("u-lena");
    inherit(actor_with("u-lena"), untouched);
    EXPECT_EQ(untouched, key_of("u-lena")) << "a key without limits passes none on";
}

TEST(KeyGrants, ABudgetRowBinds) {
    BudgetTerms budget;
    budget.limits.max_budget = 20;
    auto row = key_of("u-lena");
    row.budget_id = "b";
    EXPECT_EQ(effective_limits(row, &budget).terms.max_budget, 20);
    row.max_budget = 5;
    EXPECT_EQ(effective_limits(row, &budget).terms.max_budget, 5) << "the own value wins";
}

TEST(KeyGrants, SpendAndBlocksAreForAdmins) {
    const auto actor = actor_with("u-lena");
    auto before = key_of("u-lena", "t-1");
    before.spend = 10;
    before.blocked = true;
    auto after = before;
    after.spend = 9;
    EXPECT_FALSE(grant(actor, &before, after));
    after.spend = 11;
    EXPECT_TRUE(grant(actor, &before, after));
    after = before;
    after.blocked = false;
    EXPECT_FALSE(grant(actor, &before, after));
    // An admin of the key's team may reset what it has spent.
    const auto in = team();
    after = before;
    after.spend = 0;
    KeyGrant made{
        &before, false, effective_limits(before, nullptr), &after, effective_limits(after, nullptr),
        &in};
    EXPECT_TRUE(permit_grant(actor_with("u-lead"), made));
    EXPECT_FALSE(permit_grant(actor_with("u-member"), made));
}

}  // namespace
}  // namespace tollweir
