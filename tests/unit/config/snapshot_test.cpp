#include "tollweir/config/snapshot.hpp"

#include <gtest/gtest.h>

#include "tollweir/providers/registry.hpp"

namespace tollweir {
namespace {

Deployment deployment(std::string group, std::string_view model_string, std::string id = "") {
    const auto resolved = resolve_model(model_string, {}, {});
    Deployment made;
    made.id = id.empty() ? group + "|" + std::string(model_string) : std::move(id);
    made.wildcard = group.contains('*');
    made.group = std::move(group);
    made.model = resolved->model;
    made.model_string = model_string;
    made.provider = resolved->provider->provider;
    made.origin = {true, "api.openai.com", 443};
    made.base_path = "/v1";
    return made;
}

Config config_of(std::vector<Deployment> deployments) {
    Config config;
    config.deployments = std::move(deployments);
    return config;
}

std::shared_ptr<const Snapshot> build(Config config, const Snapshot* previous = nullptr) {
    auto built = Snapshot::build(std::move(config), previous);
    EXPECT_TRUE(built) << built.error().message;
    return built ? *built : nullptr;
}

std::shared_ptr<const Snapshot> build(std::vector<Deployment> deployments) {
    return build(config_of(std::move(deployments)));
}

// `group -> upstream model`, as a request for `name` would go to the group's first deployment.
std::string route(const Snapshot& snapshot, std::string_view name) {
    const auto match = snapshot.find_group(name);
    if (!match) return "nothing";
    const auto& first = *(match->only ? match->only : match->group->deployments.front());
    return match->group->name + " -> " + upstream_model(first, match->captures, name);
}

TEST(Snapshot, GroupsDeploymentsByNameInFileOrder) {
    const auto snapshot = build({deployment("b", "openai/x"), deployment("a", "openai/y"),
                                 deployment("b", "openai/z"), deployment("openai/*", "openai/*")});
    ASSERT_EQ(snapshot->groups().size(), 3u);
    EXPECT_EQ(snapshot->groups()[0]->name, "b");
    EXPECT_EQ(snapshot->groups()[1]->name, "a");
    EXPECT_EQ(snapshot->groups()[2]->name, "openai/*");
    ASSERT_EQ(snapshot->groups()[0]->deployments.size(), 2u);
    EXPECT_EQ(snapshot->groups()[0]->deployments[1]->model, "z");
    EXPECT_EQ(snapshot->deployments().size(), 4u);
}

TEST(Snapshot, IsBuiltFromNothing) {
    const auto snapshot = build(std::vector<Deployment>{});
    EXPECT_TRUE(snapshot->groups().empty());
    EXPECT_FALSE(snapshot->find_group("gpt-4o"));
    EXPECT_FALSE(snapshot->find_group(""));
}

TEST(Snapshot, FindsADeploymentByItsId) {
    const auto snapshot =
        build({deployment("g", "openai/x", "one"), deployment("g", "openai/y", "two")});
    const auto match = snapshot->find_group("two");
    ASSERT_TRUE(match);
    EXPECT_EQ(match->group->name, "g");
    ASSERT_NE(match->only, nullptr);
    EXPECT_EQ(match->only->model, "y");
    ASSERT_EQ(match->group->deployments.size(), 1u);
    EXPECT_EQ(snapshot->find_group("g")->only, nullptr);
}

TEST(Snapshot, PrefersAnIdToAGroupAndAGroupToAnAlias) {
    auto config = config_of({deployment("a", "openai/x", "b"), deployment("b", "openai/y", "id-b"),
                             deployment("c", "openai/z", "id-c")});
    config.aliases = {{"c", {"a", false}}};
    const auto snapshot = build(std::move(config));
    EXPECT_EQ(route(*snapshot, "b"), "a -> x");
    EXPECT_EQ(route(*snapshot, "c"), "c -> z");
}

TEST(Snapshot, FollowsAliases) {
    auto config =
        config_of({deployment("group", "openai/x", "id"), deployment("openai/*", "openai/*")});
    config.aliases = {{"public", {"group", false}},
                      {"hidden", {"group", true}},
                      {"mini", {"openai/gpt-4o-mini", false}},
                      {"chained", {"public", false}},
                      {"dangling", {"nowhere", false}}};
    config.model_aliases = {{"old", "group"}, {"older", "public"}};
    const auto snapshot = build(std::move(config));
    EXPECT_EQ(route(*snapshot, "public"), "group -> x");
    EXPECT_EQ(route(*snapshot, "hidden"), "group -> x");
    EXPECT_EQ(route(*snapshot, "old"), "group -> x");
    EXPECT_EQ(route(*snapshot, "older"), "group -> x");
    EXPECT_EQ(route(*snapshot, "mini"), "openai/* -> gpt-4o-mini");
    EXPECT_EQ(route(*snapshot, "chained"), "nothing");
    EXPECT_EQ(route(*snapshot, "dangling"), "nothing");
}

TEST(SnapshotWildcards, PutTheCapturesIntoTheTarget) {
    const auto snapshot =
        build({deployment("openai/*", "openai/*"), deployment("chat-*", "bedrock/anthropic.*"),
               deployment("fixed-*", "openai/gpt-4o"), deployment("*-to-*", "groq/*_*"),
               deployment("two-*/*", "xai/*")});
    EXPECT_EQ(route(*snapshot, "openai/gpt-4o"), "openai/* -> gpt-4o");
    EXPECT_EQ(route(*snapshot, "openai/a/b"), "openai/* -> a/b");
    EXPECT_EQ(route(*snapshot, "chat-claude"), "chat-* -> anthropic.claude");
    EXPECT_EQ(route(*snapshot, "fixed-anything"), "fixed-* -> gpt-4o");
    EXPECT_EQ(route(*snapshot, "a-to-b"), "*-to-* -> a_b");
    EXPECT_EQ(route(*snapshot, "two-x/y"), "two-*/* -> two-x/y");
}

TEST(SnapshotWildcards, GiveEachStarAsMuchAsItCanTakeFromTheLeft) {
    const auto snapshot = build({deployment("p-*-*", "openai/[*][*]")});
    EXPECT_EQ(route(*snapshot, "p-a-b-c"), "p-*-* -> [a-b][c]");
    EXPECT_EQ(route(*snapshot, "p--"), "p-*-* -> [][]");
    EXPECT_EQ(route(*snapshot, "p-"), "nothing");
}

TEST(SnapshotWildcards, AreAnchoredAtBothEnds) {
    const auto snapshot = build({deployment("a*z", "openai/*")});
    EXPECT_EQ(route(*snapshot, "abz"), "a*z -> b");
    EXPECT_EQ(route(*snapshot, "az"), "a*z -> ");
    EXPECT_EQ(route(*snapshot, "abzz2"), "nothing");
    EXPECT_EQ(route(*snapshot, "xabz"), "nothing");
    EXPECT_EQ(route(*snapshot, "a"), "nothing");
    // The first and the last letter must not be the same one.
    EXPECT_FALSE(build({deployment("aba*ba", "openai/*")})->find_group("aba"));
}

TEST(SnapshotWildcards, TreatAllButTheStarLiterally) {
    const auto snapshot = build({deployment("a.b+(*)", "openai/*")});
    EXPECT_EQ(route(*snapshot, "a.b+(x)"), "a.b+(*) -> x");
    EXPECT_EQ(route(*snapshot, "axb+(x)"), "nothing");
}

TEST(SnapshotWildcards, AreTriedLongestFirstWhateverTheirOrder) {
    const auto snapshot = build({deployment("*", "openai/*"), deployment("openai/*", "openai/*"),
                                 deployment("openai/gpt-*", "openai/gpt-*"),
                                 deployment("ab*", "openai/*"), deployment("a**", "openai/*_*")});
    EXPECT_EQ(route(*snapshot, "openai/gpt-4o"), "openai/gpt-* -> gpt-4o");
    EXPECT_EQ(route(*snapshot, "openai/o3"), "openai/* -> o3");
    EXPECT_EQ(route(*snapshot, "zzz"), "* -> zzz");
    // `a(.*)(.*)` is longer than `ab(.*)`, as LiteLLM counts.
    EXPECT_EQ(snapshot->find_group("abc")->group->name, "a**");
}

TEST(SnapshotWildcards, YieldToExactNames) {
    const auto snapshot =
        build({deployment("openai/*", "openai/*"), deployment("openai/gpt-4o", "openai/other")});
    EXPECT_EQ(route(*snapshot, "openai/gpt-4o"), "openai/gpt-4o -> other");
}

TEST(SnapshotWildcards, MatchABareNameByItsProvider) {
    const auto snapshot =
        build({deployment("openai/*", "openai/*"), deployment("anthropic/*", "anthropic/*")});
    EXPECT_EQ(route(*snapshot, "gpt-4o"), "openai/* -> gpt-4o");
    EXPECT_EQ(route(*snapshot, "claude-3-haiku"), "anthropic/* -> claude-3-haiku");
    EXPECT_EQ(route(*snapshot, "llama"), "nothing");
    EXPECT_EQ(route(*snapshot, "groq/gpt-4o"), "nothing");
}

TEST(SnapshotWildcards, ALoneStarServesItsOwnProvidersNamesOnly) {
    const auto snapshot = build({deployment("*", "*")});
    EXPECT_EQ(route(*snapshot, "gpt-4o"), "* -> gpt-4o");
    EXPECT_EQ(route(*snapshot, "openai/gpt-4o"), "* -> gpt-4o");
    EXPECT_EQ(route(*snapshot, "anthropic/claude-3"), "nothing");
    EXPECT_EQ(route(*snapshot, "claude-3"), "nothing");
}

TEST(SnapshotWildcards, AreNotReachedByTheirIdOrPattern) {
    const auto snapshot = build({deployment("openai/*", "openai/*", "the-id")});
    EXPECT_FALSE(snapshot->find_group("the-id"));
    const auto literal = snapshot->find_group("openai/*");
    ASSERT_TRUE(literal);
    EXPECT_EQ(literal->captures, std::vector<std::string>{"*"});
}

TEST(Snapshot, FindsDeploymentsByTheirModelString) {
    const auto snapshot =
        build({deployment("a", "openai/gpt-4o"), deployment("b", "openai/gpt-4o")});
    const auto match = snapshot->find_group("openai/gpt-4o");
    ASSERT_TRUE(match);
    EXPECT_EQ(match->group->deployments.size(), 2u);
    EXPECT_EQ(match->only, nullptr);
}

TEST(Snapshot, RefusesTwoDeploymentsWithOneId) {
    const auto built = Snapshot::build(
        config_of({deployment("a", "openai/x", "same"), deployment("b", "openai/y", "same")}),
        nullptr);
    ASSERT_FALSE(built);
    for (const std::string part : {"'same'", "'a'", "'b'", "openai/x", "openai/y"}) {
        EXPECT_TRUE(built.error().message.contains(part)) << built.error().message;
    }
}

TEST(Snapshot, MakesHeadsForWhatTheProviderOffers) {
    auto wild = deployment("openai/*", "openai/*");
    auto later = deployment("later", "anthropic/m");
    auto mock = deployment("mock", "openai/m");
    mock.mock_response = R"("hi")";
    mock.origin.host.clear();
    const auto catch_all = deployment("*", "openai/gpt-4o");
    const auto snapshot = build({deployment("a", "llamafile/m"), wild, later, mock, catch_all});
    const auto head = [&](std::size_t deployment, Endpoint endpoint) {
        return snapshot->deployments()[deployment].heads[static_cast<std::size_t>(endpoint)].path;
    };
    EXPECT_EQ(head(0, Endpoint::chat_completions), "/v1/chat/completions");
    EXPECT_EQ(head(0, Endpoint::embeddings), "");
    EXPECT_EQ(head(1, Endpoint::chat_completions), "");
    EXPECT_EQ(head(2, Endpoint::chat_completions), "");
    EXPECT_EQ(head(3, Endpoint::chat_completions), "");
    EXPECT_EQ(head(4, Endpoint::chat_completions), "/v1/chat/completions");
}

TEST(Snapshot, NamesTheDeploymentWhoseHeadIsInvalid) {
    auto bad = deployment("group", "openai/x", "the-id");
    bad.api_key = Secret("sk-secret\n");
    const auto built = Snapshot::build(config_of({bad}), nullptr);
    ASSERT_FALSE(built);
    EXPECT_TRUE(built.error().message.contains("'the-id'"));
    EXPECT_TRUE(built.error().message.contains("'group'"));
    EXPECT_FALSE(built.error().message.contains("sk-secret"));
}

TEST(Snapshot, NamesTheDeploymentWhoseDropListIsInvalid) {
    auto bad = deployment("group", "openai/x", "the-id");
    bad.additional_drop_params = {"tools[*"};
    const auto built = Snapshot::build(config_of({bad}), nullptr);
    ASSERT_FALSE(built);
    EXPECT_TRUE(built.error().message.contains("'the-id'")) << built.error().message;
    EXPECT_TRUE(built.error().message.contains("tools[*")) << built.error().message;
}

TEST(Snapshot, HandsHealthOnToTheDeploymentWithTheSameId) {
    const auto before =
        build({deployment("a", "openai/x", "kept"), deployment("b", "openai/y", "gone")});
    before->deployments()[0].health->successes = 7;
    const auto after = build(config_of({deployment("new", "openai/z", "fresh"),
                                        deployment("a", "openai/changed", "kept")}),
                             before.get());
    EXPECT_EQ(after->deployments()[1].health, before->deployments()[0].health);
    EXPECT_EQ(after->deployments()[1].health->successes, 7u);
    ASSERT_TRUE(after->deployments()[0].health);
    EXPECT_EQ(after->deployments()[0].health->successes, 0u);
}

TEST(WeightedGroups, HoldTheDeploymentsOfTheirMembersByWeight) {
    auto config = config_of({deployment("a", "openai/x", "a1"), deployment("a", "openai/y", "a2"),
                             deployment("b", "openai/z", "b1")});
    config.deployments[0].weight = 3;
    config.deployments[1].weight = 1;
    config.aliases["other"] = {"b", false};
    config.router.weighted_groups = {{"both", {{"a", 0.8}, {"other", 0.2}, {"gone", 1}}}};
    const auto snapshot = build(std::move(config));
    const auto match = snapshot->find_group("both");
    ASSERT_TRUE(match);
    ASSERT_EQ(match->group->deployments.size(), 3u);
    EXPECT_EQ(match->group->deployments[2]->id, "b1");
    ASSERT_EQ(match->group->weights.size(), 3u);
    EXPECT_DOUBLE_EQ(match->group->weights[0], 0.6);
    EXPECT_DOUBLE_EQ(match->group->weights[1], 0.2);
    EXPECT_DOUBLE_EQ(match->group->weights[2], 0.2);
    EXPECT_EQ(snapshot->groups().back()->name, "both");
}

TEST(WeightedGroups, AreNoMembersOfEachOtherAndHideNoOthers) {
    auto config = config_of({deployment("a", "openai/x", "a1"), deployment("b", "openai/y", "b1")});
    config.router.weighted_groups = {{"a", {{"b", 1}}}, {"x", {{"a", 1}}}, {"y", {{"x", 1}}}};
    const auto snapshot = build(std::move(config));
    EXPECT_TRUE(snapshot->find_group("a")->group->weights.empty());
    EXPECT_TRUE(snapshot->find_group("x"));
    EXPECT_FALSE(snapshot->find_group("y"));
}

}  // namespace
}  // namespace tollweir
