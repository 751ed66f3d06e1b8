#include "api/continued_stream.hpp"

#include <gtest/gtest.h>

namespace tollweir {
namespace {

StreamBefore before() {
    return {R"("c-1")", "7", {.prompt_tokens = 10, .completion_tokens = 4}};
}

TEST(ContinuedStream, ChunksAreOfTheStreamThatBegan) {
    EXPECT_EQ(
        continued_chunk(
            R"({"id":"c-2","created":9.50,"choices":[{"delta":{"role":"assistant","content":"\u00e9"}}]})",
            before()),
        R"({"id":"c-1","created":7,"choices":[{"delta":{"content":"\u00e9"}}]})");
    EXPECT_EQ(continued_chunk(R"({"id":null,"choices":null})", before()),
              R"({"id":"c-1","choices":null})");
    EXPECT_EQ(continued_chunk(R"({"id":"c-2"})", {}), R"({"id":"c-2"})");
    EXPECT_EQ(continued_chunk("not json", before()), "not json");
}

TEST(ContinuedStream, UsageCountsBothParts) {
    EXPECT_EQ(
        summed_usage(
            R"({"prompt_tokens":9,"completion_tokens":3,"total_tokens":12,"details":{"a":1}})",
            before().usage),
        R"({"prompt_tokens":19,"completion_tokens":7,"total_tokens":26,"details":{"a":1}})");
    EXPECT_EQ(summed_usage(R"({"prompt_tokens":null,"completion_tokens":"x"})", before().usage),
              R"({"prompt_tokens":null,"completion_tokens":"x"})");
    EXPECT_EQ(summed_usage("[]", before().usage), "[]");
}

}  // namespace
}  // namespace tollweir
