#include "loading.hpp"

namespace tollweir {
namespace {

LimitsConfig limits_of(const std::string& text, std::map<std::string, std::string> variables = {}) {
    return loaded(text, std::move(variables)).config.limits;
}

TEST(Limits, AreRead) {
    const auto limits = limits_of(R"(
general_settings:
  rpm_limit: 900
  tpm_limit: 90000
  global_max_parallel_requests: 5
  max_parallel_requests: 6
  token_rate_limit_type: output
  disable_retry_on_max_parallel_request_limit_error: true
litellm_settings:
  priority_reservation: {high: 0.75, low: {type: rpm, value: 10}}
  priority_reservation_settings:
    {default_priority: 0.1, saturation_threshold: 0.8, saturation_check_cache_ttl: 5}
tollweir_settings: {limits: {on_failure: deny}}
)");
    EXPECT_EQ(limits.rpm, 900);
    EXPECT_EQ(limits.tpm, 90000);
    EXPECT_EQ(limits.max_parallel_requests, 5);
    EXPECT_EQ(limits.key_max_parallel_requests, 6);
    EXPECT_EQ(limits.counted_tokens, CountedTokens::output);
    EXPECT_FALSE(limits.retries_on_parallel_limit);
    EXPECT_EQ(limits.on_failure, OnCounterFailure::deny);
    using Unit = PriorityShare::Unit;
    EXPECT_EQ(limits.priorities,
              (std::vector<PriorityShare>{{"high", Unit::percent, 0.75}, {"low", Unit::rpm, 10}}));
    EXPECT_EQ(limits.default_priority_share, 0.1);
    EXPECT_EQ(limits.saturation_threshold, 0.8);
    EXPECT_EQ(limits.saturation_cache_ttl, std::chrono::milliseconds(5'000));
}

TEST(Limits, AreNoneWhereTheFileSaysNothing) {
    EXPECT_EQ(limits_of("model_list: []"), LimitsConfig{});
}

TEST(RateLimitWindow, ComesFromItsVariable) {
    EXPECT_EQ(limits_of("model_list: []", {{"LITELLM_RATE_LIMIT_WINDOW_SIZE", "30"}}).window,
              std::chrono::seconds(30));
    EXPECT_EQ(limits_of("model_list: []", {{"LITELLM_RATE_LIMIT_WINDOW_SIZE", "soon"}}).window,
              std::chrono::seconds(60));
    EXPECT_TRUE(warnings_of("model_list: []", {{"LITELLM_RATE_LIMIT_WINDOW_SIZE", "0"}})
                    .contains("LITELLM_RATE_LIMIT_WINDOW_SIZE: expected a whole number from 1"));
}

}  // namespace
}  // namespace tollweir
