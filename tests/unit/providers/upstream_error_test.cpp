#include "providers/upstream_error.hpp"

#include <gtest/gtest.h>

#include "support.hpp"

namespace tollweir {
namespace {

using Json = std::optional<std::string>;

GatewayError parse(int status, std::string_view body) {
    return find_provider("openai")->provider->parse_error(status, body);
}

TEST(UpstreamError, KeepsOpenAisShapeAsSent) {
    const auto error =
        parse(400, R"({"error":{"message":"Bad \u00e9","type":"invalid_request_error","param":"m",)"
                   R"("code":"unknown_parameter"}})");
    EXPECT_EQ(error.message, "Bad é");
    EXPECT_EQ(error.status, 400);
    EXPECT_EQ(error.source, ErrorSource::upstream);
    EXPECT_EQ(error.kind, ErrorKind::bad_request);
    EXPECT_EQ(error.type_json, Json(R"("invalid_request_error")"));
    EXPECT_EQ(error.param_json, Json(R"("m")"));
    EXPECT_EQ(error.code_json, Json(R"("unknown_parameter")"));
    EXPECT_FALSE(error.provider_fields_json);
}

TEST(UpstreamError, KeepsNullAndMakesNumbersStrings) {
    const auto error =
        parse(500, R"({"error":{"message":"x","type":null,"param":null,"code":500}})");
    EXPECT_EQ(error.type_json, Json("null"));
    EXPECT_EQ(error.param_json, Json("null"));
    EXPECT_EQ(error.code_json, Json(R"("500")"));
    EXPECT_EQ(parse(400, R"({"error":{"message":"x","code":null}})").code_json, Json("null"));
}

TEST(UpstreamError, FillsInWhatIsAbsent) {
    const auto error = parse(404, R"({"error":{"message":"x"}})");
    EXPECT_FALSE(error.type_json);   // the kind's
    EXPECT_FALSE(error.param_json);  // null
    EXPECT_EQ(error.code_json, Json(R"("404")"));
}

TEST(UpstreamError, TreatsCompositeFieldsAsAbsent) {
    const auto error =
        parse(400, R"({"error":{"message":{"a":1},"type":{},"param":["a"],"code":[1],"x":1}})");
    EXPECT_EQ(error.message, R"({"a":1})");
    EXPECT_FALSE(error.type_json);
    EXPECT_FALSE(error.param_json);
    EXPECT_EQ(error.code_json, Json(R"("400")"));
}

TEST(UpstreamError, ReadsTheGoldenContextError) {
    const auto c = test::golden("openai-family/06_openai_error_context_length");
    const auto error = parse(400, c["upstream_response"]["body"].dump());
    EXPECT_EQ(facts(error.kind).litellm_class, c["error_class"].get<std::string>());
    EXPECT_EQ(error.message, c["client_response"]["body"]["error"]["message"].get<std::string>());
    EXPECT_EQ(error.code_json, Json(R"("context_length_exceeded")"));
    EXPECT_EQ(error.param_json, Json(R"("messages")"));
}

TEST(UpstreamError, ReadsTheGoldenContentFilterOfAzure) {
    const auto c = test::golden("openai-family/17_azure_content_filter_error");
    const auto error = parse(400, c["upstream_response"][1]["body"].dump());
    EXPECT_EQ(facts(error.kind).litellm_class, c["error_class"].get<std::string>());
    EXPECT_EQ(error.status, 400);
    EXPECT_EQ(error.type_json, Json("null"));
    EXPECT_EQ(error.code_json, Json(R"("content_filter")"));
    ASSERT_TRUE(error.provider_fields_json);
    EXPECT_EQ(nlohmann::json::parse(*error.provider_fields_json),
              c["client_response"]["body"]["error"]["provider_specific_fields"]);
}

struct ShapeCase {
    std::string body, message;
};

TEST(UpstreamError, FindsTheMessageInEveryShape) {
    const ShapeCase kCases[] = {
        {R"({"object":"error","message":"flat","type":"BadRequestError","param":null,"code":400})",
         "flat"},
        {R"({"error":"just text"})", "just text"},
        {R"({"error":null,"message":"beside"})", "beside"},
        {R"({"detail":"Not Found"})", "Not Found"},
        {R"({"detail":[{"loc":["body","messages"],"msg":"Field required","type":"missing"},)"
         R"({"loc":["body",0],"msg":"bad"}]})",
         "body.messages: Field required; body.0: bad"},
        {R"({"detail":{"message":"inner","code":"x"}})", "inner"},
        {R"({"detail":{"status":1}})", R"({"status":1})"},
        {R"({"message":"only this"})", "only this"},
        {R"([{"error":{"message":"in a list"}}])", "in a list"},
        {R"("a JSON string")", "a JSON string"},
        {R"({"error":{"code":"x"}})", R"({"code":"x"})"},
        {R"({"unknown":true})", R"({"unknown":true})"},
        {"upstream connect error\r\n  reset", "upstream connect error reset"},
        {"<html><head><style>p{}</style><title>502 Bad Gateway</title></head>\n<body>"
         "<script>evil()</script><h1>502 Bad Gateway</h1>a < b</body></html>",
         "502 Bad Gateway 502 Bad Gateway a < b"},
        {"{\"error\":{\"message\":\"torn", "{\"error\":{\"message\":\"torn"},
        {"", "The upstream answered with status 418 and no explanation."},
        {"  \n ", "The upstream answered with status 418 and no explanation."},
        {"{}", "The upstream answered with status 418 and no explanation."},
        {"null", "The upstream answered with status 418 and no explanation."},
        {"[]", "The upstream answered with status 418 and no explanation."},
        {R"({"error":{"message":""}})",
         "The upstream answered with status 418 and no explanation."},
    };
    for (const auto& c : kCases) EXPECT_EQ(parse(418, c.body).message, c.message) << c.body;
}

TEST(UpstreamError, KeepsTypeAndCodeOfVllmsFlatForm) {
    const auto error = parse(
        404, R"({"object":"error","message":"m","type":"NotFoundError","param":null,"code":404})");
    EXPECT_EQ(error.kind, ErrorKind::not_found);
    EXPECT_EQ(error.type_json, Json(R"("NotFoundError")"));
    EXPECT_EQ(error.code_json, Json(R"("404")"));
}

TEST(UpstreamError, KeepsTheStatusUnlessItIsNone) {
    for (const int status : {400, 418, 429, 499, 500, 529, 599}) {
        EXPECT_EQ(parse(status, "x").http_status(), status);
    }
    for (const int status : {0, -1, 200, 302, 399, 600, 999}) {
        EXPECT_EQ(parse(status, "x").http_status(), 502);
    }
}

TEST(UpstreamError, ShortensLongTextsWithoutCuttingCharacters) {
    std::string body;
    while (body.size() < 50'000) body += "é";
    const auto message = parse(500, body).message;
    EXPECT_LE(message.size(), 4096u);
    EXPECT_GT(message.size(), 4000u);
    EXPECT_TRUE(message.ends_with("é..."));
}

TEST(UpstreamError, NeverPassesInvalidUtf8On) {
    const auto error = parse(400,
                             "{\"error\":{\"message\":\"a\xff\",\"type\":\"\xc3\",\"param\":"
                             "\"\\ud800\",\"innererror\":{\"a\":\"\xff\"}}}");
    EXPECT_EQ(error.message, "a\uFFFD");
    EXPECT_EQ(error.type_json, Json("\"\uFFFD\""));
    EXPECT_FALSE(error.param_json);
    EXPECT_EQ(error.provider_fields_json, Json("{\"innererror\":{\"a\":\"\uFFFD\"}}"));
}

TEST(UpstreamError, DoesNotLookIntoHugeBodies) {
    std::string body = R"({"error":{"message":"m","x":")" + std::string(2 << 20, 'x') + "\"}}";
    EXPECT_LE(parse(500, body).message.size(), 4096u);
}

TEST(UpstreamError, MasksKeys) {
    const auto message = [](std::string_view text) {
        nlohmann::json body;
        body["error"]["message"] = text;
        return parse(401, body.dump()).message;
    };
    EXPECT_EQ(message("Incorrect API key provided: sk-abc***. You can find"),
              "Incorrect API key provided: ***. You can find");
    EXPECT_EQ(message("Incorrect API key provided: my-own-key."),
              "Incorrect API key provided: ***.");
    EXPECT_EQ(message("key sk-proj-abcdefghij1234567890 is revoked"), "key *** is revoked");
    EXPECT_EQ(message("Bearer abcdefgh12345678"), "Bearer ***");
    EXPECT_EQ(message("(gsk_abcdefghijklmnop)"), "(***)");
    EXPECT_EQ(message("use sk-learn or a task-based disk-image"),
              "use sk-learn or a task-based disk-image");
    EXPECT_EQ(parse(401, "bad key sk-abcdefghijkl").message, "bad key ***");
}

TEST(UpstreamError, SaysWhenMoneyHasRunOut) {
    const auto error = parse(
        429,
        R"({"error":{"message":"quota","type":"insufficient_quota","code":"insufficient_quota"}})");
    EXPECT_EQ(error.kind, ErrorKind::rate_limited);
    EXPECT_TRUE(error.should_not_retry);
    EXPECT_FALSE(parse(429, R"({"error":{"message":"slow","code":"rate_limit_exceeded"}})")
                     .should_not_retry);
}

struct ClassCase {
    int status;
    std::string_view body;
    ErrorKind kind;
};

TEST(ErrorClass, ComesFromNameThenTextThenStatus) {
    constexpr ClassCase kCases[] = {
        {400, R"({"error":{"message":"x","code":"content_policy_violation"}})",
         ErrorKind::content_policy_violation},
        {403, R"({"error":{"message":"x","code":"invalid_api_key"}})", ErrorKind::authentication},
        {400, R"({"error":{"message":"x","code":"rate_limit_exceeded"}})", ErrorKind::rate_limited},
        {500, R"({"error":{"message":"rate limit","code":"model_not_found"}})",
         ErrorKind::not_found},
        {400, R"({"error":{"message":"THIS model's maximum context length is 5"}})",
         ErrorKind::context_window_exceeded},
        {500, "the request exceeds the available context size", ErrorKind::context_window_exceeded},
        {400,
         R"({"error":{"message":"maximum context length is","code":"string_above_max_length"}})",
         ErrorKind::bad_request},
        {400, R"({"error":{"message":"rejected as a result of our safety system"}})",
         ErrorKind::content_policy_violation},
        {400, R"({"error":{"message":"you said: rate limit 429"}})", ErrorKind::bad_request},
        {500, R"({"error":{"message":"Rate-Limit reached"}})", ErrorKind::rate_limited},
        {503, "Service tier capacity exceeded", ErrorKind::rate_limited},
        {500, "got 429 from engine", ErrorKind::rate_limited},
        {500, "request 14290 failed", ErrorKind::internal},
        {500, "read timed out", ErrorKind::timeout},
        {400, "", ErrorKind::bad_request},
        {401, "", ErrorKind::authentication},
        {402, "", ErrorKind::bad_request},
        {403, "", ErrorKind::permission_denied},
        {404, "", ErrorKind::not_found},
        {408, "", ErrorKind::timeout},
        {413, "", ErrorKind::bad_request},
        {422, "", ErrorKind::unprocessable},
        {429, "", ErrorKind::rate_limited},
        {500, "", ErrorKind::internal},
        {502, "", ErrorKind::bad_gateway},
        {503, "", ErrorKind::unavailable},
        {504, "", ErrorKind::timeout},
        {529, R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})",
         ErrorKind::internal},
    };
    for (const auto& c : kCases) {
        const auto error = parse(c.status, c.body);
        EXPECT_EQ(error.kind, c.kind) << c.status << " " << c.body;
        EXPECT_EQ(error.http_status(), c.status) << "a class must not change the status";
    }
}

}  // namespace
}  // namespace tollweir
