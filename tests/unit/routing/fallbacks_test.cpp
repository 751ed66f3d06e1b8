#include "tollweir/routing/fallbacks.hpp"

#include <gtest/gtest.h>

#include "unit/core/padded.hpp"

namespace tollweir {
namespace {

using Targets = std::vector<std::string>;

Result<RequestFallbacks> read(std::string_view json) {
    const Padded body(json);
    ObjectView view;
    EXPECT_TRUE(view.scan(body.view()));
    return read_request_fallbacks(view);
}

struct FallbacksFor : testing::Test {
    FallbackConfig config;
    RequestFallbacks request;
    RouterOverrides key;
    RouterOverrides team;

    Targets after(std::string_view group, ErrorKind kind = ErrorKind::internal) {
        Targets names;
        for (const auto& target : fallbacks_for({&request, &key, &team, &config}, group, kind))
            names.push_back(target.name);
        return names;
    }
};

TEST_F(FallbacksFor, AreTheGroupsOwnElseAnyGroupsElseTheDefaults) {
    config.general = {{"a", {"b", "c"}}, {"x", {"y"}}};
    config.defaults = {"z"};
    EXPECT_EQ(after("a"), (Targets{"b", "c"}));
    EXPECT_EQ(after("openai/x"), (Targets{"y"})) << "without its provider";
    EXPECT_EQ(after("other"), (Targets{"z"}));
    config.general.push_back({"*", {"w"}});
    EXPECT_EQ(after("other"), (Targets{"w"}));
    EXPECT_EQ(after("w"), (Targets{})) << "not on itself";
}

TEST_F(FallbacksFor, LongPromptsAndFiltersHaveListsOfTheirOwn) {
    config.general = {{"a", {"b"}}};
    config.context_window = {{"a", {"long"}}};
    config.content_policy = {{"other", {"soft"}}};
    EXPECT_EQ(after("a", ErrorKind::context_window_exceeded), (Targets{"long"}));
    EXPECT_EQ(after("a", ErrorKind::content_policy_violation), (Targets{"b"}))
        << "a list that does not name the group leaves the general one";
    EXPECT_EQ(after("a", ErrorKind::timeout), (Targets{"b"}));
}

TEST_F(FallbacksFor, TheNearestWins) {
    config.general = {{"a", {"router"}}};
    team.fallbacks = std::vector<Fallback>{{"a", {"team"}}};
    EXPECT_EQ(after("a"), (Targets{"team"}));
    key.fallbacks = std::vector<Fallback>{{"a", {"key"}}};
    EXPECT_EQ(after("a"), (Targets{"key"}));
    request.general = std::vector<Fallback>{{"a", {"request"}}};
    EXPECT_EQ(after("a"), (Targets{"request"}));
    request.targets = std::vector<FallbackTarget>{{"named"}};
    EXPECT_EQ(after("a"), (Targets{"named"}));
    request.are_off = true;
    EXPECT_EQ(after("a"), (Targets{}));
}

TEST(RequestFallbacks, HaveThreeForms) {
    const auto names = read(R"({"fallbacks": ["b", "c"]})");
    ASSERT_TRUE(names);
    EXPECT_EQ(names->targets, (std::vector<FallbackTarget>{{"b"}, {"c"}}));
    const auto changes = read(R"({"fallbacks": [{"model": "b", "messages": []}, "c"]})");
    ASSERT_TRUE(changes);
    EXPECT_EQ(changes->targets,
              (std::vector<FallbackTarget>{{"b", R"({"model": "b", "messages": []})"}, {"c"}}));
    const auto lists = read(R"({"fallbacks": [{"a": ["b"]}], "max_fallbacks": 2,
                                "context_window_fallbacks": [{"a": ["c"]}]})");
    ASSERT_TRUE(lists);
    EXPECT_EQ(lists->general, (std::vector<Fallback>{{"a", {"b"}}}));
    EXPECT_EQ(lists->context_window, (std::vector<Fallback>{{"a", {"c"}}}));
    EXPECT_EQ(lists->most, 2);
    EXPECT_EQ(*read(R"({"fallbacks": null})"), RequestFallbacks());
    EXPECT_TRUE(read(R"({"disable_fallbacks": true})")->are_off);
}

TEST(RequestFallbacks, RefusesOtherForms) {
    for (const auto* json :
         {R"({"fallbacks": "b"})", R"({"fallbacks": [1]})", R"({"fallbacks": ["b", {"a": ["c"]}]})",
          R"({"fallbacks": [{"a": "b"}]})", R"({"context_window_fallbacks": ["b"]})",
          R"({"max_fallbacks": -1})", R"({"max_fallbacks": "x"})", R"({"disable_fallbacks": 1})"}) {
        const auto outcome = read(json);
        ASSERT_FALSE(outcome) << json;
        EXPECT_EQ(outcome.error().http_status(), 400);
    }
}

TEST(RouterOverrides, AreReadFromARow) {
    EXPECT_EQ(parse_router_overrides("{}"), nullptr);
    EXPECT_EQ(parse_router_overrides(R"({"fallbacks": "b"})"), nullptr);
    const auto read = parse_router_overrides(
        R"({"fallbacks": [{"a": ["b"]}], "num_retries": 4, "timeout": 2,
            "model_group_retry_policy": {"a": {"TimeoutErrorRetries": 3}}})");
    ASSERT_NE(read, nullptr);
    EXPECT_EQ(read->fallbacks, (std::vector<Fallback>{{"a", {"b"}}}));
    EXPECT_EQ(read->num_retries, 4);
    EXPECT_EQ(read->timeout, std::chrono::seconds(2));
    ASSERT_TRUE(read->retries_by_group);
    EXPECT_EQ(read->retries_by_group->front().second.timeout, 3);
}

}  // namespace
}  // namespace tollweir
