#include "tollweir/net/chunk_decoder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tollweir::net {
namespace {

struct Decoded {
    std::string body;
    std::string rest;
    bool done = false;
    bool broken = false;
};

Decoded decode(const std::string& wire, std::size_t piece) {
    ChunkDecoder decoder;
    Decoded decoded;
    for (std::size_t begin = 0; begin < wire.size(); begin += piece) {
        std::string_view input = std::string_view(wire).substr(begin, piece);
        for (auto body = decoder.take(input); !body.empty(); body = decoder.take(input))
            decoded.body += body;
        decoded.rest += input;
    }
    decoded.done = decoder.is_done();
    decoded.broken = decoder.is_broken();
    return decoded;
}

TEST(ChunkDecoder, JoinsChunksHoweverTheyAreCut) {
    const std::string wire = "5;ext=1\r\nhello\r\n6 \r\n world\r\n0\r\nTrailer: x\r\n\r\n";
    for (std::size_t piece = 1; piece <= wire.size(); ++piece) {
        const auto decoded = decode(wire, piece);
        EXPECT_TRUE(decoded.done) << piece;
        EXPECT_EQ(decoded.body, "hello world") << piece;
        EXPECT_EQ(decoded.rest, "") << piece;
    }
}

TEST(ChunkDecoder, LeavesWhatFollowsTheBody) {
    EXPECT_EQ(decode("1\r\na\r\n0\r\n\r\nGET /", 100).rest, "GET /");
}

TEST(ChunkDecoder, WaitsForTheEnd) {
    const auto decoded = decode("5\r\nhel", 100);
    EXPECT_EQ(decoded.body, "hel");
    EXPECT_FALSE(decoded.done);
    EXPECT_FALSE(decoded.broken);
}

class BrokenChunks : public testing::TestWithParam<std::string> {};

TEST_P(BrokenChunks, AreRefusedHoweverTheyAreCut) {
    for (const std::size_t piece : {1u, 2u, 3u, 100'000u})
        EXPECT_TRUE(decode(GetParam(), piece).broken)
            << GetParam().substr(0, 40) << " in " << piece;
}

INSTANTIATE_TEST_SUITE_P(All, BrokenChunks,
                         testing::Values("zz\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", "\r\n", ";a\r\n",
                                         "1\na", "1\r\nab\r\n", "1\r\na\n", "1\r\na\rb",
                                         "5\r\nhelloXX", "ffffffffffffffff\r\n", "1;\x01\r\n",
                                         "1;" + std::string(20'000, 'a') + "\r\n", "0\r\n\r0",
                                         "0\r\nA: b\n", "0\r\n" + std::string(20'000, 'a')));

}  // namespace
}  // namespace tollweir::net
