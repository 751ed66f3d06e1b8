#include "tollweir/core/prompt_count.hpp"

#include <gtest/gtest.h>

#include "core/tokens/image_tokens.hpp"
#include "core/tokens/tool_text.hpp"
#include "tollweir/core/base64.hpp"
#include "unit/core/padded.hpp"

namespace tollweir {
namespace {

const TokenCounter kO200k = TokenCounter::for_model("gpt-4o");
const TokenCounter kCl100k = TokenCounter::for_model("gpt-4");

std::uint64_t count(std::string_view json, Endpoint endpoint, const TokenCounter& counter) {
    const Padded text(json);
    ObjectView body;
    EXPECT_TRUE(body.scan(text.view())) << json;
    return count_prompt_tokens(body, endpoint, counter);
}

std::uint64_t chat(std::string_view json, const TokenCounter& counter = kO200k) {
    return count(json, Endpoint::chat_completions, counter);
}

std::string with_messages(std::string_view messages, std::string_view more = "") {
    return R"({"model":"m","messages":)" + std::string(messages) + std::string(more) + "}";
}

constexpr std::string_view kHello = R"([{"role":"user","content":"Hello!"}])";
constexpr std::string_view kSystem =
    R"([{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"Hello!"}])";
constexpr std::string_view kTools = R"(,"tools":[{"type":"function","function":{
    "name":"get_weather","description":"Look up the current weather","parameters":{"type":"object",
    "properties":{"city":{"type":"string","description":"City name"},
                  "unit":{"type":"string","enum":["c","f"]},"days":{"type":"integer"}},
    "required":["city"]}}}])";

// The checks of spec/providers-openai-family.md, section 6.
TEST(PromptCount, CountsChatsAsTheSpecificationSays) {
    EXPECT_EQ(chat(with_messages(kSystem)), 19U);
    EXPECT_EQ(chat(with_messages(kSystem), kCl100k), 19U);
    EXPECT_EQ(chat(with_messages(kHello)), 9U);
    EXPECT_EQ(chat(with_messages(kHello), kCl100k), 9U);
    const auto named = with_messages(R"([{"role":"user","content":"Hello!","name":"alice"}])");
    EXPECT_EQ(chat(named), 11U);
    EXPECT_EQ(chat(named, kCl100k), 11U);
    const auto calls = with_messages(R"([{"role":"user","content":"Weather in Paris?"},
        {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function",
            "function":{"name":"get_weather","arguments":"{\"city\":\"Paris\"}"}}]},
        {"role":"tool","tool_call_id":"call_1","content":"{\"temp\":18}"}])");
    EXPECT_EQ(chat(calls), 32U);
    EXPECT_EQ(chat(calls, kCl100k), 32U);
}

TEST(PromptCount, CountsToolsAsTheSpecificationSays) {
    EXPECT_EQ(chat(with_messages(kSystem, kTools)), 68U);
    EXPECT_EQ(chat(with_messages(kSystem, kTools), kCl100k), 70U);
    EXPECT_EQ(chat(with_messages(kHello, kTools)), 62U);
    EXPECT_EQ(chat(with_messages(kHello, kTools), kCl100k), 64U);
    const std::string none = std::string(kTools) + R"(,"tool_choice":"none")";
    EXPECT_EQ(chat(with_messages(kHello, none)), 63U);
    EXPECT_EQ(chat(with_messages(kHello, none), kCl100k), 65U);
    const std::string one =
        std::string(kTools) +
        R"(,"tool_choice":{"type":"function","function":{"name":"get_weather"}})";
    EXPECT_EQ(chat(with_messages(kHello, one)), 71U);
    EXPECT_EQ(chat(with_messages(kHello, one), kCl100k), 73U);
    EXPECT_EQ(chat(with_messages(kHello, R"(,"tools":[],"tool_choice":"auto")")), 9U);
}

TEST(ToolText, WritesTypesInANamespace) {
    EXPECT_EQ(tokens::tool_text(R"([{"type":"function","function":{"name":"find","description":
        "Finds \"it\"","parameters":{"type":"object","required":["where"],"properties":{
            "where":{"type":"object","description":"place","properties":{
                "lat":{"type":"number"},"tags":{"type":"array","items":{"type":"string"}}}},
            "level":{"type":"integer","enum":[1,2]},"on":{"type":"boolean"},"nil":{"type":"null"},
            "some":{"type":["string","null"]}}}}},
        {"type":"function","function":{"name":"now"}},
        {"name":"flat","input_schema":{"type":"object","properties":{"q":{"type":"string"}}}},
        {"type":"web_search"}, 7])"),
              R"(namespace functions {

// Finds "it"
type find = (_: {
// place
where: {
  lat?: number,
  tags?: string[],
},
level?: "1" | "2",
on?: boolean,
nil?: null,
some?: any,
}) => any;

type now = () => any;

type flat = (_: {
q?: string,
}) => any;

} // namespace functions)");
    EXPECT_EQ(tokens::tool_text("[]"), "namespace functions {\n\n} // namespace functions");
}

TEST(ToolText, EndsForSchemasOfAnyDepth) {
    std::string deep = R"([{"name":"f","parameters":)";
    for (int i = 0; i < 5000; ++i) deep += R"({"type":"object","properties":{"a":)";
    deep += "1";
    for (int i = 0; i < 5000; ++i) deep += "}}";
    deep += "}]";
    EXPECT_NE(tokens::tool_text(deep).find("a?: any"), std::string::npos);
}

TEST(PromptCount, TakesTheOldFrameOfGpt35Turbo0301) {
    const auto counter = TokenCounter::for_model("gpt-3.5-turbo-0301");
    EXPECT_EQ(chat(with_messages(kHello), counter), 10U);
    EXPECT_EQ(
        chat(with_messages(R"([{"role":"user","content":"Hello!","name":"alice"}])"), counter),
        10U);
}

TEST(PromptCount, CountsPartsAndImages) {
    const auto parts = [](std::string_view list) {
        return chat(with_messages(R"([{"role":"user","content":)" + std::string(list) + "}]")) - 7;
    };
    EXPECT_EQ(parts(R"([{"type":"text","text":"Hello!"}])"), 2U);
    EXPECT_EQ(parts(R"(["Hello!"])"), 2U);
    EXPECT_EQ(parts(R"([{"type":"image_url","image_url":{"url":"https://x/y.png"}}])"), 85U);
    EXPECT_EQ(parts(R"([{"type":"image_url","image_url":"https://x/y.png"}])"), 85U);
    EXPECT_EQ(
        parts(R"([{"type":"image_url","image_url":{"url":"https://x/y.png","detail":"low"}}])"),
        85U);
    EXPECT_EQ(
        parts(R"([{"type":"image_url","image_url":{"url":"https://x/y.png","detail":"high"}}])"),
        250U);
    EXPECT_EQ(parts(R"([{"type":"tool_use","id":"t","name":"f","input":{"a":1}},
                        {"type":"tool_result","tool_use_id":"t","content":"Hello!"}])"),
              1U + 5U + 2U);
}

std::string base64(std::string_view bytes) {
    std::string out;
    append_base64(out, std::as_bytes(std::span(bytes)));
    return out;
}

std::string png(std::uint32_t width, std::uint32_t height) {
    std::string bytes("\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16);
    for (const std::uint32_t side : {width, height})
        for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(side >> shift);
    return base64(bytes);
}

TEST(ImageTokens, ReadsTheSizeFromEachFormatsHeader) {
    using tokens::image_size;
    using Size = tokens::ImageSize;
    EXPECT_EQ(image_size(png(640, 480)), (Size{640, 480}));
    EXPECT_EQ(image_size(base64({"GIF89a\x80\x02\xE0\x01\0", 11})), (Size{640, 480}));
    EXPECT_EQ(image_size(base64({"\xFF\xD8\xFF\xE0\x00\x04\x00\x00\xFF\xFF\xC2\x00\x11\x08\x01\xE0"
                                 "\x02\x80\x03\x00",
                                 20})),
              (Size{640, 480}));
    EXPECT_EQ(
        image_size(base64({"RIFF\0\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0\x7F\x02\0\xDF\x01\0", 30})),
        (Size{640, 480}));
    EXPECT_EQ(
        image_size(base64({"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9D\x01\x2A\x80\x02\xE0\x01", 30})),
        (Size{640, 480}));
    EXPECT_EQ(image_size(base64({"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2F\x7F\xC2\x77\x00\x00", 26})),
              (Size{640, 480}));
    EXPECT_EQ(image_size(png(0, 480)), std::nullopt);
    EXPECT_EQ(image_size(base64("\xFF\xD8\xFF")), std::nullopt);
    EXPECT_EQ(image_size(base64(std::string("\xFF\xD8\xFF") + std::string(9000, '\xFF'))),
              std::nullopt);
    EXPECT_EQ(image_size("iVBORw0KGgo!"), std::nullopt);
    EXPECT_EQ(image_size(""), std::nullopt);
}

TEST(ImageTokens, TilesAsTheSpecificationSays) {
    EXPECT_EQ(tokens::tile_tokens({512, 512}), 255U);
    EXPECT_EQ(tokens::tile_tokens({1024, 1024}), 765U);
    EXPECT_EQ(tokens::tile_tokens({2048, 4096}), 1105U);
    EXPECT_EQ(tokens::tile_tokens({768, 768}), 765U);
    EXPECT_EQ(tokens::tile_tokens({100'000, 1}), 85U);  // no side is left of it
}

TEST(PromptCount, TakesAnImagesSizeFromADataUri) {
    const auto high = [](const std::string& url) {
        return chat(with_messages(
                   R"([{"role":"user","content":[{"type":"image_url","image_url":{"detail":"high","url":")" +
                   url + "\"}}]}]")) -
               7;
    };
    EXPECT_EQ(high("data:image/png;base64," + png(512, 512)), 255U);
    EXPECT_EQ(high("data:image\\/png;base64," + png(1024, 1024)), 765U);
    EXPECT_EQ(high("data:image/png;base64,AAAA"), 250U);
    EXPECT_EQ(high("data:image/png,AAAA"), 250U);
}

TEST(PromptCount, CountsPromptsAndInputsOfEveryShape) {
    const auto prompt = [](std::string_view json) {
        return count(R"({"prompt":)" + std::string(json) + "}", Endpoint::completions, kO200k);
    };
    EXPECT_EQ(prompt(R"("hello world")"), 2U);
    EXPECT_EQ(prompt(R"(["hello world","hello world"])"), 4U);
    EXPECT_EQ(prompt("[1, 2,3 ]"), 3U);
    EXPECT_EQ(prompt("[[1,2],[3],[]]"), 3U);
    EXPECT_EQ(prompt("null"), 0U);
    EXPECT_EQ(count(R"({"prompt":"hello","suffix":" world"})", Endpoint::completions, kO200k), 2U);
    EXPECT_EQ(count(R"({"input":["hello world"]})", Endpoint::embeddings, kCl100k), 2U);
    EXPECT_EQ(
        count(R"({"input":[{"type":"text","text":"hello world"}]})", Endpoint::moderations, kO200k),
        2U);
}

TEST(PromptCount, ReadsEscapesAsTheTextTheyStandFor) {
    const auto content = [](std::string_view literal) {
        return chat(with_messages(R"([{"role":"user","content":")" + std::string(literal) +
                                  "\"}]")) -
               7;
    };
    EXPECT_EQ(content("na\\u00efve caf\\u00e9"), 4U);
    EXPECT_EQ(content("naïve café"), 4U);
    EXPECT_EQ(content("a\\n\\n\\n\\n\\n   \\n  b"), 5U);
    EXPECT_EQ(content("\\ud83d\\udc4b"), Tokenizer::of(TokenEncoding::o200k_base).count("👋"));
    EXPECT_EQ(content("\\ud83d"), Tokenizer::of(TokenEncoding::o200k_base).count("\uFFFD"));
    EXPECT_EQ(content(""), 0U);
}

TEST(PromptCount, CountsOtherClientsShapesOfAChat) {
    EXPECT_EQ(
        chat(R"({"system":"You are a helpful assistant.","messages":)" + std::string(kHello) + "}"),
        19U - 1U);  // no role
    EXPECT_EQ(chat(R"({"contents":[{"role":"user","parts":[{"text":"Hello!"}]}]})"), 9U);
}

TEST(PromptCount, TakesBrokenShapesAsFarAsTheyGo) {
    for (const auto* json : {R"({"messages":"text"})", R"({"messages":[1,null,"x",{}]})",
                             R"({"messages":[{"role":1,"content":{"a":1},"tool_calls":3}]})",
                             R"({"messages":[{"content":[{"type":"image_url"},{"type":5},7]}]})",
                             R"({"messages":[],"tools":{"a":1},"tool_choice":{}})", "{}"}) {
        EXPECT_LT(chat(json), 120U) << json;
    }
}

TEST(PromptCount, GivesTheSameInStepsAsAtOnce) {
    std::string content = "Line one of it, \\\"quoted\\\" and caf\\u00e9.";
    for (int i = 0; i < 400; ++i) content += " And line " + std::to_string(i) + " of it.\\n";
    const Padded text(with_messages(R"([{"role":"user","content":")" + content + R"("},
        {"role":"assistant","content":")" +
                                        content + "\"}]",
                                    kTools));
    ObjectView body;
    ASSERT_TRUE(body.scan(text.view()));
    PromptCount whole(kO200k);
    whole.add_request(body, Endpoint::chat_completions);
    ASSERT_TRUE(whole.step(1 << 20));

    PromptCount stepped(kO200k);
    stepped.add_request(body, Endpoint::chat_completions);
    int steps = 1;
    while (!stepped.step(700)) ++steps;
    EXPECT_GT(steps, 20);
    EXPECT_EQ(stepped.tokens(), whole.tokens());

    PromptCount half(kO200k);
    half.add_request(body, Endpoint::chat_completions);
    EXPECT_FALSE(half.step(8000));
    EXPECT_LT(half.tokens(), whole.tokens());
    EXPECT_NEAR(static_cast<double>(half.expected_tokens()), static_cast<double>(whole.tokens()),
                0.1 * static_cast<double>(whole.tokens()));
}

TEST(PromptCount, ScalesTextsAndNotWhatFramesThem) {
    TokenCounter twice = kO200k;
    twice.permille = 2000;
    EXPECT_EQ(chat(with_messages(kHello), twice), 3U + 3U + 2 * 3U);
}

TEST(ChoicesCount, TakesEverythingTheModelSaid) {
    const auto said = [](std::string_view json) { return count_choices_tokens(json, kO200k); };
    EXPECT_EQ(said(R"([{"index":0,"delta":{"content":"hello world"},"finish_reason":null}])"), 2U);
    EXPECT_EQ(said(R"([{"index":0,"text":"hello world","logprobs":{"tokens":["x"],"text":"y"}}])"),
              2U);
    EXPECT_EQ(said(R"([{"message":{"role":"assistant","content":null,"refusal":"hello world",
        "tool_calls":[{"id":"call_abc","type":"function","function":{"name":"hello",
        "arguments":"hello world"}}]}}])"),
              5U);
    EXPECT_EQ(said(R"([{"delta":{"reasoning":"hello world","reasoning_content":"hello world",
        "reasoning_details":[{"type":"reasoning.text","text":"hello world"}]}}])"),
              2U);
    EXPECT_EQ(said(R"([{"delta":{"content":[{"type":"text","text":"hello world"}]}}])"), 2U);
    EXPECT_EQ(said(R"([{"delta":{"content":"say \"content\":\"x\" \\"}}])"),
              Tokenizer::of(TokenEncoding::o200k_base).count(R"(say "content":"x" \)"));
    EXPECT_EQ(said(R"([{"delta" : {"content" :  "hello world"}}])"), 2U);
    EXPECT_EQ(said("[]"), 0U);
    EXPECT_EQ(said(R"([{"delta":{"content)"), 0U);
    EXPECT_EQ(said(R"([{"delta":{"content":"hello wor)"), 2U);
    EXPECT_EQ(said("\""), 0U);
    EXPECT_EQ(said(""), 0U);
}

}  // namespace
}  // namespace tollweir
