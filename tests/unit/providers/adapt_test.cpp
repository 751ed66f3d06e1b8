#include <gtest/gtest.h>

#include "support.hpp"
#include "tollweir/providers/spelling.hpp"

namespace tollweir {
namespace {

using nlohmann::json;
using test::adapt;
using test::deployment_of;

// The text that goes upstream, or the error's message.
std::string sent(const Deployment& deployment, std::string_view body,
                 Endpoint endpoint = Endpoint::chat_completions) {
    const auto adapted = adapt(deployment, body, endpoint);
    return adapted ? *adapted : "error: " + adapted.error().message;
}

std::string sent(std::string_view provider, std::string_view model, std::string_view body) {
    return sent(deployment_of(provider, model), body);
}

std::string sent_dropping(std::string_view provider, std::string_view model,
                          std::string_view body) {
    auto deployment = deployment_of(provider, model);
    deployment.drop_params = true;
    return sent(deployment, body);
}

ErrorKind kind_of(const Deployment& deployment, std::string_view body) {
    const auto adapted = adapt(deployment, body);
    return adapted ? ErrorKind::internal : adapted.error().kind;
}

TEST(Adapt, LeavesTheUsualBodyAsItCame) {
    constexpr std::string_view kBody =
        R"({ "model":"fast", "messages" : [{"role":"developer","content":"\u0041"}], )"
        R"("temperature":0.10, "user":"u", "n":3, "stream":true, "top_k":5, "my-field":[1e2] })";
    EXPECT_EQ(sent("openai", "gpt-4o", kBody), kBody);
}

TEST(Adapt, TakesGatewayFieldsOutBeforeTheUpstream) {
    for (const std::string field : {"fallbacks",
                                    "context_window_fallbacks",
                                    "content_policy_fallbacks",
                                    "disable_fallbacks",
                                    "max_fallbacks",
                                    "num_retries",
                                    "timeout",
                                    "stream_timeout",
                                    "mock_response",
                                    "mock_delay",
                                    "mock_timeout",
                                    "mock_testing_fallbacks",
                                    "mock_testing_rate_limit_error",
                                    "cache",
                                    "tags",
                                    "guardrails",
                                    "no-log",
                                    "turn_off_message_logging",
                                    "litellm_disable_message_redaction",
                                    "litellm_metadata",
                                    "litellm_trace_id",
                                    "litellm_session_id",
                                    "priority",
                                    "fastest_response",
                                    "user_config",
                                    "caching",
                                    "success_callback",
                                    "failure_callback",
                                    "langfuse_public_key",
                                    "max_retries"}) {
        EXPECT_EQ(sent("openai", "gpt-4o", R"({"model":"m",")" + field + R"(":{"a":[1]}})"),
                  R"({"model":"m"})")
            << field;
    }
}

TEST(Adapt, TakesGatewayFieldsOutOnEveryEndpoint) {
    EXPECT_EQ(sent(deployment_of("openai"),
                   R"({"model":"m","input":"x","tags":["a"],"metadata":{}})", Endpoint::embeddings),
              R"({"model":"m","input":"x"})");
}

TEST(Adapt, SeesThroughEscapedNames) {
    EXPECT_EQ(sent("openai", "gpt-4o", R"({"model":"m","ta\u0067s":["a"]})"), R"({"model":"m"})");
}

TEST(Adapt, RefusesCredentialsInTheBody) {
    for (const std::string field : {"api_key", "api_base", "base_url"}) {
        const auto adapted =
            adapt(deployment_of("openai"), R"({"model":"m",")" + field + R"(":"http://evil"})");
        ASSERT_FALSE(adapted) << field;
        EXPECT_EQ(adapted.error().kind, ErrorKind::bad_request);
        EXPECT_TRUE(adapted.error().message.starts_with("Rejected Request: " + field +
                                                        " is not allowed in request body."));
        EXPECT_FALSE(adapted.error().message.contains("evil"));
    }
    EXPECT_EQ(sent("openai", "m", R"({"model":"m","api_key":null})"), R"({"model":"m"})");
}

TEST(AdaptMetadata, GoesOnOnlyWithStore) {
    EXPECT_EQ(sent("openai", "gpt-4o", R"({"metadata":{"a":"b"},"store":true})"),
              R"({"metadata":{"a":"b"},"store":true})");
    EXPECT_EQ(sent("openai", "gpt-4o", R"({"metadata":{"a":"b"},"store":false})"),
              R"({"store":false})");
    EXPECT_EQ(sent("openai", "gpt-4o", R"({"metadata":{"a":"b"}})"), "{}");
    EXPECT_EQ(sent("hosted_vllm", "m", R"({"metadata":{"a":"b"},"store":true})"),
              R"({"store":true})");
}

TEST(AdaptReasoningModels, RenameMaxTokens) {
    for (const std::string model :
         {"o1", "o1-mini", "o3-mini", "o4-mini-2025-04-16", "gpt-5", "gpt-5-mini", "gpt-5.1",
          "gpt-5.2-pro", "ft:o4-mini-2025-04-16:org::id", "ft:gpt-5-mini:org:x:id"}) {
        EXPECT_EQ(sent("openai", model, R"({"max_tokens":7})"), R"({"max_completion_tokens":7})")
            << model;
    }
}

TEST(AdaptReasoningModels, AreNotTakenForOthers) {
    for (const std::string model : {"gpt-4o", "gpt-5-chat-latest", "gpt-5-chat", "gpt-50", "o30",
                                    "omni-moderation-latest", "ollama", "facebook/o3", "gpt-5o"}) {
        EXPECT_EQ(sent("openai", model, R"({"max_tokens":7,"top_p":0.5})"),
                  R"({"max_tokens":7,"top_p":0.5})")
            << model;
    }
    EXPECT_EQ(sent("hosted_vllm", "o3-mini", R"({"max_tokens":7})"), R"({"max_tokens":7})");
}

TEST(AdaptReasoningModels, PreferMaxCompletionTokens) {
    EXPECT_EQ(sent("openai", "o3", R"({"max_tokens":7,"max_completion_tokens":9})"),
              R"({"max_completion_tokens":9})");
    EXPECT_EQ(sent("openai", "o3", R"({"max_completion_tokens":null,"max_tokens":7})"),
              R"({"max_completion_tokens":7})");
    EXPECT_EQ(sent("openai", "o3", R"({"max_tokens":null})"), R"({"max_tokens":null})");
}

TEST(AdaptReasoningModels, RefuseWhatTheyCannotDo) {
    const auto adapted = adapt(deployment_of("openai", "o3-mini"),
                               R"({"top_p":0.9,"max_tokens":1,"temperature":0.2})");
    ASSERT_FALSE(adapted);
    const auto& error = adapted.error();
    EXPECT_EQ(error.kind, ErrorKind::unsupported_params);
    EXPECT_EQ(error.http_status(), 400);
    EXPECT_EQ(error.source, ErrorSource::client);
    EXPECT_TRUE(error.message.starts_with(
        "litellm.UnsupportedParamsError: openai does not support parameters: "
        "['top_p', 'temperature'], for model=o3-mini."))
        << error.message;
    EXPECT_TRUE(error.message.contains("drop_params"));
    EXPECT_TRUE(error.message.contains("allowed_openai_params=['top_p', 'temperature']"));
}

TEST(AdaptReasoningModels, HaveTheirParametersDroppedOnRequest) {
    constexpr std::string_view kBody =
        R"({"temperature":0.2,"top_p":0.9,"presence_penalty":1,"frequency_penalty":1,)"
        R"("logprobs":true,"top_logprobs":2,"seed":1})";
    EXPECT_EQ(sent_dropping("openai", "o3", kBody), R"({"seed":1})");
    EXPECT_EQ(sent("openai", "o3", R"({"temperature":0.2,"drop_params":true})"), "{}");
    EXPECT_EQ(sent_dropping("openai", "gpt-5",
                            R"({"stop":"x","logit_bias":{"1":2},"audio":{},"prediction":{},)"
                            R"("presence_penalty":1,"temperature":0})"),
              "{}");
}

TEST(AdaptReasoningModels, AcceptValuesThatChangeNothing) {
    EXPECT_EQ(
        sent("openai", "o3", R"({"seed":1,"presence_penalty":0,"top_p":1.0,"logprobs":false})"),
        R"({"seed":1})");
    EXPECT_EQ(sent("openai", "o3", R"({"seed":1,"temperature":null,"top_p":null})"),
              R"({"seed":1,"temperature":null,"top_p":null})");
}

TEST(AdaptReasoningModels, TakeStopOnlyWhereOpenAiDoes) {
    EXPECT_EQ(sent("openai", "o1", R"({"stop":"x"})"), R"({"stop":"x"})");
    EXPECT_EQ(sent("openai", "o3-mini", R"({"stop":"x"})"), R"({"stop":"x"})");
    EXPECT_EQ(kind_of(deployment_of("openai", "o3"), R"({"stop":"x"})"),
              ErrorKind::unsupported_params);
    EXPECT_EQ(kind_of(deployment_of("openai", "o4-mini"), R"({"stop":"x"})"),
              ErrorKind::unsupported_params);
}

TEST(AdaptReasoningModels, FreeTheTemperatureWhereTheyDoNotReason) {
    const auto is_refused = [](std::string_view model, std::string_view body) {
        return kind_of(deployment_of("openai", model), body) == ErrorKind::unsupported_params;
    };
    EXPECT_TRUE(is_refused("gpt-5", R"({"temperature":0.2})"));
    EXPECT_TRUE(is_refused("gpt-5", R"({"temperature":0.2,"reasoning_effort":"low"})"));
    EXPECT_FALSE(is_refused("gpt-5", R"({"temperature":0.2,"reasoning_effort":"none"})"));
    EXPECT_FALSE(is_refused("gpt-5.1", R"({"temperature":0.2})"));
    EXPECT_TRUE(is_refused("gpt-5.1", R"({"temperature":0.2,"reasoning_effort":"high"})"));
    EXPECT_TRUE(is_refused("gpt-5.1-codex", R"({"temperature":0.2})"));
    EXPECT_TRUE(is_refused("o3", R"({"temperature":0.2,"reasoning_effort":"none"})"));
}

TEST(AdaptReasoningModels, AloneTakeAnEffort) {
    EXPECT_EQ(kind_of(deployment_of("openai", "gpt-4o"), R"({"reasoning_effort":"low"})"),
              ErrorKind::unsupported_params);
    EXPECT_EQ(sent_dropping("openai", "gpt-4o", R"({"reasoning_effort":"low"})"), "{}");
    // Whose model this is nobody knows.
    EXPECT_EQ(sent("openai", "qwen3", R"({"reasoning_effort":"low"})"),
              R"({"reasoning_effort":"low"})");
}

TEST(AdaptPolicy, AllowedParametersGoAsTheyAre) {
    auto deployment = deployment_of("openai", "o3");
    deployment.allowed_openai_params = {"temperature", "max_tokens"};
    EXPECT_EQ(sent(deployment, R"({"temperature":0.2,"max_tokens":7})"),
              R"({"temperature":0.2,"max_tokens":7})");
    EXPECT_EQ(sent("openai", "o3", R"({"top_p":0.2,"allowed_openai_params":["top_p"]})"),
              R"({"top_p":0.2})");
}

TEST(AdaptPolicy, DropsWhatIsListed) {
    auto deployment = deployment_of("openai", "o3");
    deployment.additional_drop_params = {"temperature", "my_field", "response_format", "absent"};
    EXPECT_EQ(sent(deployment, R"({"temperature":0.2,"my_field":{"a":1},"seed":1})"),
              R"({"seed":1})");
    EXPECT_EQ(sent("openai", "m", R"({"seed":1,"user":"u","additional_drop_params":["seed"]})"),
              R"({"user":"u"})");
}

TEST(AdaptPolicy, NeverDropsWhatTheRequestIsAbout) {
    EXPECT_EQ(sent("openai", "m",
                   R"({"model":"m","stream":true,"additional_drop_params":["model","stream"]})"),
              R"({"model":"m","stream":true})");
}

struct PathCase {
    std::string path, body, sent;
};

TEST(AdaptPolicy, DropsInsideNestedValues) {
    const PathCase kCases[] = {
        {"response_format.json_schema.strict",
         R"({"response_format":{"type":"json_schema","json_schema":{"strict":true,"n":1.50}}})",
         R"({"response_format":{"type":"json_schema","json_schema":{"n":1.50}}})"},
        {"tools[*].function.strict", R"({"tools":[{"function":{"strict":1,"a":1}},{"x":2},3]})",
         R"({"tools":[{"function":{"a":1}},{"x":2},3]})"},
        {"tools[1].a", R"({"tools":[{"a":1},{"a":1,"b":1E5}]})",
         R"({"tools":[{"a":1},{"b":1E5}]})"},
        {"tools[0]", R"({"tools":[1,2]})", R"({"tools":[2]})"},
        {"tools[*]", R"({"tools":[1,2]})", R"({"tools":[]})"},
        {"tools[7].a", R"({"tools":[{"a":1}]})", R"({"tools":[{"a":1}]})"},
        {"extra.list[0].a.b", R"({"extra":{"list":[{"a":{"b":1,"c":2}}]}})",
         R"({"extra":{"list":[{"a":{"c":2}}]}})"},
        {"user.name", R"({"user":"u"})", R"({"user":"u"})"},
        {"matrix[*][0]", R"({"matrix":[[1,2],[3]]})", R"({"matrix":[[2],[]]})"},
        {"o.k", R"({"o":{"\u006b":1,"l":"\ud83d\ude00"}})", R"({"o":{"l":"\ud83d\ude00"}})"},
    };
    for (const auto& c : kCases) {
        auto deployment = deployment_of("openai");
        deployment.additional_drop_params = {c.path};
        EXPECT_EQ(sent(deployment, c.body), c.sent) << c.path;
    }
}

TEST(AdaptPolicy, DropsAWholeFieldWhateverElseIsListedForIt) {
    auto deployment = deployment_of("openai");
    deployment.additional_drop_params = {"extra", "extra.a"};
    EXPECT_EQ(sent(deployment, R"({"extra":{"a":1}})"), "{}");
    deployment.additional_drop_params = {"extra.a", "extra"};
    EXPECT_EQ(sent(deployment, R"({"extra":{"a":1}})"), "{}");
}

TEST(AdaptPolicy, RefusesMalformedWishes) {
    for (const std::string_view body :
         {R"({"drop_params":"yes"})", R"({"additional_drop_params":"seed"})",
          R"({"additional_drop_params":[1]})", R"({"additional_drop_params":["a["]})",
          R"({"additional_drop_params":["a[x]"]})", R"({"additional_drop_params":["a[-1]"]})",
          R"({"additional_drop_params":["a."]})", R"({"additional_drop_params":["a]b[0]c"]})",
          R"({"additional_drop_params":["[0]"]})", R"({"additional_drop_params":[""]})",
          R"({"allowed_openai_params":{"a":1}})", R"({"allowed_openai_params":["\ud800"]})"}) {
        EXPECT_EQ(kind_of(deployment_of("openai"), body), ErrorKind::bad_request) << body;
    }
}

TEST(AdaptPolicy, BoundsTheListsOfARequest) {
    std::string list = "[\"a\"";
    for (int i = 0; i < 255; ++i) list += ",\"a\"";
    EXPECT_EQ(sent("openai", "m", R"({"additional_drop_params":)" + list + "]}"), "{}");
    EXPECT_EQ(kind_of(deployment_of("openai"), R"({"additional_drop_params":)" + list + ",\"a\"]}"),
              ErrorKind::bad_request);
}

TEST(AdaptPolicy, RefusesABrokenValueThatItMustLookInto) {
    auto deployment = deployment_of("openai");
    deployment.additional_drop_params = {"tools[*].a"};
    const std::string deep(200, '[');
    const std::string close(200, ']');
    EXPECT_EQ(kind_of(deployment, R"({"tools":)" + deep + close + "}"), ErrorKind::bad_request);
    EXPECT_EQ(kind_of(deployment, R"({"tools":[{"a":01}]})"), ErrorKind::bad_request);
}

TEST(AdaptGeneralList, RefusesWhatOnlyOpenAiHas) {
    EXPECT_EQ(kind_of(deployment_of("openai_like"), R"({"reasoning_effort":"low"})"),
              ErrorKind::unsupported_params);
    EXPECT_EQ(sent_dropping("custom_openai", "m", R"({"reasoning_effort":"low","seed":1})"),
              R"({"seed":1})");
    EXPECT_EQ(sent("hosted_vllm", "m", R"({"reasoning_effort":"low"})"),
              R"({"reasoning_effort":"low"})");
}

TEST(AdaptGeneralList, LeavesTheUserOutWithoutAWord) {
    EXPECT_EQ(sent("openai_like", "m", R"({"user":"u","seed":1})"), R"({"seed":1})");
    EXPECT_EQ(sent("openai", "m", R"({"user":"u"})"), R"({"user":"u"})");
}

TEST(AdaptGeneralList, RenamesMaxCompletionTokens) {
    EXPECT_EQ(sent("openai_like", "m", R"({"max_completion_tokens":7})"), R"({"max_tokens":7})");
    EXPECT_EQ(sent("custom_openai", "m", R"({"max_tokens":3,"max_completion_tokens":7})"),
              R"({"max_tokens":7})");
    EXPECT_EQ(sent("openai_like", "m", R"({"max_tokens":3,"max_completion_tokens":null})"),
              R"({"max_tokens":3,"max_completion_tokens":null})");
}

TEST(AdaptDeveloperRole, BecomesSystemButForOpenAi) {
    constexpr std::string_view kBody =
        R"({"messages":[{"content":"a developer vowed","role":"developer"},)"
        R"({"role":"user","content":"developer","n":1.0}]})";
    constexpr std::string_view kSystem =
        R"({"messages":[{"content":"a developer vowed","role":"system"},)"
        R"({"role":"user","content":"developer","n":1.0}]})";
    EXPECT_EQ(sent("hosted_vllm", "m", kBody), kSystem);
    EXPECT_EQ(sent("lm_studio", "m", kBody), kSystem);
    EXPECT_EQ(sent("openai", "m", kBody), kBody);
    EXPECT_EQ(sent("litellm_proxy", "m", kBody), kBody);
}

TEST(AdaptDeveloperRole, LeavesMessagesWithoutOneUntouched) {
    constexpr std::string_view kBody =
        R"({"messages": [ {"role":"user", "content":"v vv every valve devel"} ]})";
    EXPECT_EQ(sent("hosted_vllm", "m", kBody), kBody);
}

TEST(AdaptVllm, StripsSchemaKeywordsButNotPropertiesOfThatName) {
    constexpr std::string_view kBody =
        R"({"tools":[{"type":"function","strict":true,"function":{"name":"f","parameters":)"
        R"({"type":"object","additionalProperties":false,"properties":)"
        R"({"additionalProperties":{"type":"string"},"strict":{"type":"boolean"},)"
        R"("list":{"items":{"anyOf":[{"additionalProperties":{"type":"x"},"minimum":1.0}]}}},)"
        R"("$defs":{"d":{"additionalProperties":true}},)"
        R"("default":{"additionalProperties":1}}}}]})";
    EXPECT_EQ(sent("hosted_vllm", "m", kBody),
              R"({"tools":[{"type":"function","function":{"name":"f","parameters":)"
              R"({"type":"object","properties":)"
              R"({"additionalProperties":{"type":"string"},"strict":{"type":"boolean"},)"
              R"("list":{"items":{"anyOf":[{"minimum":1.0}]}}},)"
              R"("$defs":{"d":{}},)"
              R"("default":{"additionalProperties":1}}}}]})");
    EXPECT_EQ(sent("openai", "m", kBody), kBody);
}

TEST(AdaptVllm, CleansTheOldFunctionListToo) {
    EXPECT_EQ(sent("hosted_vllm", "m",
                   R"({"functions":[{"name":"f","parameters":{"additionalProperties":false}}]})"),
              R"({"functions":[{"name":"f","parameters":{}}]})");
}

TEST(AdaptVllm, MakesAFunctionOfACustomToolAndOfItsChoice) {
    const auto body = json::parse(
        sent("hosted_vllm", "m",
             R"({"tools":[{"type":"custom","custom":{"name":"sql","format":{"type":"text"}}}],)"
             R"("tool_choice":{"type":"custom","custom":{"name":"sql"}}})"));
    EXPECT_EQ(body, json::parse(R"({"tools":[{"type":"function","function":{"name":"sql",
        "parameters":{"type":"object","properties":{"input":{"type":"string",
        "description":"Raw tool input payload."}},"required":["input"]}}}],
        "tool_choice":{"type":"function","function":{"name":"sql"}}})"));
}

TEST(AdaptVllm, TurnsAThinkingBudgetIntoAnEffort) {
    const auto effort = [](std::string_view thinking) {
        return sent("hosted_vllm", "m", R"({"thinking":)" + std::string(thinking) + "}");
    };
    EXPECT_EQ(effort(R"({"type":"enabled","budget_tokens":10000})"),
              R"({"reasoning_effort":"high"})");
    EXPECT_EQ(effort(R"({"type":"enabled","budget_tokens":9999})"),
              R"({"reasoning_effort":"medium"})");
    EXPECT_EQ(effort(R"({"type":"enabled","budget_tokens":2000})"),
              R"({"reasoning_effort":"low"})");
    EXPECT_EQ(effort(R"({"type":"enabled","budget_tokens":1999})"),
              R"({"reasoning_effort":"minimal"})");
    EXPECT_EQ(effort(R"({"type":"enabled"})"), R"({"reasoning_effort":"minimal"})");
    EXPECT_EQ(effort(R"({"type":"disabled"})"), "{}");
    EXPECT_TRUE(effort(R"("on")").starts_with("error: "));
    EXPECT_TRUE(effort(R"({"type":"enabled","budget_tokens":"many"})").starts_with("error: "));
}

TEST(AdaptVllm, PrefersTheEffortThatTheRequestNames) {
    EXPECT_EQ(
        sent("hosted_vllm", "m",
             R"({"thinking":{"type":"enabled","budget_tokens":1},"reasoning_effort":"high"})"),
        R"({"reasoning_effort":"high"})");
    EXPECT_EQ(sent("hosted_vllm", "m",
                   R"({"thinking":{"type":"enabled","budget_tokens":1},"reasoning_effort":null})"),
              R"({"reasoning_effort":"minimal"})");
}

TEST(AdaptVllm, SendsVideoFilesAsVideos) {
    const auto body = json::parse(sent("hosted_vllm", "m",
                                       R"({"messages":[{"role":"user","content":[
            {"type":"file","file":{"file_data":"data:video/mp4;base64,AAAA"}},
            {"type":"file","file":{"file_id":"https://x/v","format":"video/mp4"}},
            {"type":"file","file":{"file_data":"data:application/pdf;base64,AAAA"}}]}]})"));
    EXPECT_EQ(body["messages"][0]["content"], json::parse(R"([
        {"type":"video_url","video_url":{"url":"data:video/mp4;base64,AAAA"}},
        {"type":"video_url","video_url":{"url":"https://x/v"}},
        {"type":"file","file":{"file_data":"data:application/pdf;base64,AAAA"}}])"));
}

TEST(AdaptLmStudio, NestsAFlatSchema) {
    const auto body = json::parse(
        sent("lm_studio", "m",
             R"({"response_format":{"type":"json_schema","schema":{"type":"object"}}})"));
    EXPECT_EQ(body["response_format"], json::parse(R"({"type":"json_schema",
        "json_schema":{"name":"response","schema":{"type":"object"}}})"));
    constexpr std::string_view kNested =
        R"({"response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{}}}})";
    EXPECT_EQ(sent("lm_studio", "m", kNested), kNested);
}

TEST(AdaptLmStudio, AsksForNumbersInEmbeddings) {
    EXPECT_EQ(sent(deployment_of("lm_studio"), R"({"input":"a","encoding_format":"base64"})",
                   Endpoint::embeddings),
              R"({"input":"a","encoding_format":"float"})");
}

// Goldens of spec/golden/openai-family: what the upstream must receive.
class GoldenRequest : public testing::TestWithParam<const char*> {};

TEST_P(GoldenRequest, ReachesTheUpstreamAsTheCaseSays) {
    const auto c = test::golden(std::string("openai-family/") + GetParam());
    const auto& params = c["config"]["litellm_params"];
    const auto resolved =
        resolve_model(params["model"].get<std::string>(), "", params.value("api_base", ""));
    ASSERT_TRUE(resolved);
    auto deployment = deployment_of(resolved->provider->provider->name(), resolved->model);
    deployment.api_key = Secret(params.value("api_key", ""));
    deployment.drop_params = params.value("drop_params", false);
    if (params.contains("api_base")) deployment.origin = {false, "vllm", 8000};
    const auto endpoint =
        c["mode"] == "embedding" ? Endpoint::embeddings : Endpoint::chat_completions;

    const auto body = adapt(deployment, c["client_request"]["body"].dump(), endpoint);
    ASSERT_TRUE(body) << body.error().message;
    auto upstream = json::parse(*body);
    upstream["model"] = deployment.model;
    EXPECT_EQ(upstream, c["upstream_request"]["body"]);

    const auto head = deployment.provider->head(deployment, {endpoint, deployment.model, {}});
    ASSERT_TRUE(head);
    const auto url = c["upstream_request"]["url"].get<std::string>();
    EXPECT_TRUE(url.ends_with(head->path)) << head->path;
    const auto key = c["upstream_request"]["headers"]["authorization"].get<std::string>();
    EXPECT_TRUE(head->headers.contains("Authorization: " + key + "\r\n")) << head->headers;
}

INSTANTIATE_TEST_SUITE_P(OpenAiFamily, GoldenRequest,
                         testing::Values("01_openai_chat_basic", "05_openai_o_series_param_rename",
                                         "06_openai_error_context_length",
                                         "07_openai_embeddings_base64",
                                         "08_vllm_embeddings_float_to_base64",
                                         "09_vllm_tools_clean"));

TEST(Spelling, PairsTheNamesOfOneParameter) {
    for (const std::string_view name :
         {"max_tokens", "max_completion_tokens", "thinking", "reasoning_effort"}) {
        EXPECT_NE(other_spelling(name), name);
        EXPECT_EQ(other_spelling(other_spelling(name)), name);
    }
    EXPECT_EQ(other_spelling("temperature"), "");
}

}  // namespace
}  // namespace tollweir
