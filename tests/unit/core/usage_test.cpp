#include "tollweir/core/usage.hpp"

#include <gtest/gtest.h>

#include "unit/core/padded.hpp"

namespace tollweir {
namespace {

std::optional<Usage> read(std::string_view text) {
    const Padded padded(text);
    return read_openai_usage(padded.view());
}

TEST(OpenAiUsage, IsReadWithItsDetails) {
    const auto usage = read(R"({"prompt_tokens":12,"completion_tokens":7,"total_tokens":19,
        "prompt_tokens_details":{"cached_tokens":5,"cache_write_tokens":2,"audio_tokens":1},
        "completion_tokens_details":{"reasoning_tokens":3,"audio_tokens":4},"queue_time":0.25})");
    ASSERT_TRUE(usage);
    const Usage expected{.prompt_tokens = 12,
                         .completion_tokens = 7,
                         .total_tokens = 19,
                         .cached_tokens = 5,
                         .cache_write_tokens = 2,
                         .reasoning_tokens = 3,
                         .audio_prompt_tokens = 1,
                         .audio_completion_tokens = 4,
                         .reported = true};
    EXPECT_EQ(*usage, expected);
}

TEST(OpenAiUsage, CountsAbsentAndNullMembersAsZero) {
    const auto usage = read(R"({"prompt_tokens":2,"completion_tokens":null,"total_tokens":null,
        "prompt_tokens_details":null})");
    ASSERT_TRUE(usage);
    EXPECT_EQ(usage->completion_tokens, 0U);
    EXPECT_EQ(usage->total_tokens, 2U);
    ASSERT_TRUE(read("{}"));
    EXPECT_TRUE(read("{}")->reported);
}

TEST(OpenAiUsage, AddsUpAMissingTotal) {
    EXPECT_EQ(read(R"({"prompt_tokens":2,"completion_tokens":3})")->total_tokens, 5U);
    EXPECT_EQ(read(R"({"prompt_tokens":2,"completion_tokens":3,"total_tokens":9})")->total_tokens,
              9U);
}

TEST(OpenAiUsage, TakesWholeNumbersHoweverTheyAreWritten) {
    EXPECT_EQ(read(R"({"prompt_tokens":12.0})")->prompt_tokens, 12U);
    EXPECT_EQ(read(R"({"prompt_tokens":1.2e1})")->prompt_tokens, 12U);
}

TEST(OpenAiUsage, RefusesWhatIsNoCount) {
    for (const std::string_view bad :
         {"null", "[]", "1", R"({"prompt_tokens":"12"})", R"({"prompt_tokens":-1})",
          R"({"prompt_tokens":1.5})", R"({"prompt_tokens":1e300})",
          R"({"prompt_tokens":99999999999999999999})", R"({"prompt_tokens":true})",
          R"({"prompt_tokens_details":[]})", R"({"prompt_tokens_details":{"cached_tokens":"1"}})",
          R"({"prompt_tokens_details":{1}})"}) {
        EXPECT_FALSE(read(bad)) << bad;
    }
}

}  // namespace
}  // namespace tollweir
