#include "request_body.hpp"

#include <algorithm>
#include <string_view>

#include "sockets.hpp"

namespace tollweir::bench {
namespace {

constexpr std::size_t kMessageBytes = 2'000;  // long conversations are many messages, not one

// Text as it comes from users: quotes and line breaks are escaped in JSON.
constexpr std::string_view kText =
    R"(She asked: \"How far is the weir?\"\nHalf a mile down the river, past the toll house, )"
    R"(where the keeper counts what floats by and writes it into his book. )";

// Fills up to `bytes` without cutting an escape in two.
std::string filler(std::size_t bytes) {
    std::string text;
    while (text.size() + kText.size() <= bytes) text += kText;
    text.append(bytes - text.size(), 'x');
    return text;
}

std::string chat_body(const LoadOptions& options, const std::string& fields) {
    std::string body = R"({"model":")" + options.model + "\"," + fields +
                       R"("temperature":0.7,"messages":[{"role":"system","content":)"
                       R"("You are a helpful assistant."})";
    const std::string end = "]}";
    const std::string before = R"(,{"role":"user","content":")";
    const std::string after = "\"}";
    const std::size_t frame = before.size() + after.size();
    if (body.size() + frame + end.size() > options.body_bytes) die("--body-bytes is too small");
    while (body.size() + end.size() < options.body_bytes) {
        std::size_t content = options.body_bytes - body.size() - end.size() - frame;
        // What remains must hold one more message, else this one takes all of it.
        if (content > 2 * kMessageBytes) content = kMessageBytes;
        body += before + filler(content) + after;
    }
    return body + end;
}

std::string with_head(const LoadOptions& options, const std::string& body) {
    return "POST " + options.path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(options.port) +
           "\r\nAuthorization: Bearer " + options.key +
           "\r\nAccept: application/json\r\nContent-Type: application/json\r\n"
           "Accept-Encoding: identity\r\nUser-Agent: OpenAI/Python 1.59.7\r\n"
           "X-Stainless-Lang: python\r\nX-Stainless-Package-Version: 1.59.7\r\n"
           "X-Stainless-OS: Linux\r\nX-Stainless-Arch: x64\r\nX-Stainless-Runtime: CPython\r\n"
           "Content-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

std::string plain_request(const LoadOptions& options) {
    return with_head(options, chat_body(options, R"("max_tokens":256,)"));
}

std::string stream_request(const LoadOptions& options, std::int64_t events,
                           std::int64_t interval_us) {
    return with_head(options,
                     chat_body(options, R"("stream":true,"max_tokens":)" + std::to_string(events) +
                                            R"(,"seed":)" + std::to_string(interval_us) + ","));
}

}  // namespace tollweir::bench
