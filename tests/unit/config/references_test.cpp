#include "config/references.hpp"

#include "loading.hpp"

namespace tollweir {
namespace {

Node resolved(const std::string& text, std::map<std::string, std::string> variables,
              Findings& findings) {
    Node node;
    node.kind = Node::Kind::map;
    node.members.push_back({"a", {}, text_node(text)});
    resolve_references(node, "", environment_of(std::move(variables)), findings);
    return node;
}

std::string resolved_json(const std::string& text, std::map<std::string, std::string> variables) {
    Findings findings;
    return to_json(resolved(text, std::move(variables), findings));
}

TEST(References, BecomeTheVariablesText) {
    EXPECT_EQ(resolved_json("os.environ/X", {{"X", "v"}}), R"({"a":"v"})");
    EXPECT_EQ(resolved_json("env/X", {{"X", "v"}}), R"({"a":"v"})");
    EXPECT_EQ(resolved_json("os.environ/X", {{"X", "12"}}), R"({"a":"12"})");
    EXPECT_EQ(resolved_json("os.environ/X", {{"X", ""}}), R"({"a":""})");
}

TEST(References, BecomeBooleansByText) {
    EXPECT_EQ(resolved_json("os.environ/X", {{"X", "TRUE"}}), R"({"a":true})");
    EXPECT_EQ(resolved_json("os.environ/X", {{"X", "False"}}), R"({"a":false})");
    EXPECT_EQ(resolved_json("os.environ/X", {{"X", "yes"}}), R"({"a":"yes"})");
}

TEST(References, AreNotSoughtInsideLongerTexts) {
    EXPECT_EQ(resolved_json("x os.environ/X", {{"X", "v"}}), R"({"a":"x os.environ/X"})");
    EXPECT_EQ(resolved_json("${X}", {{"X", "v"}}), R"({"a":"${X}"})");
}

TEST(References, AreNotFollowedTwice) {
    EXPECT_EQ(resolved_json("os.environ/X", {{"X", "os.environ/Y"}, {"Y", "v"}}),
              R"({"a":"os.environ/Y"})");
}

TEST(References, ToNothingAreNullAndOneWarning) {
    Findings findings;
    EXPECT_EQ(to_json(resolved("os.environ/GONE", {}, findings)), R"({"a":null})");
    const auto warnings = findings.take_warnings();
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_EQ(warnings[0].text(),
              "a: the environment variable GONE is not set; the key counts as absent");
}

TEST(References, OfTheShortFormAreAWarning) {
    Findings findings;
    resolved("env/X", {{"X", "v"}}, findings);
    const auto warnings = findings.take_warnings();
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_EQ(warnings[0].text(), "a: env/X is read as os.environ/X, LiteLLM's spelling");
}

TEST(References, CountInListsToo) {
    const auto config = loaded(
        "model_list: [{model_name: a, litellm_params: {model: openai/x, "
        "api_key: k, stop: [os.environ/S]}}]",
        {{"S", "end"}});
    EXPECT_EQ(config.config.deployments.at(0).defaults, (JsonFields{{"stop", R"(["end"])"}}));
}

TEST(References, GiveNumbersToWhoWantsNumbers) {
    const auto config = loaded("router_settings: {timeout: os.environ/T}", {{"T", "2.5"}});
    EXPECT_EQ(config.config.request_timeout, std::chrono::milliseconds(2'500));
}

TEST(References, NeverShowTheirValueInAnError) {
    const auto text = errors_of("router_settings: {timeout: os.environ/T}", {{"T", "hidden"}});
    EXPECT_TRUE(text.contains("found the value of the variable T")) << text;
    EXPECT_FALSE(text.contains("hidden")) << text;
}

TEST(EnvironmentVariables, AreSeenByTheRestOfTheFile) {
    const auto load = loaded(
        "general_settings: {master_key: os.environ/A}\n"
        "environment_variables: {B: os.environ/OUTER, A: os.environ/B, N: 5}",
        {{"OUTER", "sk-1"}, {"A", "sk-outer"}});
    EXPECT_EQ(load.config.master_key.reveal(), "sk-1");
    EXPECT_EQ(load.environment("N"), "5");
    EXPECT_EQ(load.environment("OUTER"), "sk-1");
    EXPECT_EQ(load.environment("GONE"), std::nullopt);
}

TEST(EnvironmentVariables, ThatResolveToNothingLeaveTheProcesssOwn) {
    const auto load = loaded("environment_variables: {A: os.environ/GONE}", {{"A", "outer"}});
    EXPECT_EQ(load.environment("A"), "outer");
}

TEST(EnvironmentVariables, StayOutOfTheProcess) {
    loaded("environment_variables: {TOLLWEIR_TEST_ONLY: x}");
    EXPECT_EQ(std::getenv("TOLLWEIR_TEST_ONLY"), nullptr);
}

}  // namespace
}  // namespace tollweir
