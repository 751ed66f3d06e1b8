#include <gtest/gtest.h>

#include "support.hpp"

namespace tollweir {
namespace {

using nlohmann::json;
using test::adapt;
using test::deployment_of;

json sent(const Deployment& deployment, std::string_view body,
          Endpoint endpoint = Endpoint::chat_completions, std::string_view api_version = {}) {
    const auto adapted = adapt(deployment, body, endpoint, api_version);
    return adapted ? json::parse(*adapted) : json("error: " + adapted.error().message);
}

json sent(std::string_view provider, std::string_view model, std::string_view body) {
    return sent(deployment_of(provider, model), body);
}

json sent_dropping(std::string_view provider, std::string_view model, std::string_view body) {
    auto deployment = deployment_of(provider, model);
    deployment.drop_params = true;
    return sent(deployment, body);
}

bool is_refused(std::string_view provider, std::string_view model, std::string_view body) {
    const auto adapted = adapt(deployment_of(provider, model), body);
    return !adapted && adapted.error().kind == ErrorKind::unsupported_params;
}

json operator""_j(const char* text, std::size_t size) {
    return json::parse(std::string_view(text, size));
}

TEST(Mistral, SendsAFilesIdWithoutAnObjectAroundIt) {
    EXPECT_EQ(sent("mistral", "m", R"({"messages":[{"role":"user","content":[
        {"type":"text","text":"a"},{"type":"file","file":{"file_id":"f1"}}]}]})"),
              R"({"messages":[{"role":"user","content":[
        {"type":"text","text":"a"},{"type":"file","file_id":"f1"}]}]})"_j);
}

TEST(Mistral, SendsNoThoughtsBack) {
    EXPECT_EQ(sent("mistral", "m", R"({"messages":[{"role":"assistant","content":"a",
        "reasoning_content":"b","thinking_blocks":[]}]})"),
              R"({"messages":[{"role":"assistant","content":"a"}]})"_j);
}

TEST(Mistral, TurnsEveryForcedChoiceIntoAny) {
    for (const std::string choice :
         {R"("required")", R"({"type":"function","function":{"name":"f"}})"}) {
        EXPECT_EQ(sent("mistral", "m", R"({"tool_choice":)" + choice + "}"),
                  R"({"tool_choice":"any"})"_j);
    }
    EXPECT_EQ(sent("mistral", "m", R"({"tool_choice":"auto"})"), R"({"tool_choice":"auto"})"_j);
    auto deployment = deployment_of("mistral");
    deployment.allowed_openai_params = {"tool_choice"};
    EXPECT_EQ(sent(deployment, R"({"tool_choice":"required"})"), R"({"tool_choice":"required"})"_j);
}

TEST(Mistral, CutsIdsFromSchemasButNotPropertiesOfThatName) {
    EXPECT_EQ(sent("mistral", "m", R"({"tools":[{"type":"function","function":{"name":"f",
        "parameters":{"$id":"x","properties":{"$schema":{"$schema":"y","type":"string"}}}}}]})"),
              R"({"tools":[{"type":"function","function":{"name":"f",
        "parameters":{"properties":{"$schema":{"type":"string"}}}}}]})"_j);
}

TEST(Nulls, OfParametersThatAnUpstreamLacksAreNotSent) {
    EXPECT_EQ(sent("mistral", "m", R"({"logprobs":null,"user":null,"seed":null,"x":null})"),
              R"({"seed":null,"x":null})"_j);
}

TEST(Groq, HasJsonThroughAForcedTool) {
    const auto body = sent("groq", "m", R"({"stream":true,"stream_options":{},
        "response_format":{"type":"json_schema","json_schema":{"name":"n",
        "schema":{"type":"object","x":1.50}}}})");
    EXPECT_EQ(body, R"({"tools":[{"type":"function","function":{"name":"json_tool_call",
        "parameters":{"type":"object","x":1.50}}}],
        "tool_choice":{"type":"function","function":{"name":"json_tool_call"}}})"_j);
}

TEST(Groq, LeavesTheFormatToThoseWhoBringTools) {
    constexpr std::string_view kBody = R"({"tools":[{"type":"function"}],
        "response_format":{"type":"json_schema","json_schema":{"schema":{}}}})";
    EXPECT_EQ(sent("groq", "m", kBody), json::parse(kBody));
    EXPECT_EQ(sent("groq", "m", R"({"response_format":{"type":"json_object"}})"),
              R"({"response_format":{"type":"json_object"}})"_j);
}

TEST(Together, SendsToolsToListedModelsOnly) {
    constexpr std::string_view kBody = R"({"tools":[]})";
    EXPECT_EQ(sent("together_ai", "deepseek-ai/DeepSeek-V3", kBody), json::parse(kBody));
    EXPECT_TRUE(is_refused("together_ai", "somebody/else", kBody));
    EXPECT_EQ(sent_dropping("together_ai", "somebody/else", kBody), "{}"_j);
    EXPECT_EQ(
        sent("together_ai", "deepseek-ai/DeepSeek-V3", R"({"response_format":{"type":"text"}})"),
        "{}"_j);
}

TEST(Fireworks, HasFormsOfItsOwn) {
    EXPECT_EQ(sent("fireworks_ai", "m", R"({"tool_choice":"required","response_format":
        {"type":"json_schema","json_schema":{"name":"n","schema":{"a":1}}}})"),
              R"({"tool_choice":"any",
        "response_format":{"type":"json_object","schema":{"a":1}}})"_j);
    constexpr std::string_view kImages = R"({"messages":[{"role":"user","content":[
        {"type":"image_url","image_url":{"url":"https://x/a"}},
        {"type":"image_url","image_url":"https://x/b"}]}]})";
    const auto content = sent("fireworks_ai", "llama", kImages)["messages"][0]["content"];
    EXPECT_EQ(content[0]["image_url"]["url"], "https://x/a#transform=inline");
    EXPECT_EQ(content[1]["image_url"], "https://x/b#transform=inline");
    EXPECT_EQ(sent("fireworks_ai", "llama-vision", kImages), json::parse(kImages));
}

TEST(Fireworks, CompletesShortNames) {
    const auto* provider = find_provider("fireworks_ai")->provider;
    const auto name = [&](std::string_view model, Endpoint endpoint) {
        return provider->body_model({endpoint, model, {}});
    };
    EXPECT_EQ(name("m", Endpoint::chat_completions), "accounts/fireworks/models/m");
    EXPECT_EQ(name("accounts/a/models/m", Endpoint::chat_completions), "accounts/a/models/m");
    EXPECT_EQ(name("nomic-ai/embed", Endpoint::embeddings), "nomic-ai/embed");
}

TEST(DeepSeek, SwitchesThinkingByEffort) {
    EXPECT_EQ(sent("deepseek", "chat", R"({"reasoning_effort":"low"})"),
              R"({"reasoning_effort":"low","thinking":{"type":"enabled"}})"_j);
    EXPECT_EQ(sent("deepseek", "chat", R"({"reasoning_effort":"none"})"),
              R"({"thinking":{"type":"disabled"}})"_j);
    EXPECT_EQ(sent("deepseek", "chat", R"({"thinking":{"type":"enabled","budget_tokens":9}})"),
              R"({"thinking":{"type":"enabled"}})"_j);
    EXPECT_TRUE(is_refused("deepseek", "chat", R"({"thinking":{"type":"adaptive"}})"));
    EXPECT_EQ(sent_dropping("deepseek", "chat", R"({"thinking":{"type":"adaptive"}})"), "{}"_j);
}

TEST(DeepSeek, GivesThoughtsToAssistantsOnlyWhileItThinks) {
    constexpr std::string_view kMessages = R"("messages":[{"role":"assistant","content":"a"},
        {"role":"assistant","content":"b","reasoning_content":"c"}])";
    const auto thoughts = [&](std::string_view model, std::string_view more) {
        const auto body =
            sent("deepseek", model, "{" + std::string(kMessages) + std::string(more) + "}");
        return body["messages"][0].value("reasoning_content", "none") +
               body["messages"][1].value("reasoning_content", "none");
    };
    EXPECT_EQ(thoughts("deepseek-chat", ""), "nonec");
    EXPECT_EQ(thoughts("deepseek-reasoner", ""), " c");
    EXPECT_EQ(thoughts("deepseek-chat", R"(,"thinking":{"type":"enabled"})"), " c");
    EXPECT_EQ(thoughts("deepseek-reasoner", R"(,"thinking":{"type":"disabled"})"), "nonec");
}

TEST(DeepSeek, TakesFunctionsAndJsonObjectsOnly) {
    constexpr std::string_view kTools =
        R"({"tools":[{"type":"custom"},{"type":"function","function":{}}]})";
    EXPECT_TRUE(is_refused("deepseek", "chat", kTools));
    EXPECT_EQ(sent_dropping("deepseek", "chat", kTools),
              R"({"tools":[{"type":"function","function":{}}]})"_j);
    EXPECT_EQ(sent_dropping("deepseek", "chat", R"({"tools":[{"type":"custom"}],
        "tool_choice":"auto"})"),
              "{}"_j);
    constexpr std::string_view kSchema = R"({"response_format":{"type":"json_schema"}})";
    EXPECT_TRUE(is_refused("deepseek", "chat", kSchema));
    EXPECT_EQ(sent_dropping("deepseek", "chat", kSchema), "{}"_j);
}

TEST(Xai, LeavesOutWhatItsModelsRefuse) {
    EXPECT_EQ(sent("xai", "grok-2", R"({"web_search_options":{},"stop":"x",
        "frequency_penalty":1})"),
              R"({"stop":"x","frequency_penalty":1})"_j);
    EXPECT_TRUE(is_refused("xai", "grok-3-mini", R"({"stop":"x"})"));
    EXPECT_FALSE(is_refused("xai", "grok-3-mini", R"({"frequency_penalty":1})"));
    EXPECT_TRUE(is_refused("xai", "grok-4-0709", R"({"frequency_penalty":1})"));
    EXPECT_TRUE(is_refused("xai", "grok-code-fast-1", R"({"stop":"x"})"));
    EXPECT_EQ(sent("xai", "grok-2", R"({"messages":[{"role":"user","name":"n","content":"a"}],
        "tools":[{"type":"function","function":{"name":"f","strict":true}}]})"),
              R"({"messages":[{"role":"user","content":"a"}],
        "tools":[{"type":"function","function":{"name":"f"}}]})"_j);
}

TEST(DeepInfra, TakesNoForcedChoice) {
    EXPECT_TRUE(is_refused("deepinfra", "m", R"({"tool_choice":"required"})"));
    EXPECT_EQ(sent_dropping("deepinfra", "m", R"({"tool_choice":"required"})"), "{}"_j);
    EXPECT_FALSE(is_refused("deepinfra", "m", R"({"tool_choice":"none"})"));
}

TEST(NvidiaNim, KnowsModelsThatTakeLess) {
    EXPECT_FALSE(is_refused("nvidia_nim", "meta/llama", R"({"tools":[]})"));
    EXPECT_TRUE(is_refused("nvidia_nim", "google/gemma-2-9b-it", R"({"tools":[]})"));
    EXPECT_TRUE(is_refused("nvidia_nim", "nvidia/nemotron-4-340b-reward", R"({"top_p":0.5})"));
    EXPECT_FALSE(is_refused("nvidia_nim", "nvidia/nemotron-4-340b-instruct", R"({"top_p":0.5})"));
}

TEST(Moonshot, KeepsTheTemperatureInItsRange) {
    const auto temperature = [](std::string_view model, std::string_view body) {
        return sent("moonshot", model, body).value("temperature", -1.0);
    };
    EXPECT_EQ(temperature("kimi-k2", R"({"temperature":1.7})"), 1);
    EXPECT_EQ(temperature("kimi-k2", R"({"temperature":0.1})"), 0.1);
    EXPECT_EQ(temperature("kimi-k2", R"({"temperature":0.1,"n":2})"), 0.3);
    EXPECT_EQ(temperature("kimi-k2", R"({"temperature":0.1,"n":1})"), 0.1);
    EXPECT_EQ(temperature("kimi-k2-thinking", R"({"temperature":0.1})"), -1);
    EXPECT_EQ(sent("openai", "gpt-4o", R"({"temperature":9})"), R"({"temperature":9})"_j);
}

TEST(Moonshot, AsksForACallInWords) {
    const auto body = sent("moonshot", "kimi", R"({"messages":[{"role":"user","content":"a"}],
        "tools":[{"type":"function"}],"tool_choice":"required"})");
    EXPECT_FALSE(body.contains("tool_choice"));
    ASSERT_EQ(body["messages"].size(), 2U);
    EXPECT_EQ(body["messages"][1]["role"], "user");
    EXPECT_EQ(sent("moonshot", "kimi", R"({"messages":[],"tool_choice":"required"})"),
              R"({"messages":[]})"_j);
}

TEST(Moonshot, GivesThoughtsToAssistantsThatCall) {
    const auto body = sent("moonshot", "kimi", R"({"messages":[
        {"role":"assistant","content":"a"},{"role":"assistant","tool_calls":[{"id":"1"}]}]})");
    EXPECT_FALSE(body["messages"][0].contains("reasoning_content"));
    EXPECT_EQ(body["messages"][1]["reasoning_content"], " ");
}

TEST(Zai, FlattensListsOfToolsAndAssistantsOnly) {
    const auto body = sent("zai", "m", R"({"messages":[
        {"role":"user","content":[{"type":"text","text":"a"}]},
        {"role":"tool","content":[{"type":"text","text":"b\"\u00e9"},{"type":"text","text":"c"}]}]})");
    EXPECT_TRUE(body["messages"][0]["content"].is_array());
    EXPECT_EQ(body["messages"][1]["content"], "b\"\u00e9c");
}

TEST(FlatTexts, LeaveListsWithOtherPartsAlone) {
    constexpr std::string_view kBody = R"({"messages":[{"role":"user","content":[
        {"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"x"}}]}]})";
    EXPECT_EQ(sent("dashscope", "m", kBody), json::parse(kBody));
}

TEST(Volcengine, TakesThinkingWithoutABudget) {
    EXPECT_EQ(sent("volcengine", "m", R"({"thinking":{"type":"auto","budget_tokens":1}})"),
              R"({"thinking":{"type":"auto"}})"_j);
    EXPECT_TRUE(is_refused("volcengine", "m", R"({"response_format":{"type":"json_object"}})"));
}

TEST(ReasoningEffort, GoesToModelsThatReason) {
    EXPECT_FALSE(is_refused("groq", "openai/GPT-OSS-120b", R"({"reasoning_effort":"low"})"));
    EXPECT_TRUE(is_refused("groq", "llama-3.3-70b", R"({"reasoning_effort":"low"})"));
    EXPECT_TRUE(is_refused("mistral", "magistral-small", R"({"reasoning_effort":"low"})"));
    EXPECT_FALSE(is_refused("openrouter", "any/model", R"({"reasoning_effort":"low"})"));
}

TEST(ChatAsText, JoinsTheMessagesToAPrompt) {
    const auto deployment = deployment_of("text-completion-openai", "davinci-002");
    EXPECT_EQ(sent(deployment, R"({"model":"m","messages":[{"role":"system","content":"a\n"},
        {"role":"assistant","content":null},
        {"role":"user","content":[{"type":"text","text":"b"}]}],"max_completion_tokens":3})"),
              R"({"model":"m","prompt":"a\n\nb","max_tokens":3})"_j);
    EXPECT_EQ(deployment.provider->head(deployment, {Endpoint::chat_completions, "m", {}})->path,
              "/v1/completions");
    const auto image = adapt(deployment, R"({"messages":[{"role":"user","content":[
        {"type":"image_url","image_url":{"url":"x"}}]}]})");
    ASSERT_FALSE(image);
    EXPECT_EQ(image.error().kind, ErrorKind::bad_request);
}

TEST(Fim, TakesOnePrompt) {
    const auto deployment = deployment_of("codestral");
    const auto text = Endpoint::completions;
    EXPECT_EQ(sent(deployment, R"({"prompt":["a"],"suffix":"b","seed":1})", text),
              R"({"prompt":"a","suffix":"b","random_seed":1})"_j);
    for (const std::string_view prompt : {R"(["a","b"])", "[1,2]", "[]"}) {
        EXPECT_FALSE(adapt(deployment, R"({"prompt":)" + std::string(prompt) + "}", text));
    }
    EXPECT_FALSE(adapt(deployment, R"({"prompt":"a","best_of":2})", text));
}

TEST(Azure, FollowsTheFamilyThatPrefixOrBaseModelNames) {
    constexpr std::string_view kLimit = R"({"max_tokens":7})";
    const auto renamed = R"({"max_completion_tokens":7})"_j;
    EXPECT_EQ(sent("azure", "o_series/mine", kLimit), renamed);
    EXPECT_EQ(sent("azure", "gpt5_series/mine", kLimit), renamed);
    EXPECT_EQ(sent("azure", "team-gpt-5-eu", kLimit), renamed);
    EXPECT_EQ(sent("azure", "mine", kLimit), json::parse(kLimit));
    EXPECT_TRUE(is_refused("azure", "o_series/mine", R"({"top_p":0.5})"));
    auto deployment = deployment_of("azure", "mine");
    deployment.base_model = "azure/eu/o3-mini";
    EXPECT_EQ(sent(deployment, kLimit), renamed);
    EXPECT_EQ(deployment.provider->body_model({Endpoint::chat_completions, "o_series/mine", {}}),
              "mine");
}

TEST(Azure, FollowsTheVersionInForce) {
    const auto deployment = deployment_of("azure", "mine");
    constexpr std::string_view kRequired = R"({"tools":[{"type":"function"}],
        "tool_choice":"required"})";
    const auto chat = Endpoint::chat_completions;
    EXPECT_TRUE(adapt(deployment, kRequired, chat, "2023-12-01-preview"));
    EXPECT_FALSE(adapt(deployment, kRequired, chat, "2024-02-01"));
    EXPECT_FALSE(adapt(deployment, kRequired, chat, "2024-05-01-preview"));
    EXPECT_TRUE(adapt(deployment, kRequired, chat, "2024-06-01"));
    EXPECT_TRUE(adapt(deployment, kRequired, chat, "v1"));
    EXPECT_EQ(sent(deployment, R"({"tool_choice":"auto"})"), "{}"_j);

    constexpr std::string_view kSchema = R"({"response_format":{"type":"json_schema",
        "json_schema":{"schema":{}}}})";
    EXPECT_TRUE(sent(deployment, kSchema, chat, "2024-07-01-preview").contains("tools"));
    EXPECT_EQ(sent(deployment, kSchema, chat, "2024-08-01-preview"), json::parse(kSchema));
    EXPECT_TRUE(sent("azure", "gpt-35-turbo", kSchema).contains("tools"));
}

TEST(ExtraFields, NeverStandTwice) {
    const auto body = sent("openrouter", "m", R"({"usage":{"include":false},"models":["a"]})");
    EXPECT_EQ(body, R"({"usage":{"include":true},"models":["a"]})"_j);
}

}  // namespace
}  // namespace tollweir
