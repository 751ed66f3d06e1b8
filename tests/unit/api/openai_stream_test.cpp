#include <gtest/gtest.h>

#include "unit/api/stream_feeding.hpp"

namespace tollweir {
namespace {

constexpr std::string_view kDone = "data: [DONE]\n\n";
constexpr std::string_view kFinish =
    "data: "
    "{\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";

std::string event(std::string_view data) {
    return "data: " + std::string(data) + "\n\n";
}

std::string edited(std::string_view data, const StreamEdits& edits) {
    StreamFeeding feeding(edits);
    EXPECT_TRUE(feeding.feed(event(data)));
    return feeding.sent();
}

const StreamEdits kShow{.model = "fast", .hide_usage = false};
const StreamEdits kHide{.model = "fast", .hide_usage = true};

TEST(OpenAiStream, PutsTheClientsModelInEveryChunk) {
    EXPECT_EQ(edited(R"({"id":"1", "model" : "m1","choices":[]})", kShow),
              event(R"({"id":"1", "model" : "fast","choices":[]})"));
    EXPECT_EQ(edited(R"({"model":null,"choices":[]})", kShow),
              event(R"({"model":"fast","choices":[]})"));
    EXPECT_EQ(edited(R"({"mod\u0065l":"m1","choices":[]})", kShow),
              event(R"({"mod\u0065l":"fast","choices":[]})"));
}

TEST(OpenAiStream, AddsNoModelWhereThereIsNone) {
    EXPECT_EQ(edited(R"({"choices":[]})", kShow), event(R"({"choices":[]})"));
    EXPECT_EQ(edited("{}", kShow), event("{}"));
}

TEST(OpenAiStream, WritesAnyModelNameAsJson) {
    EXPECT_EQ(edited(R"({"model":"m"})", {.model = "a\"\\\n"}), event(R"({"model":"a\"\\\n"})"));
}

TEST(OpenAiStream, TouchesNothingInsideTheChoices) {
    const std::string chunk =
        R"({"choices":[{"delta":{"content":"\"model\":\"m\" \u00e9"},"usage":null,"model":"x"}]})";
    EXPECT_EQ(edited(chunk, kHide), event(chunk));
}

TEST(OpenAiStream, HidesUsageWhereverItStands) {
    constexpr std::string_view kExpected = R"({"model":"fast","choices":[1]})";
    for (const std::string_view usage : {"null", R"({"prompt_tokens":1,"completion_tokens":2})"}) {
        const std::string member = "\"usage\":" + std::string(usage);
        EXPECT_EQ(edited("{" + member + R"(,"model":"m","choices":[1]})", kHide), event(kExpected));
        EXPECT_EQ(edited(R"({"model":"m",)" + member + R"(,"choices":[1]})", kHide),
                  event(kExpected));
        EXPECT_EQ(edited(R"({"model":"m","choices":[1],)" + member + "}", kHide), event(kExpected));
        EXPECT_EQ(edited(R"({"model":"m","choices":[1] , )" + member + "}", kHide),
                  event(kExpected));
        EXPECT_EQ(edited("{" + member + R"(, "choices":[1],"model":"m"})", kHide),
                  event(R"({"choices":[1],"model":"fast"})"));
    }
    EXPECT_EQ(edited(R"({"usage":null})", kHide), event("{}"));
}

TEST(OpenAiStream, WithholdsTheUsageChunkThatWasNotAskedFor) {
    StreamFeeding feeding(kHide);
    ASSERT_TRUE(feeding.feed(event(
        R"({"model":"m1","choices":[ ],"usage":{"prompt_tokens":9,"completion_tokens":1}})")));
    EXPECT_EQ(feeding.sent(), "");
    EXPECT_FALSE(feeding.editor().has_event());
    EXPECT_EQ(feeding.editor().usage().total_tokens, 10U);
    EXPECT_EQ(feeding.editor().upstream_model(), "m1");
}

TEST(OpenAiStream, ShowsUsageThatWasAskedFor) {
    EXPECT_EQ(edited(R"({"model":"m","choices":[],"usage":{"prompt_tokens":9}})", kShow),
              event(R"({"model":"fast","choices":[],"usage":{"prompt_tokens":9}})"));
}

TEST(OpenAiStream, LetsAChunkWithEmptyChoicesAndNoUsageThrough) {
    EXPECT_EQ(edited(R"({"model":"","choices":[],"prompt_filter_results":[]})", kHide),
              event(R"({"model":"fast","choices":[],"prompt_filter_results":[]})"));
}

TEST(OpenAiStream, LetsTheLastUsageWin) {
    StreamFeeding feeding(kShow);
    ASSERT_TRUE(feeding.feed(event(R"({"choices":[],"usage":{"prompt_tokens":1}})")));
    ASSERT_TRUE(feeding.feed(event(R"({"choices":[],"usage":{"prompt_tokens":2}})")));
    ASSERT_TRUE(feeding.feed(event(R"({"choices":[],"usage":null})")));
    ASSERT_TRUE(feeding.feed(event(R"({"choices":[],"usage":{"prompt_tokens":"broken"}})")));
    EXPECT_EQ(feeding.editor().usage().prompt_tokens, 2U);
}

TEST(OpenAiStream, NormalisesEveryFormOfAnEvent) {
    for (const std::string_view form :
         {"data:{\"model\":\"m\"}\n\n", "data: {\"model\":\"m\"}\r\n\r\n",
          "event: x\nid: 7\nretry: 5\ndata: {\"model\":\"m\"}\r\r"}) {
        StreamFeeding feeding(kShow);
        ASSERT_TRUE(feeding.feed(form));
        EXPECT_EQ(feeding.sent(), event(R"({"model":"fast"})")) << form;
    }
}

TEST(OpenAiStream, PutsSeveralDataLinesOnOne) {
    StreamFeeding feeding(kHide);
    ASSERT_TRUE(
        feeding.feed("data: {\"model\":\ndata: \"m\",\"usage\":\ndata: null}\n\n"
                     "data: {\"model\":\"n\",\ndata: \"x\":1}\n\n"));
    EXPECT_EQ(feeding.sent(), event(R"({"model": "fast"})") + event(R"({"model":"fast", "x":1})"));
}

TEST(OpenAiStream, SendsCommentsOnAsSingleLines) {
    StreamFeeding feeding(kShow);
    ASSERT_TRUE(feeding.feed(": one\n\n:two\r\n\r\n: three\r"));
    EXPECT_EQ(feeding.sent(), ": one\n:two\n: three\n");
    EXPECT_FALSE(feeding.editor().has_event());
    EXPECT_EQ(feeding.held(), 0U);
}

TEST(OpenAiStream, SendsNothingAfterTheClosingFrame) {
    StreamFeeding feeding(kShow);
    ASSERT_TRUE(feeding.feed("data: [DONE] \n\n: late\n" + event("{}")));
    EXPECT_TRUE(feeding.editor().is_done());
    EXPECT_EQ(feeding.held(), 0U);
    ASSERT_TRUE(feeding.feed("rubbish that is no event\n\n"));
    EXPECT_EQ(feeding.held(), 0U);
    ASSERT_TRUE(feeding.finish());
    EXPECT_EQ(feeding.sent(), kDone);
}

TEST(OpenAiStream, RefusesEventsThatAreNoJsonObject) {
    for (const std::string_view data : {"", " ", "hello", "[1]", "\"text\"", "12", "null",
                                        "{\"a\":1", "{} {}", "{\"a\":\"\xff\"}", ": ping"}) {
        StreamFeeding feeding(kShow);
        const auto fed = feeding.feed(event(data));
        ASSERT_FALSE(fed) << data;
        EXPECT_EQ(fed.error().kind, ErrorKind::bad_gateway);
        EXPECT_EQ(fed.error().source, ErrorSource::upstream);
        EXPECT_FALSE(feeding.editor().has_event());
    }
}

TEST(OpenAiStream, SkipsEventsWithoutData) {
    StreamFeeding feeding(kShow);
    ASSERT_TRUE(feeding.feed("event: ping\n\nid: 1\n\n"));
    EXPECT_EQ(feeding.sent(), "");
}

TEST(OpenAiStreamError, BeforeAnyEventIsKeptForAnHttpAnswer) {
    StreamFeeding feeding(kHide);
    ASSERT_TRUE(feeding.feed(
        ": ping\n" + event(R"({"choices":[],"usage":{"prompt_tokens":1}})") +
        event(
            R"({"error":{"message":"slow \u0064own","type":"requests","param":null,"code":429}})") +
        event(R"({"choices":[]})")));
    ASSERT_NE(feeding.editor().upstream_error(), nullptr);
    const GatewayError& error = *feeding.editor().upstream_error();
    EXPECT_EQ(feeding.sent(), ": ping\n");
    EXPECT_FALSE(feeding.editor().has_event());
    EXPECT_EQ(error.kind, ErrorKind::rate_limited);
    EXPECT_EQ(error.source, ErrorSource::upstream);
    EXPECT_EQ(error.http_status(), 429);
    EXPECT_EQ(error.message, "slow down");
    EXPECT_EQ(error.type_json, "\"requests\"");
    EXPECT_EQ(error.param_json, "null");
    EXPECT_EQ(error.code_json, "\"429\"");
    EXPECT_TRUE(feeding.finish());
    EXPECT_EQ(feeding.sent(), ": ping\n");
}

constexpr std::string_view kWord = R"({"choices":[{"index":0,"delta":{"content":"hi"}}]})";

TEST(OpenAiStreamError, BeforeAWordIsNotSent) {
    StreamFeeding feeding(kShow);
    const std::string role = R"({"choices":[{"index":0,"delta":{"role":"assistant"}}]})";
    ASSERT_TRUE(feeding.feed(event(role) + event(R"({"error":{"message":"x","code":503}})")));
    EXPECT_FALSE(feeding.editor().has_content());
    ASSERT_NE(feeding.editor().upstream_error(), nullptr);
    EXPECT_EQ(feeding.sent(), event(role)) << "which the relay holds back";
}

TEST(OpenAiStreamContent, IsAnythingButARoleAndAnEmptyText) {
    for (const std::string data :
         {R"({"choices":[{"delta":{"content":"hi"}}]})",
          R"({"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a"}]}}]})",
          R"({"choices":[{"delta":{},"finish_reason":"stop"}]})",
          R"({"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":0,"total_tokens":1}})"}) {
        StreamFeeding feeding(kShow);
        ASSERT_TRUE(feeding.feed(event(data)));
        EXPECT_TRUE(feeding.editor().has_content()) << data;
    }
    StreamFeeding quiet(kShow);
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(
            quiet.feed(event(R"({"choices":[{"delta":{"role":"assistant","content":""}}]})")));
        EXPECT_FALSE(quiet.editor().has_content());
    }
    ASSERT_TRUE(quiet.feed(event(R"({"choices":[{"delta":{"content":""}}]})")));
    EXPECT_TRUE(quiet.editor().has_content()) << "so many that they may mean something";
}

TEST(OpenAiStreamError, AfterAWordIsSentInOurEnvelopeAndEndsTheStream) {
    StreamFeeding feeding(kShow);
    ASSERT_TRUE(feeding.feed(event(kWord)));
    ASSERT_TRUE(feeding.feed(event(R"({"error":{"message":"x","code":503}})") + event("{}")));
    EXPECT_TRUE(feeding.editor().is_done());
    ASSERT_NE(feeding.editor().upstream_error(), nullptr);
    EXPECT_EQ(feeding.editor().upstream_error()->kind, ErrorKind::unavailable);
    EXPECT_EQ(
        feeding.sent(),
        event(kWord) +
            event(
                R"({"error":{"message":"x","type":"service_unavailable_error","param":null,"code":"503"}})") +
            std::string(kDone));
}

struct ErrorEvent {
    std::string_view data;
    ErrorKind kind;
    int status;
    std::string_view message;
};

TEST(OpenAiStreamError, IsUnderstoodInItsManyShapes) {
    const ErrorEvent events[] = {
        {R"({"error":"it broke"})", ErrorKind::internal, 500, "it broke"},
        {R"({"error":{"message":"m","code":"404"}})", ErrorKind::not_found, 404, "m"},
        {R"({"error":{"message":"m","code":"42"}})", ErrorKind::internal, 500, "m"},
        {R"({"error":{"message":"m","code":200}})", ErrorKind::internal, 500, "m"},
        {R"({"error":{"message":"m","code":null}})", ErrorKind::internal, 500, "m"},
        {R"({"error":{"message":"m","code":529}})", ErrorKind::internal, 529, "m"},
        {R"({"error":{"message":"m","code":"context_length_exceeded"}})",
         ErrorKind::context_window_exceeded, 400, "m"},
        {R"({"error":{"message":"m","code":"rate_limit_exceeded"}})", ErrorKind::rate_limited, 429,
         "m"},
        {R"({"object":"error","message":"flat","type":"BadRequestError","param":null,"code":400})",
         ErrorKind::bad_request, 400, "flat"},
        {R"({"error":{"detail":1}})", ErrorKind::internal, 500,
         R"(The upstream reported an error: {"detail":1})"},
        {R"({"choices":[],"error":{"message":"m"}})", ErrorKind::internal, 500, "m"},
    };
    for (const ErrorEvent& expected : events) {
        StreamFeeding feeding(kShow);
        ASSERT_TRUE(feeding.feed(event(expected.data)));
        const GatewayError* const error = feeding.editor().upstream_error();
        ASSERT_NE(error, nullptr) << expected.data;
        EXPECT_EQ(error->kind, expected.kind) << expected.data;
        EXPECT_EQ(error->http_status(), expected.status) << expected.data;
        EXPECT_EQ(error->message, expected.message);
    }
}

TEST(OpenAiStreamError, IsNotSeenWhereThereIsNone) {
    for (const std::string_view data :
         {R"({"choices":[],"error":null})", R"({"choices":[],"error":""})",
          R"({"choices":[],"object":"chat.completion.chunk"})",
          R"({"choices":[{"delta":{"content":"{\"error\":{}}"}}]})"}) {
        EXPECT_EQ(edited(data, kShow), event(data));
    }
}

TEST(OpenAiStreamError, KeepsAzuresInnerDetail) {
    StreamFeeding feeding(kShow);
    ASSERT_TRUE(feeding.feed(event(
        R"({"error":{"message":"m","code":"content_filter","innererror":{"code":"X","n":[1]}}})")));
    const GatewayError* const error = feeding.editor().upstream_error();
    ASSERT_NE(error, nullptr);
    EXPECT_EQ(error->kind, ErrorKind::content_policy_violation);
    EXPECT_EQ(error->provider_fields_json, R"({"innererror":{"code":"X","n":[1]}})");
}

TEST(OpenAiStreamError, OfTheGatewayIsAnEventAndTheClosingFrame) {
    std::string out;
    StreamFeeding(kShow).editor().write_error(
        GatewayError(ErrorKind::timeout, ErrorSource::gateway, "too slow"), out);
    EXPECT_EQ(
        out,
        event(
            R"({"error":{"message":"too slow","type":"timeout_error","param":null,"code":"408"}})") +
            std::string(kDone));
}

TEST(OpenAiStreamEnd, WithAFinishReasonGetsItsClosingFrame) {
    for (const std::string_view reason :
         {R"("finish_reason":"stop")", R"("finish_reason" : "length")",
          R"("finish_reason":null},{"finish_reason":"stop")"}) {
        StreamFeeding feeding(kShow);
        const std::string chunk =
            event(R"({"choices":[{"tool_calls":[],)" + std::string(reason) + "}]}");
        ASSERT_TRUE(feeding.feed(chunk));
        EXPECT_FALSE(feeding.editor().is_done());
        ASSERT_TRUE(feeding.finish()) << reason;
        EXPECT_EQ(feeding.sent(), chunk + std::string(kDone));
        EXPECT_TRUE(feeding.editor().is_done());
    }
}

TEST(OpenAiStreamEnd, WithoutAFinishReasonIsAFailure) {
    for (
        const std::string_view chunk :
        {R"({"choices":[{"finish_reason":null}]})", R"({"choices":[{"finish_reason":""}]})",
         R"({"choices":[{"delta":{"content":"\"finish_reason\":\"stop\""},"finish_reason":null}]})",
         R"({"choices":[{"delta":{"content":"finish_reason"}}]})", R"({"finish_reason":"stop"})"}) {
        StreamFeeding feeding(kShow);
        ASSERT_TRUE(feeding.feed(event(chunk)));
        const auto finished = feeding.finish();
        ASSERT_FALSE(finished) << chunk;
        EXPECT_EQ(finished.error().kind, ErrorKind::api_connection);
        EXPECT_EQ(finished.error().source, ErrorSource::upstream);
        EXPECT_EQ(feeding.sent(), event(chunk));
    }
}

TEST(OpenAiStreamEnd, WithoutAnyByteIsAFailure) {
    StreamFeeding feeding(kShow);
    ASSERT_FALSE(feeding.finish());
    EXPECT_FALSE(feeding.editor().has_event());
}

TEST(OpenAiStreamEnd, TakesALastEventWithoutItsBlankLine) {
    StreamFeeding done(kShow);
    ASSERT_TRUE(done.feed("data: {}\n\ndata: [DONE]"));
    ASSERT_TRUE(done.finish());
    EXPECT_EQ(done.sent(), event("{}") + std::string(kDone));

    StreamFeeding finish(kShow);
    ASSERT_TRUE(finish.feed(kFinish.substr(0, kFinish.size() - 2)));
    ASSERT_TRUE(finish.finish());
    EXPECT_TRUE(finish.sent().ends_with(kDone));
    EXPECT_NE(finish.sent().find("\"fast\""), std::string::npos);

    StreamFeeding error(kShow);
    ASSERT_TRUE(error.feed(event(kWord) + "data: {\"error\":{\"message\":\"m\"}}\n"));
    ASSERT_TRUE(error.finish());
    EXPECT_NE(error.editor().upstream_error(), nullptr);
    EXPECT_TRUE(error.sent().ends_with(kDone));
}

TEST(OpenAiStreamEnd, TornInsideAnEventIsAFailureUnlessTheAnswerWasComplete) {
    StreamFeeding torn(kShow);
    ASSERT_TRUE(torn.feed("data: {}\n\ndata: {\"choices\":[{\"finish_reason\":\"stop\""));
    const auto finished = torn.finish();
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error().kind, ErrorKind::api_connection);

    StreamFeeding complete(kShow);
    ASSERT_TRUE(complete.feed(std::string(kFinish) + "data: {\"choices\":[],\"usa"));
    ASSERT_TRUE(complete.finish());
    EXPECT_TRUE(complete.sent().ends_with(kDone));
}

TEST(OpenAiStreamPieces, OfNeighbouringEventsAreJoined) {
    const std::string chunk = event(R"({"id":"1","model":"m","choices":[]})");
    const auto editor = openai_front().open_pass_through(kShow);
    Pieces pieces;
    ASSERT_TRUE(editor->feed(chunk + chunk + chunk, pieces));
    EXPECT_EQ(pieces.size(), 7U);  // four of the region's, three model names
}

TEST(OpenAiStreamPieces, AreNotJoinedToThoseOfTheCallBefore) {
    const std::string chunk = event(R"({"id":"1","model":"m","choices":[]})");
    const std::string both = chunk + chunk;
    const std::string_view view = both;
    const auto editor = openai_front().open_pass_through(kShow);
    Pieces first, second;
    ASSERT_TRUE(editor->feed(view.substr(0, chunk.size()), first));
    ASSERT_TRUE(editor->feed(view.substr(chunk.size()), second));
    EXPECT_EQ(total_size(first), total_size(second));
    EXPECT_EQ(second.size(), 3U);
}

bool costs_a_cent(const Usage& usage, std::string& out) {
    out += "0.0";
    out += std::to_string(usage.prompt_tokens);
    return true;
}

TEST(OpenAiStream, PutsTheCostIntoUsageThatTheClientSees) {
    const std::string usage =
        R"({"model":"m","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1}})";
    EXPECT_EQ(edited(usage, {.model = "m", .cost = costs_a_cent}),
              event(R"({"model":"m","choices":[],)"
                    R"("usage":{"prompt_tokens":3,"completion_tokens":1,"cost":0.03}})"));
    EXPECT_EQ(edited(R"({"choices":[],"usage":{"prompt_tokens":3,"cost":9,"x":{}}})",
                     {.model = "m", .cost = costs_a_cent}),
              event(R"({"choices":[],"usage":{"prompt_tokens":3,"cost":0.03,"x":{}}})"));
    EXPECT_EQ(edited(R"({"usage":{},"model":"m","choices":[1]})",
                     {.model = "fast", .cost = costs_a_cent}),
              event(R"({"usage":{"cost":0.00},"model":"fast","choices":[1]})"));
    EXPECT_EQ(edited(usage, {.model = "m", .hide_usage = true, .cost = costs_a_cent}), "");
    EXPECT_EQ(
        edited(usage, {.model = "m", .cost = [](const Usage&, std::string&) { return false; }}),
        event(usage));
    EXPECT_EQ(edited(R"({"choices":[1],"usage":null})", {.model = "m", .cost = costs_a_cent}),
              event(R"({"choices":[1],"usage":null})"));
}

TEST(OpenAiStream, PutsTheCostIntoUsageThatIsSetApart) {
    StreamFeeding feeding({.model = "m", .usage_apart = true, .cost = costs_a_cent});
    ASSERT_TRUE(feeding.feed(event(R"({"id":"1","choices":[{"finish_reason":"stop"}],)"
                                   R"("usage":{"prompt_tokens":4}})")));
    ASSERT_TRUE(feeding.feed(kDone));
    EXPECT_EQ(feeding.sent(), event(R"({"id":"1","choices":[{"finish_reason":"stop"}]})") +
                                  event(R"({"id":"1","model":"m","choices":[],)"
                                        R"("usage":{"prompt_tokens":4,"cost":0.04}})") +
                                  std::string(kDone));
}

TEST(OpenAiStream, TalliesWhatIsSaidUntilUsageComes) {
    const auto counter = TokenCounter::for_model("gpt-4o");
    StreamFeeding feeding(kShow);
    ASSERT_TRUE(feeding.feed(event(R"({"choices":[{"delta":{"content":"hello"}}]})")));
    ASSERT_TRUE(feeding.feed(event(R"({"choices":[{"delta":{"content":" world"}}]})")));
    EXPECT_EQ(feeding.editor().tally().tokens(counter), 2U);
    ASSERT_TRUE(feeding.feed(event(R"({"choices":[],"usage":{"prompt_tokens":0}})")));
    ASSERT_TRUE(feeding.feed(event(R"({"choices":[{"delta":{"content":" again"}}]})")));
    EXPECT_EQ(feeding.editor().tally().tokens(counter), 2U);
    EXPECT_TRUE(feeding.editor().usage().reported);  // a zero that was told is one
}

TEST(OpenAiStreamEnd, SeesTheFinishReasonOfAChunkThatIsElseLikeThoseBefore) {
    const auto chunk = [](std::string_view reason) {
        return event(R"({"choices":[{"delta":{"content":"a"},"finish_reason":)" +
                     std::string(reason) + "}]}");
    };
    StreamFeeding open(kShow);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(open.feed(chunk("null")));
    EXPECT_FALSE(open.finish());
    StreamFeeding whole(kShow);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(whole.feed(chunk("null")));
    ASSERT_TRUE(whole.feed(chunk(R"("stop")")));
    EXPECT_TRUE(whole.finish());
}

TEST(OpenAiStream, TalliesTheSameHoweverTheBytesAreCut) {
    const auto counter = TokenCounter::for_model("gpt-4o");
    std::string stream;
    for (const std::string_view word :
         {"She ", "said: \\\"", "caf\u00e9", "\\n", " \xF0\x9F\x98\x80!"})
        stream += event(R"({"choices":[{"delta":{"content":")" + std::string(word) + "\"}}]}");
    stream += kFinish;
    const auto tally = [&](std::size_t piece) {
        StreamFeeding feeding(kShow);
        for (std::size_t at = 0; at < stream.size(); at += piece)
            EXPECT_TRUE(feeding.feed(std::string_view(stream).substr(at, piece)));
        return feeding.editor().tally().tokens(counter);
    };
    EXPECT_EQ(tally(stream.size()), counter.count("She said: \"caf\u00e9\n \xF0\x9F\x98\x80!"));
    for (std::size_t piece = 1; piece <= 64; ++piece)
        EXPECT_EQ(tally(piece), tally(stream.size())) << "piece size " << piece;
}

}  // namespace
}  // namespace tollweir
