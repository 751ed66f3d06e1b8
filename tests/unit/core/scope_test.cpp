#include "tollweir/core/scope.hpp"

#include <gtest/gtest.h>

#include <set>

namespace tollweir {
namespace {

TEST(Scope, HasAKeyThatTellsItsParts) {
    EXPECT_EQ(scope_key({.kind = ScopeKind::key, .id = "88dc"}), "key:88dc");
    EXPECT_EQ(scope_key({.kind = ScopeKind::team_member, .id = "search", .member = "lena"}),
              "team_member:search:lena");
    EXPECT_EQ(scope_key({.kind = ScopeKind::organization_member, .id = "acme", .member = "lena"}),
              "organization_member:acme:lena");
    EXPECT_EQ(scope_key({.kind = ScopeKind::key, .id = "88dc", .model = "gpt-4o", .window = "1d"}),
              "key:88dc:model:gpt-4o:window:1d");
    EXPECT_EQ(scope_key({.kind = ScopeKind::global}), "global");
}

TEST(Scope, SharesItsKeyWithNoOther) {
    const std::vector<Scope> scopes{
        {.kind = ScopeKind::user, .id = "a"},
        {.kind = ScopeKind::team, .id = "a"},
        {.kind = ScopeKind::user, .id = "a:model:b"},
        {.kind = ScopeKind::user, .id = "a", .model = "b"},
        {.kind = ScopeKind::user, .id = "a", .model = "b:window:1d"},
        {.kind = ScopeKind::user, .id = "a", .model = "b", .window = "1d"},
        {.kind = ScopeKind::user, .id = "a%3Amodel%3Ab"},
        {.kind = ScopeKind::team_member, .id = "a", .member = "b"},
        {.kind = ScopeKind::team_member, .id = "a:b", .member = "c"},
        {.kind = ScopeKind::team_member, .id = "a", .member = "b:c"},
        {.kind = ScopeKind::organization_member, .id = "a", .member = "b"},
        {.kind = ScopeKind::global},
        {.kind = ScopeKind::global, .model = "b"},
    };
    std::set<std::string> keys;
    for (const auto& scope : scopes)
        EXPECT_TRUE(keys.insert(scope_key(scope)).second) << scope_key(scope);
}

TEST(Scope, IsCalledAsLiteLlmCallsIt) {
    EXPECT_EQ(descriptor_of({.kind = ScopeKind::key}), "api_key");
    EXPECT_EQ(descriptor_of({.kind = ScopeKind::key, .model = "m"}), "model_per_key");
    EXPECT_EQ(descriptor_of({.kind = ScopeKind::team, .model = "m"}), "model_per_team");
    EXPECT_EQ(descriptor_of({.kind = ScopeKind::customer}), "end_user");
    EXPECT_EQ(descriptor_of({.kind = ScopeKind::organization}), "organization");
}

}  // namespace
}  // namespace tollweir
