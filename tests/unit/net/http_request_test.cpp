#include "tollweir/net/http_request.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tollweir::net {
namespace {

constexpr std::size_t kMaxBytes = 4096;
constexpr std::size_t kMaxFields = 16;

struct Parsed {
    HeadStep step = HeadStep::need_more;
    std::string method, path, query;
    std::uint64_t length = 0;
    bool chunked = false, keep_alive = false, expects = false;
    int status = 0;
};

/// Parses `text` handed over in pieces of `piece` bytes, as reads would bring it.
Parsed parse(const std::string& text, std::size_t piece) {
    RequestHead head;
    Parsed parsed;
    std::size_t begin = 0;
    for (std::size_t end = 0; end < text.size();) {
        end = std::min(text.size(), end + piece);
        const auto progress = parse_request_head(std::string_view(text).substr(begin, end - begin),
                                                 {kMaxBytes, kMaxFields}, head);
        begin += progress.consumed;
        parsed.step = progress.step;
        if (progress.step == HeadStep::failed) parsed.status = progress.error.http_status();
        if (progress.step != HeadStep::need_more) break;
    }
    if (parsed.step != HeadStep::done) return parsed;
    parsed.method = head.method;
    parsed.path = head.path;
    parsed.query = head.query;
    parsed.length = head.content_length;
    parsed.chunked = head.chunked;
    parsed.keep_alive = head.keep_alive;
    parsed.expects = head.expects_continue;
    return parsed;
}

TEST(RequestHead, ReadsAHeadHoweverItIsCut) {
    const std::string text =
        "POST /v1/chat/completions?a=b HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\n"
        "Expect: 100-continue\r\n\r\n";
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
        const auto parsed = parse(text, piece);
        ASSERT_EQ(parsed.step, HeadStep::done) << piece;
        EXPECT_EQ(parsed.method, "POST");
        EXPECT_EQ(parsed.path, "/v1/chat/completions");
        EXPECT_EQ(parsed.query, "a=b");
        EXPECT_EQ(parsed.length, 12u);
        EXPECT_TRUE(parsed.keep_alive);
        EXPECT_TRUE(parsed.expects);
    }
}

TEST(RequestHead, PassesOverEmptyLinesBeforeIt) {
    for (std::size_t piece = 1; piece <= 10; ++piece)
        EXPECT_EQ(parse("\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n", piece).path, "/a") << piece;
}

TEST(RequestHead, TakesThePathOfAnAbsoluteTarget) {
    EXPECT_EQ(parse("GET http://host/a?b HTTP/1.1\r\nHost: host\r\n\r\n", 1000).path, "/a");
    EXPECT_EQ(parse("GET http://host HTTP/1.1\r\nHost: host\r\n\r\n", 1000).path, "/");
}

TEST(RequestHead, KeepsAliveByVersionAndWord) {
    EXPECT_FALSE(parse("GET / HTTP/1.0\r\n\r\n", 1000).keep_alive);
    EXPECT_TRUE(parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 1000).keep_alive);
    EXPECT_FALSE(parse("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 1000).keep_alive);
}

struct Refusal {
    const char* why;
    std::string text;
    int status;
};

class RefusedRequests : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedRequests, FailHoweverTheyAreCut) {
    for (const std::size_t piece : {1u, 3u, 7u, 100'000u})
        EXPECT_EQ(parse(GetParam().text, piece).status, GetParam().status)
            << GetParam().why << " in pieces of " << piece;
}

const std::string kStart = "POST / HTTP/1.1\r\nHost: x\r\n";

INSTANTIATE_TEST_SUITE_P(
    Smuggling, RefusedRequests,
    testing::Values(
        Refusal{"length and coding",
                kStart + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        Refusal{"two lengths", kStart + "Content-Length: 3\r\nContent-Length: 4\r\n\r\n", 400},
        Refusal{"equal lengths twice", kStart + "Content-Length: 3\r\nContent-Length: 3\r\n\r\n",
                400},
        Refusal{"length list", kStart + "Content-Length: 3, 3\r\n\r\n", 400},
        Refusal{"signed length", kStart + "Content-Length: +3\r\n\r\n", 400},
        Refusal{"negative length", kStart + "Content-Length: -3\r\n\r\n", 400},
        Refusal{"huge length", kStart + "Content-Length: 99999999999999999999999\r\n\r\n", 400},
        Refusal{"other coding", kStart + "Transfer-Encoding: gzip\r\n\r\n", 400},
        Refusal{"two codings", kStart + "Transfer-Encoding: gzip, chunked\r\n\r\n", 400},
        Refusal{"chunked twice",
                kStart + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        Refusal{"almost chunked", kStart + "Transfer-Encoding: xchunked\r\n\r\n", 400},
        Refusal{"chunked in 1.0",
                "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        Refusal{"no host", "GET / HTTP/1.1\r\n\r\n", 400},
        Refusal{"two hosts", kStart + "Host: y\r\n\r\n", 400},
        Refusal{"folded line", kStart + "A: b\r\n c\r\n\r\n", 400},
        Refusal{"folded line that begins empty", kStart + "Content-Length:\r\n 2\r\n\r\n", 400},
        Refusal{"host with a blank", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
        Refusal{"host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
        Refusal{"blank in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        Refusal{"no field name", kStart + ": b\r\n\r\n", 400},
        Refusal{"no colon", kStart + "abc\r\n\r\n", 400}, Refusal{"TLS", "\x16\x03\x01", 400},
        Refusal{"space before colon", kStart + "A : b\r\n\r\n", 400},
        Refusal{"null byte", kStart + std::string("A: b\0c\r\n\r\n", 10), 400},
        Refusal{"bare carriage return", kStart + "A: b\rc\r\n\r\n", 400},
        Refusal{"bare line feed", "GET / HTTP/1.1\nHost: x\n\n", 400},
        Refusal{"unknown expectation", kStart + "Expect: miracles\r\n\r\n", 417},
        Refusal{"next version", "PRI * HTTP/2.0\r\n\r\n", 505},
        Refusal{"tunnel", "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", 405},
        Refusal{"relative target", "GET a/b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        Refusal{"long target", "GET /" + std::string(2 * kMaxBytes, 'a') + " HTTP/1.1\r\n", 414},
        Refusal{"long field", kStart + "A: " + std::string(2 * kMaxBytes, 'a') + "\r\n\r\n", 431},
        Refusal{"many fields",
                [] {
                    auto text = kStart;
                    for (int i = 0; i < 20; ++i) text += "A: b\r\n";
                    return text + "\r\n";
                }(),
                431}));

}  // namespace
}  // namespace tollweir::net
