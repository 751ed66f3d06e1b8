#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tollweir/providers/registry.hpp"
#include "unit/api/stream_feeding.hpp"

namespace tollweir {
namespace {

using Json = nlohmann::json;

Json load(const std::string& name) {
    std::ifstream file(std::string(TOLLWEIR_SOURCE_DIR) + "/tests/golden/openai-family/" + name +
                       ".json");
    return Json::parse(file);
}

std::string wire_of(const Json& golden) {
    const auto& response = golden["upstream_response"];
    if (response.contains("raw_text")) return response["raw_text"];
    std::string bytes;
    for (const auto& event : response["sse"]) {
        const auto& data = event["data"];
        bytes += "data: " + (data.is_string() ? data.get<std::string>() : data.dump()) + "\n\n";
    }
    return bytes;
}

StreamOutcome edited(const Json& golden, std::string_view stream, std::size_t first,
                     std::size_t second) {
    const auto model = golden["config"]["litellm_params"]["model"].get<std::string>();
    Deployment deployment;
    deployment.provider = resolve_model(model, {}, {})->provider->provider;
    const auto tidier =
        deployment.provider->open_answer(deployment, Endpoint::chat_completions, {});
    const bool asked = golden["client_request"]["body"].contains("stream_options");
    StreamEdits edits;
    edits.model = golden["client_request"]["body"]["model"];
    edits.hide_usage = !asked;
    edits.usage_apart = asked;
    edits.tidier = tidier.get();
    return edit_stream(stream, edits, first, second);
}

class GoldenAnswers : public testing::TestWithParam<const char*> {};

// That they are what the case asks for, the end-to-end test shows.
TEST_P(GoldenAnswers, AreTheSameHoweverTheStreamIsCut) {
    const auto golden = load(GetParam());
    const auto stream = wire_of(golden);
    const auto whole = edited(golden, stream, stream.size(), 1);
    EXPECT_EQ(whole.failure, "");
    EXPECT_TRUE(whole.is_done);
    for (std::size_t cut = 1; cut < stream.size(); ++cut) {
        ASSERT_EQ(edited(golden, stream, cut, stream.size()), whole) << "cut at " << cut;
    }
    for (std::size_t size = 1; size <= 16; ++size) {
        ASSERT_EQ(edited(golden, stream, size, size), whole) << "pieces of " << size;
    }
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenAnswers,
                         testing::Values("12_mistral_stream_thinking", "13_groq_stream_x_groq",
                                         "15_deepseek_stream_keepalive",
                                         "16_azure_stream_prompt_filter"));

TEST(UsageApart, IsReadAndSentOnce) {
    const auto golden = load("12_mistral_stream_thinking");
    const auto outcome = edited(golden, wire_of(golden), 4096, 4096);
    EXPECT_EQ(outcome.usage.prompt_tokens, 11U);
    EXPECT_EQ(outcome.usage.completion_tokens, 9U);
    const std::string_view sent = outcome.sent;
    const auto at = sent.find("\"usage\"");
    ASSERT_NE(at, sent.npos);
    EXPECT_EQ(sent.find("\"usage\"", at + 1), sent.npos);
    EXPECT_TRUE(sent.substr(0, at).ends_with("\"choices\":[],"));
}

TEST(UsageApart, GivesWayToTheUpstreamsOwnChunk) {
    constexpr std::string_view kStream =
        "data: {\"id\":\"a\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],"
        "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n"
        "data: {\"id\":\"a\",\"choices\":[],"
        "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n"
        "data: [DONE]\n\n";
    StreamEdits edits;
    edits.model = "m";
    edits.usage_apart = true;
    const auto outcome = edit_stream(kStream, edits, kStream.size(), 1);
    EXPECT_EQ(outcome.usage.completion_tokens, 2U);
    const auto at = outcome.sent.find("\"usage\"");
    EXPECT_EQ(outcome.sent.find("\"usage\"", at + 1), std::string::npos);
}

}  // namespace
}  // namespace tollweir
