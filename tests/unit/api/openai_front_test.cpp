#include <gtest/gtest.h>

#include "tollweir/api/front.hpp"
#include "unit/core/padded.hpp"

namespace tollweir {
namespace {

/// Both steps of reading a body: its form, then its input.
Result<void> scan(Endpoint endpoint, std::string_view body) {
    const Padded padded(body);
    ChatView view;
    if (auto scanned = openai_front().scan(endpoint, padded.view(), view); !scanned) return scanned;
    return openai_front().check_input(view);
}

std::string written(const GatewayError& error) {
    std::string out;
    openai_front().write_error(error, out);
    return out;
}

TEST(OpenAiScan, ReadsWhatTheGatewayNeeds) {
    const Padded body(
        R"({"model":"g\u0070t","messages":[],"stream":true,"stream_options":{"include_usage":true}})");
    ChatView view;
    ASSERT_TRUE(openai_front().scan(Endpoint::chat_completions, body.view(), view));
    EXPECT_EQ(view.model, "gpt");
    EXPECT_TRUE(view.stream);
    EXPECT_TRUE(view.wants_stream_usage);
    EXPECT_FALSE(view.wants_base64);
    EXPECT_NE(view.object.find("messages"), nullptr);

    const Padded plain(R"({"model":null,"messages":[],"stream":null,"stream_options":null})");
    ASSERT_TRUE(openai_front().scan(Endpoint::chat_completions, plain.view(), view));
    EXPECT_EQ(view.model, "");
    EXPECT_FALSE(view.stream);
    EXPECT_FALSE(view.wants_stream_usage);
}

TEST(OpenAiScan, ReadsTheEncodingOfEmbeddings) {
    const Padded body(R"({"model":"e","input":"x","encoding_format":"base64","stream":7})");
    ChatView view;
    ASSERT_TRUE(openai_front().scan(Endpoint::embeddings, body.view(), view));
    EXPECT_TRUE(view.wants_base64);
    EXPECT_FALSE(view.stream);
    EXPECT_EQ(view.endpoint, Endpoint::embeddings);

    const Padded floats(R"({"model":"e","input":"x","encoding_format":"float"})");
    ASSERT_TRUE(openai_front().scan(Endpoint::embeddings, floats.view(), view));
    EXPECT_FALSE(view.wants_base64);
}

TEST(OpenAiScan, AsksForEachEndpointsInput) {
    const std::pair<Endpoint, std::string_view> inputs[] = {
        {Endpoint::chat_completions, "messages"},
        {Endpoint::completions, "prompt"},
        {Endpoint::embeddings, "input"},
        {Endpoint::moderations, "input"}};
    for (const auto& [endpoint, input] : inputs) {
        for (const std::string_view body : {R"({"model":"m"})", "", "{}"}) {
            const auto scanned = scan(endpoint, body);
            ASSERT_FALSE(scanned) << input;
            EXPECT_EQ(written(scanned.error()),
                      "{\"error\":{\"message\":\"Missing required parameter: '" +
                          std::string(input) +
                          "'.\",\"type\":\"invalid_request_error\",\"param\":\"" +
                          std::string(input) + "\",\"code\":\"missing_required_parameter\"}}");
        }
        EXPECT_FALSE(scan(endpoint, "{\"" + std::string(input) + "\":null}"));
        EXPECT_TRUE(scan(endpoint, "{\"" + std::string(input) + "\":[]}"));
    }
    EXPECT_TRUE(scan(Endpoint::completions, R"({"prompt":"x"})"));
    EXPECT_TRUE(scan(Endpoint::embeddings, R"({"input":"x"})"));
}

TEST(OpenAiScan, LeavesAMissingInputUntilTheModelIsKnown) {
    const Padded body(R"({"model":"m"})");
    ChatView view;
    EXPECT_TRUE(openai_front().scan(Endpoint::chat_completions, body.view(), view));
    EXPECT_FALSE(openai_front().check_input(view));
}

TEST(OpenAiScan, RefusesWrongTypes) {
    const std::pair<std::string_view, std::string_view> bodies[] = {
        {R"({"model":1,"messages":[]})", "model"},
        {R"({"model":["m"],"messages":[]})", "model"},
        {R"({"messages":"hi"})", "messages"},
        {R"({"messages":{}})", "messages"},
        {R"({"messages":[],"stream":"true"})", "stream"},
        {R"({"messages":[],"stream":1})", "stream"},
        {R"({"messages":[],"stream_options":true})", "stream_options"},
        {R"({"messages":[],"stream_options":{"include_usage":1}})", "stream_options.include_usage"},
    };
    for (const auto& [body, param] : bodies) {
        const auto scanned = scan(Endpoint::chat_completions, body);
        ASSERT_FALSE(scanned) << body;
        const GatewayError& error = scanned.error();
        EXPECT_EQ(error.kind, ErrorKind::bad_request);
        EXPECT_EQ(error.http_status(), 400);
        EXPECT_EQ(error.param_json, '"' + std::string(param) + '"');
        EXPECT_EQ(error.code_json, "\"invalid_type\"");
        EXPECT_TRUE(
            error.message.starts_with("Invalid type for '" + std::string(param) + "': expected a"))
            << error.message;
    }
    EXPECT_EQ(scan(Endpoint::chat_completions, R"({"model":1,"messages":[]})").error().message,
              "Invalid type for 'model': expected a string, but got a number instead.");
}

TEST(OpenAiScan, RefusesBodiesThatAreNoJsonObject) {
    for (const std::string_view body :
         {"{", "[]", "null", "model=m", R"({"messages":[],"messages":[]})", " ",
          R"({"messages":[],"stream_options":{"include_usage":true,}})"}) {
        const auto scanned = scan(Endpoint::chat_completions, body);
        ASSERT_FALSE(scanned) << body;
        EXPECT_TRUE(scanned.error().message.starts_with(
            "We could not parse the JSON body of your request."));
        EXPECT_EQ(scanned.error().param_json, "\"request_body\"");
        EXPECT_EQ(scanned.error().http_status(), 400);
    }
}

TEST(OpenAiScan, RefusesAModelThatIsNoText) {
    EXPECT_FALSE(scan(Endpoint::chat_completions, R"({"messages":[],"model":"\ud83d"})"));
}

TEST(ChatView, PointsAtNothingOnceItIsCleared) {
    std::string body = R"({"model":"m","messages":[]})";
    body.reserve(body.size() + kJsonPadding);
    ChatView view;
    ASSERT_TRUE(openai_front().scan(Endpoint::chat_completions, body, view));

    view.clear();

    EXPECT_TRUE(view.object.members().empty());
    EXPECT_TRUE(view.object.text().empty());
}

TEST(OpenAiError, HasLiteLlmsEnvelope) {
    EXPECT_EQ(
        written({ErrorKind::not_found, ErrorSource::gateway, "no \"x\""}),
        R"({"error":{"message":"no \"x\"","type":"not_found_error","param":null,"code":"model_not_found"}})");
    EXPECT_EQ(written({ErrorKind::budget_exceeded, ErrorSource::gateway, "m"}),
              R"({"error":{"message":"m","type":"budget_exceeded","param":null,"code":"429"}})");
}

TEST(OpenAiError, GivesAnUpstreamsStatusAsCodeWhereItNamedNone) {
    GatewayError error(ErrorKind::internal, ErrorSource::upstream, "m");
    error.status = 529;
    EXPECT_EQ(
        written(error),
        R"({"error":{"message":"m","type":"internal_server_error","param":null,"code":"529"}})");
}

TEST(OpenAiError, KeepsWhatTheUpstreamSent) {
    GatewayError error(ErrorKind::context_window_exceeded, ErrorSource::upstream, "too long");
    error.type_json = "null";
    error.param_json = "\"mess\\u0061ges\"";
    error.code_json = "null";
    error.provider_fields_json = R"({"innererror":{"code":"X"}})";
    EXPECT_EQ(written(error),
              R"({"error":{"message":"too long","type":null,"param":"mess\u0061ges","code":null,)"
              R"("provider_specific_fields":{"innererror":{"code":"X"}}}})");
}

}  // namespace
}  // namespace tollweir
