#include "loading.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;
using Fallbacks = std::vector<Fallback>;

RouterConfig router_of(const std::string& text, std::map<std::string, std::string> variables = {}) {
    return loaded(text, std::move(variables)).config.router;
}

const std::string kModels =
    "model_list:\n"
    "- {model_name: a, litellm_params: {model: openai/a, api_key: k}}\n"
    "- {model_name: b, litellm_params: {model: openai/b, api_key: k}}\n"
    "- {model_name: c, litellm_params: {model: openai/c, api_key: k}}\n";

TEST(RouterSettings, AreRead) {
    const auto router = router_of(R"(
router_settings:
  routing_strategy: latency-based-routing
  routing_strategy_args: {ttl: 10, lowest_latency_buffer: 0.5, max_latency_list_size: 3,
                          latency_threshold: 2.5}
  num_retries: 4
  retry_after: 1.5
  retry_policy: {TimeoutErrorRetries: 1, InternalServerErrorRetries: 0}
  model_group_retry_policy: {a: {RateLimitErrorRetries: 9}}
  max_fallbacks: 2
  allowed_fails: 6
  allowed_fails_policy: {AuthenticationErrorAllowedFails: 1, BadRequestErrorAllowedFails: 2,
                         ContentPolicyViolationErrorAllowedFails: 3}
  cooldown_time: 7
  disable_cooldowns: true
  enable_pre_call_checks: true
  optional_pre_call_checks: [prompt_caching, session_affinity]
  deployment_affinity_ttl_seconds: 8
  enable_tag_filtering: true
  tag_filtering_match_any: false
  default_max_parallel_requests: 11
  default_priority: 12
)");
    EXPECT_EQ(router.strategy.strategy, RoutingStrategy::latency_based);
    EXPECT_EQ(router.strategy.latency_ttl, milliseconds(10'000));
    EXPECT_EQ(router.strategy.lowest_latency_buffer, 0.5);
    EXPECT_EQ(router.strategy.latency_samples, 3);
    EXPECT_EQ(router.strategy.latency_threshold, milliseconds(2'500));
    EXPECT_EQ(router.retries.num_retries, 4);
    EXPECT_EQ(router.retries.retry_after, milliseconds(1'500));
    EXPECT_EQ(router.retries.by_error.timeout, 1);
    EXPECT_EQ(router.retries.by_error.internal, 0);
    EXPECT_EQ(router.retries.by_error.rate_limit, std::nullopt);
    ASSERT_EQ(router.retries.by_group.size(), 1U);
    EXPECT_EQ(router.retries.by_group[0].first, "a");
    EXPECT_EQ(router.retries.by_group[0].second.rate_limit, 9);
    EXPECT_EQ(router.fallbacks.max_fallbacks, 2);
    EXPECT_EQ(router.cooldowns.allowed_fails, 6);
    EXPECT_EQ(router.cooldowns.allowed_fails_by_error.authentication, 1);
    EXPECT_EQ(router.cooldowns.allowed_fails_by_error.bad_request, 2);
    EXPECT_EQ(router.cooldowns.allowed_fails_by_error.content_policy, 3);
    EXPECT_EQ(router.cooldowns.cooldown_time, milliseconds(7'000));
    EXPECT_TRUE(router.cooldowns.is_disabled);
    EXPECT_TRUE(router.pre_call_checks);
    EXPECT_EQ(router.optional_checks,
              (std::vector{PreCallCheck::prompt_caching, PreCallCheck::session_affinity}));
    EXPECT_EQ(router.affinity_ttl, milliseconds(8'000));
    EXPECT_TRUE(router.tag_filtering);
    EXPECT_FALSE(router.tags_match_any);
    EXPECT_EQ(router.max_parallel_requests, 11);
    EXPECT_EQ(router.default_priority, 12);
}

TEST(RouterSettings, WinOverLiteLlmsWinOverVariables) {
    const std::string litellm =
        "litellm_settings: {num_retries: 1, max_fallbacks: 2, allowed_fails: 3, cooldown_time: "
        "4}\n";
    const auto below = router_of(litellm);
    EXPECT_EQ(below.retries.num_retries, 1);
    EXPECT_EQ(below.fallbacks.max_fallbacks, 2);
    EXPECT_EQ(below.cooldowns.allowed_fails, 3);
    EXPECT_EQ(below.cooldowns.cooldown_time, milliseconds(4'000));
    const auto above = router_of(
        litellm +
        "router_settings: {num_retries: 5, max_fallbacks: 6, allowed_fails: 7, cooldown_time: 8}");
    EXPECT_EQ(above.retries.num_retries, 5);
    EXPECT_EQ(above.fallbacks.max_fallbacks, 6);
    EXPECT_EQ(above.cooldowns.allowed_fails, 7);
    EXPECT_EQ(above.cooldowns.cooldown_time, milliseconds(8'000));
    EXPECT_EQ(router_of("model_list: []", {{"ROUTER_MAX_FALLBACKS", "9"}}).fallbacks.max_fallbacks,
              9);
}

TEST(Retries, TakeTheirTunablesFromVariables) {
    const auto retries =
        router_of("model_list: []",
                  {{"INITIAL_RETRY_DELAY", "0.1"}, {"MAX_RETRY_DELAY", "2"}, {"JITTER", "0"}})
            .retries;
    EXPECT_EQ(retries.initial_delay, milliseconds(100));
    EXPECT_EQ(retries.max_delay, milliseconds(2'000));
    EXPECT_EQ(retries.jitter, milliseconds(0));
}

TEST(Retries, OfTheWildCountUnlessTheRouterSaysMore) {
    const std::string policy = "retry_policy: {max_retries: 3, backoff_factor: 1.5}";
    const auto wild = router_of("router_settings: {" + policy + "}").retries;
    EXPECT_EQ(wild.num_retries, 3);
    EXPECT_EQ(wild.backoff_factor, 1.5);
    EXPECT_EQ(router_of("router_settings: {num_retries: 1, " + policy + "}").retries.num_retries,
              1);
}

TEST(Fallbacks, AreMappingsOrPairs) {
    const auto fallbacks = router_of(kModels + R"(
router_settings:
  fallbacks: [{a: [b, c]}, [b, c]]
  context_window_fallbacks: [{a: [c]}]
  content_policy_fallbacks: [[a, b, c]]
  default_fallbacks: [c]
)")
                               .fallbacks;
    EXPECT_EQ(fallbacks.general, (Fallbacks{{"a", {"b", "c"}}, {"b", {"c"}}}));
    EXPECT_EQ(fallbacks.context_window, (Fallbacks{{"a", {"c"}}}));
    EXPECT_EQ(fallbacks.content_policy, (Fallbacks{{"a", {"b", "c"}}}));
    EXPECT_EQ(fallbacks.defaults, std::vector<std::string>{"c"});
}

TEST(Fallbacks, OfTheRouterReplaceLiteLlms) {
    const std::string litellm = kModels + "litellm_settings: {fallbacks: [{a: [b]}]}\n";
    EXPECT_EQ(router_of(litellm).fallbacks.general, (Fallbacks{{"a", {"b"}}}));
    EXPECT_EQ(router_of(litellm + "router_settings: {fallbacks: [{b: [c]}]}").fallbacks.general,
              (Fallbacks{{"b", {"c"}}}));
}

TEST(Fallbacks, ThatLeadNowhereOrInACircleAreExplained) {
    const auto text = warnings_of(kModels + R"(
router_settings:
  fallbacks: [{a: [b]}, {b: [a]}, {c: [c, gone]}, {lost: [a]}, {"*": [a]}]
  default_fallbacks: [away]
)");
    for (const char* part :
         {"fallbacks.a: leads back to itself: a request never returns to a group it has left",
          "fallbacks.c: falls back on itself, which is left out",
          "fallbacks.c: no model group is called `gone`",
          "fallbacks: no model group is called `lost`",
          "default_fallbacks: no model group is called `away`"})
        EXPECT_TRUE(text.contains(part)) << part << "\n" << text;
    EXPECT_FALSE(text.contains("fallbacks.b:")) << text;  // one circle, one warning
}

TEST(GroupsOfGroups, AreRead) {
    const auto groups = router_of(kModels + R"(
router_settings:
  load_balancing:
    - {model_name: x, models: [a, b], weights: [3, 1]}
    - {model_name: y, models: [a, b]}
)")
                            .weighted_groups;
    EXPECT_EQ(groups, (std::vector<WeightedGroup>{{"x", {{"a", 3.0}, {"b", 1.0}}},
                                                  {"y", {{"a", 1.0}, {"b", 1.0}}}}));
}

TEST(GroupsOfGroups, NeedAnOwnNameAndPlainMembers) {
    const auto text = warnings_of(kModels + R"(
router_settings:
  load_balancing:
    - {model_name: a, models: [b]}
    - {model_name: x, models: [a, gone]}
    - {model_name: y, models: [x, b]}
)");
    for (const char* part : {"load_balancing.a: left out: `model_list` has a group of that name",
                             "load_balancing.x: no model group is called `gone`",
                             "load_balancing.y: left out of it: `x`, which is a group of groups"})
        EXPECT_TRUE(text.contains(part)) << part << "\n" << text;
}

}  // namespace
}  // namespace tollweir
