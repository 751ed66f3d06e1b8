#include "canned_answers.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

#include "sockets.hpp"

namespace tollweir::bench {
namespace {

constexpr std::size_t kAnswerBytes = 600;
constexpr std::size_t kTimestampDigits = 20;

std::string plain_answer() {
    std::string body =
        R"({"id":"chatcmpl-bench0123456789abcdefghij","object":"chat.completion",)"
        R"("created":1767225600,"model":"gpt-4o-mini","choices":[{"index":0,"message":)"
        R"({"role":"assistant","content":"@","refusal":null},"logprobs":null,)"
        R"("finish_reason":"stop"}],"usage":{"prompt_tokens":300,"completion_tokens":40,)"
        R"("total_tokens":340,"prompt_tokens_details":{"cached_tokens":0}},)"
        R"("system_fingerprint":"fp_bench"})";
    const std::size_t content_bytes = kAnswerBytes - body.size() + 1;
    std::string content;
    while (content.size() < content_bytes) content += "The mock says this to fill its answer. ";
    content.resize(content_bytes);
    body.replace(body.find('@'), 1, content);
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-request-id: req_bench\r\n"
           "openai-processing-ms: 1\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string chunk(const std::string& data) {
    std::array<char, 24> size{};
    std::snprintf(size.data(), size.size(), "%zx\r\n", data.size());
    return size.data() + data + "\r\n";
}

std::string event(const std::string& choices, const std::string& usage) {
    return chunk(
        R"(data: {"id":"chatcmpl-bench0123456789abcdefghij","object":"chat.completion.chunk",)"
        R"("created":1767225600,"model":"gpt-4o-mini","system_fingerprint":"fp_bench",)"
        R"("choices":[)" +
        choices + R"(],"usage":)" + usage + "}\n\n");
}

std::string choice(const std::string& delta, const std::string& finish_reason) {
    return R"({"index":0,"delta":)" + delta + R"(,"logprobs":null,"finish_reason":)" +
           finish_reason + "}";
}

const std::string kEvent =
    event(choice(R"({"content":"@)" + std::string(kTimestampDigits, '0') + "\"}", "null"), "null");
const std::size_t kTimestampAt = kEvent.find('@') + 1;

}  // namespace

const std::string kPlainAnswer = plain_answer();
const std::string kLengthRequired =
    "HTTP/1.1 411 Length Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const std::string kStreamHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
    "x-request-id: req_bench\r\nTransfer-Encoding: chunked\r\n\r\n";
const std::string kFirstChunk =
    event(choice(R"({"role":"assistant","content":""})", "null"), "null");
const std::string kStreamEnd =
    event(choice("{}", R"("stop")"), "null") +
    event("", R"({"prompt_tokens":300,"completion_tokens":40,"total_tokens":340})") +
    chunk("data: [DONE]\n\n") + "0\r\n\r\n";

void append_event(std::string& out) {
    const std::size_t start = out.size();
    out += kEvent;
    auto left = static_cast<std::uint64_t>(now_ns());
    for (std::size_t digit = kTimestampDigits; digit-- > 0; left /= 10)
        out[start + kTimestampAt + digit] = static_cast<char>('0' + left % 10);
}

}  // namespace tollweir::bench
