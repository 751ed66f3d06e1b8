#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "unit/api/stream_feeding.hpp"

namespace tollweir {
namespace {

using Json = nlohmann::json;

Json load_case(const std::string& name) {
    std::ifstream file(std::string(TOLLWEIR_SOURCE_DIR) + "/tests/golden/openai-family/" + name +
                       ".json");
    return Json::parse(file);
}

std::string decode_base64(std::string_view text) {
    constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    unsigned bits = 0, count = 0;
    for (const char c : text) {
        const std::size_t value = kAlphabet.find(c);
        if (value == std::string_view::npos) break;
        bits = bits << 6 | static_cast<unsigned>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes += static_cast<char>(bits >> count & 0xFF);
    }
    return bytes;
}

std::string upstream_bytes(const Json& golden) {
    const Json& response = golden["upstream_response"];
    std::string bytes;
    if (response.contains("raw_text")) return response["raw_text"];
    if (response.contains("raw_base64")) {
        for (const Json& read : response["raw_base64"])
            bytes += decode_base64(read.get<std::string>());
        return bytes;
    }
    for (const Json& event : response["sse"]) {
        const Json& data = event["data"];
        bytes += "data: " + (data.is_string() ? data.get<std::string>() : data.dump()) + "\n\n";
    }
    return bytes;
}

/// What the client reads; fails on anything but comments and events of our one form.
std::vector<Json> read_sent(std::string_view sent) {
    std::vector<Json> events;
    while (!sent.empty()) {
        const bool comment = sent.starts_with(':');
        const std::string_view end = comment ? "\n" : "\n\n";
        const std::size_t size = sent.find(end);
        if (size == std::string_view::npos || !(comment || sent.starts_with("data: "))) {
            ADD_FAILURE() << "not an event: " << sent;
            break;
        }
        if (!comment) {
            const std::string_view data = sent.substr(6, size - 6);
            events.push_back(data == "[DONE]" ? Json(data) : Json::parse(data));
        }
        sent.remove_prefix(size + end.size());
    }
    return events;
}

/// As the README of the golden cases says: null is absent.
Json without_nulls(const Json& value) {
    if (value.is_array()) {
        Json result = Json::array();
        for (const Json& item : value) result.push_back(without_nulls(item));
        return result;
    }
    if (!value.is_object()) return value;
    Json result = Json::object();
    for (const auto& [key, item] : value.items()) {
        if (!item.is_null()) result[key] = without_nulls(item);
    }
    return result;
}

StreamEdits edits_of(const Json& golden) {
    const Json& body = golden["client_request"]["body"];
    const bool asked = body.contains("stream_options");
    const bool injected =
        golden.value("/settings/tollweir_settings/inject_stream_usage"_json_pointer, true);
    return {.model = body["model"], .hide_usage = injected && !asked};
}

class OpenAiGoldenStream : public testing::TestWithParam<const char*> {};

TEST_P(OpenAiGoldenStream, ReachesTheClientAsItShouldHoweverItIsCut) {
    const Json golden = load_case(GetParam());
    const std::string stream = upstream_bytes(golden);
    const StreamEdits edits = edits_of(golden);
    const StreamOutcome whole = edit_stream(stream, edits, stream.size(), 1);

    EXPECT_EQ(whole.failure, "");
    EXPECT_TRUE(whole.has_event);
    EXPECT_TRUE(whole.is_done);
    const std::vector<Json> sent = read_sent(whole.sent);
    const Json& expected = golden["client_response"]["sse"];
    ASSERT_EQ(sent.size(), expected.size());
    for (std::size_t i = 0; i < sent.size(); ++i) {
        EXPECT_EQ(without_nulls(sent[i]), without_nulls(expected[i]["data"])) << "event " << i;
    }
    if (golden.contains("recorded_usage")) {
        EXPECT_EQ(whole.usage.prompt_tokens, golden["recorded_usage"]["prompt_tokens"]);
        EXPECT_EQ(whole.usage.completion_tokens, golden["recorded_usage"]["completion_tokens"]);
    }
    for (std::size_t cut = 1; cut < stream.size(); ++cut) {
        ASSERT_EQ(edit_stream(stream, edits, cut, stream.size()), whole) << "cut at " << cut;
    }
    for (std::size_t first = 1; first <= 9; ++first) {
        for (std::size_t second = 1; second <= 9; ++second) {
            ASSERT_EQ(edit_stream(stream, edits, first, second), whole) << first << ", " << second;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Cases, OpenAiGoldenStream,
                         testing::Values("02_openai_chat_stream_usage",
                                         "03_openai_chat_stream_usage_injected",
                                         "04_openai_tools_parallel_stream",
                                         "10_vllm_stream_error_midstream", "18_sse_wire_torture"));

// These need an adapter of their own to become what their case asks for (a later step); what passes
// them through must do no harm and must not depend on how they are cut.
class ForeignGoldenStream : public testing::TestWithParam<const char*> {};

TEST_P(ForeignGoldenStream, PassesWithTheModelReplacedHoweverItIsCut) {
    const Json golden = load_case(GetParam());
    const std::string stream = upstream_bytes(golden);
    const StreamEdits edits = edits_of(golden);
    const StreamOutcome whole = edit_stream(stream, edits, stream.size(), 1);

    EXPECT_EQ(whole.failure, "");
    EXPECT_TRUE(whole.is_done);
    std::vector<Json> expected;
    for (const Json& event : golden["upstream_response"]["sse"]) {
        expected.push_back(event["data"]);
        if (expected.back().is_object()) expected.back()["model"] = edits.model;
    }
    EXPECT_EQ(read_sent(whole.sent), expected);
    for (std::size_t cut = 1; cut < stream.size(); ++cut) {
        ASSERT_EQ(edit_stream(stream, edits, cut, stream.size()), whole) << "cut at " << cut;
    }
}

INSTANTIATE_TEST_SUITE_P(Cases, ForeignGoldenStream,
                         testing::Values("12_mistral_stream_thinking", "13_groq_stream_x_groq",
                                         "15_deepseek_stream_keepalive",
                                         "16_azure_stream_prompt_filter"));

TEST(GoldenStreamDetails, UsageOfGroqIsFoundInItsExtension) {
    const std::string stream = upstream_bytes(load_case("13_groq_stream_x_groq"));
    const Usage usage = edit_stream(stream, {.model = "gq"}, stream.size(), 1).usage;
    EXPECT_TRUE(usage.reported);
    EXPECT_EQ(usage.prompt_tokens, 40U);
    EXPECT_EQ(usage.completion_tokens, 3U);
}

TEST(GoldenStreamDetails, UpstreamsModelIsTheFirstThatIsNotEmpty) {
    const std::string stream = upstream_bytes(load_case("16_azure_stream_prompt_filter"));
    EXPECT_EQ(edit_stream(stream, {.model = "az"}, stream.size(), 1).upstream_model,
              "gpt-4o-mini-2024-07-18");
}

TEST(GoldenStreamDetails, KeepAliveCommentsGoOnAsSingleLines) {
    const std::string stream = upstream_bytes(load_case("15_deepseek_stream_keepalive"));
    const std::string sent = edit_stream(stream, {.model = "ds"}, stream.size(), 1).sent;
    EXPECT_TRUE(sent.starts_with(": keep-alive\n: keep-alive\ndata: ")) << sent.substr(0, 80);
    EXPECT_EQ(sent.find(":\n\n"), std::string::npos);
}

}  // namespace
}  // namespace tollweir
