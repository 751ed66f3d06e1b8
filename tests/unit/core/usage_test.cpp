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

TEST(OpenAiUsage, IsReadWithWhatCompatibleProvidersAdd) {
    const auto usage = read(R"({"prompt_tokens":100,"completion_tokens":50,
        "prompt_tokens_details":{"cached_tokens":40,"cache_creation_tokens":30,"image_tokens":5,
            "audio_tokens":10,"video_tokens":6,"web_search_requests":2,
            "cached_tokens_details":{"audio_tokens":7,"text_tokens":33},
            "cache_creation_token_details":{"ephemeral_5m_input_tokens":20,
                                            "ephemeral_1h_input_tokens":10}},
        "completion_tokens_details":{"image_tokens":8},"citation_tokens":9,
        "service_tier":"flex","cost":0.5})");
    ASSERT_TRUE(usage);
    const Usage expected{.prompt_tokens = 100,
                         .completion_tokens = 50,
                         .total_tokens = 150,
                         .cached_tokens = 40,
                         .cache_write_tokens = 30,
                         .audio_prompt_tokens = 10,
                         .reported = true,
                         .cache_write_1h_tokens = 10,
                         .cached_audio_tokens = 7,
                         .image_prompt_tokens = 5,
                         .video_prompt_tokens = 6,
                         .image_completion_tokens = 8,
                         .citation_tokens = 9,
                         .web_searches = 2,
                         .tier = ServiceTier::flex};
    EXPECT_EQ(*usage, expected);
}

TEST(OpenAiUsage, TakesCachedTokensFromTheTopWhereTheDetailsSayNothing) {
    for (const std::string_view name :
         {"prompt_cache_hit_tokens", "cached_tokens", "cache_read_input_tokens"}) {
        const auto member = "\"" + std::string(name) + "\":4";
        EXPECT_EQ(read(R"({"prompt_tokens":9,)" + member + "}")->cached_tokens, 4U) << name;
        EXPECT_EQ(
            read(R"({"prompt_tokens_details":{"cached_tokens":3},)" + member + "}")->cached_tokens,
            3U)
            << name;
    }
    EXPECT_EQ(read(R"({"cache_creation_input_tokens":5})")->cache_write_tokens, 5U);
    EXPECT_EQ(read(R"({"server_tool_use":{"web_search_requests":3}})")->web_searches, 3U);
    EXPECT_EQ(read(R"({"num_search_queries":2})")->web_searches, 2U);
}

TEST(OpenAiUsage, PassesOverAdditionsThatAreNoCounts) {
    for (
        const std::string_view odd :
        {R"({"prompt_tokens":1,"cached_tokens":"many"})",
         R"({"prompt_tokens":1,"cached_tokens":-1})", R"({"prompt_tokens":1,"server_tool_use":[]})",
         R"({"prompt_tokens":1,"server_tool_use":{"web_search_requests":"x"}})",
         R"({"prompt_tokens":1,"num_search_queries":1e15})",
         R"({"prompt_tokens":1,"prompt_tokens_details":{"a":1,"b":2,"cached_tokens_details":7}})"}) {
        const auto usage = read(odd);
        ASSERT_TRUE(usage) << odd;
        EXPECT_EQ(usage->cached_tokens, 0U) << odd;
        EXPECT_EQ(usage->web_searches, 0U) << odd;
    }
}

TEST(AddUsage, SumsEveryCount) {
    Usage one = *read(R"({"prompt_tokens":1,"completion_tokens":2,"citation_tokens":3,
        "prompt_tokens_details":{"cached_tokens":4,"audio_tokens":5,"web_search_requests":6}})");
    Usage sum;
    add(sum, one);
    add(sum, one);
    EXPECT_EQ(sum.prompt_tokens, 2U);
    EXPECT_EQ(sum.completion_tokens, 4U);
    EXPECT_EQ(sum.total_tokens, 6U);
    EXPECT_EQ(sum.citation_tokens, 6U);
    EXPECT_EQ(sum.cached_tokens, 8U);
    EXPECT_EQ(sum.audio_prompt_tokens, 10U);
    EXPECT_EQ(sum.web_searches, 12U);
    EXPECT_TRUE(sum.reported);
}

}  // namespace
}  // namespace tollweir
