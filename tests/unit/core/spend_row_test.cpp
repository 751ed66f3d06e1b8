#include "tollweir/core/spend_row.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tollweir/core/json.hpp"

namespace tollweir {
namespace {

nlohmann::json metadata_of(const SpendRow& row) {
    std::string text;
    append_spend_metadata(row, text);
    EXPECT_TRUE(is_valid_json(text)) << text;
    return nlohmann::json::parse(text);
}

TEST(SpendMetadata, OfAnEmptyRowHoldsTheStatusOnly) {
    EXPECT_EQ(metadata_of({}), nlohmann::json({{"status", "success"}}));
}

TEST(SpendMetadata, HoldsWhatLiteLlmNames) {
    SpendRow row;
    row.key_hash = "abc";
    row.key_alias = "ci-runner";
    row.user_id = "u-lena";
    row.team_id = "team-search";
    row.team_alias = "Search";
    row.organization_id = "org";
    row.project_id = "p";
    row.project_alias = "P";
    row.requester_ip = "10.0.0.1";
    row.client_metadata_json = R"({"job":"nightly"})";
    row.guardrails_json = R"([{"name":"pii"}])";
    row.extra_usage_json = R"({"searches":2})";
    row.applied_guardrails = {"pii"};
    row.batch_models = {"a", "b"};
    row.usage = {.prompt_tokens = 8,
                 .completion_tokens = 4,
                 .total_tokens = 12,
                 .cached_tokens = 3,
                 .cache_write_tokens = 2,
                 .reasoning_tokens = 1,
                 .reported = true};
    row.cost = 13'500'000;
    row.breakdown = {.input = 10'000'000, .output = 3'500'000};
    row.overhead_us = 1'250;
    row.retries = 1;
    row.max_retries = 3;
    const auto metadata = metadata_of(row);
    EXPECT_EQ(metadata["user_api_key"], "abc");
    EXPECT_EQ(metadata["user_api_key_alias"], "ci-runner");
    EXPECT_EQ(metadata["user_api_key_user_id"], "u-lena");
    EXPECT_EQ(metadata["user_api_key_team_id"], "team-search");
    EXPECT_EQ(metadata["user_api_key_team_alias"], "Search");
    EXPECT_EQ(metadata["user_api_key_org_id"], "org");
    EXPECT_EQ(metadata["user_api_key_project_id"], "p");
    EXPECT_EQ(metadata["user_api_key_project_alias"], "P");
    EXPECT_EQ(metadata["requester_ip_address"], "10.0.0.1");
    EXPECT_EQ(metadata["spend_logs_metadata"]["job"], "nightly");
    EXPECT_EQ(metadata["guardrail_information"][0]["name"], "pii");
    EXPECT_EQ(metadata["additional_usage_values"]["searches"], 2);
    EXPECT_EQ(metadata["applied_guardrails"], nlohmann::json({"pii"}));
    EXPECT_EQ(metadata["batch_models"], nlohmann::json({"a", "b"}));
    EXPECT_EQ(metadata["usage_object"]["prompt_tokens"], 8);
    EXPECT_EQ(metadata["usage_object"]["prompt_tokens_details"]["cached_tokens"], 3);
    EXPECT_EQ(metadata["usage_object"]["completion_tokens_details"]["reasoning_tokens"], 1);
    EXPECT_EQ(metadata["cost_breakdown"]["input_cost"], 0.00001);
    EXPECT_EQ(metadata["cost_breakdown"]["total_cost"], 0.0000135);
    EXPECT_EQ(metadata["litellm_overhead_time_ms"], 1.25);
    EXPECT_EQ(metadata["attempted_retries"], 1);
    EXPECT_EQ(metadata["max_retries"], 3);
    EXPECT_FALSE(metadata.contains("tollweir_estimated"));
}

TEST(SpendMetadata, TellsWhyACallFailedAndWhatIsNotExact) {
    SpendRow row;
    row.status = SpendStatus::failure;
    row.error = {"429", "RateLimitError", "slow down", {}};
    row.estimated = row.interrupted = true;
    const auto metadata = metadata_of(row);
    EXPECT_EQ(metadata["status"], "failure");
    EXPECT_EQ(metadata["error_information"], nlohmann::json({{"error_code", "429"},
                                                             {"error_class", "RateLimitError"},
                                                             {"error_message", "slow down"}}));
    EXPECT_EQ(metadata["tollweir_estimated"], true);
    EXPECT_EQ(metadata["tollweir_interrupted"], true);
}

TEST(SpendMetadata, LeavesOutPiecesThatAreNotJson) {
    SpendRow row;
    row.client_metadata_json = R"({"a":)";
    row.guardrails_json = "] , \"x\": [";
    EXPECT_EQ(metadata_of(row), nlohmann::json({{"status", "success"}}));
}

TEST(SpendRow, LosesForeignTextsButNotItsMoney) {
    SpendRow row;
    row.record_id.bytes[3] = 7;
    row.key_hash = "hash";
    row.team_id = "team";
    row.end_user = "cust-77";
    row.tags = {"batch"};
    row.model_group = "what the client wrote";
    row.client_metadata_json = "{}";
    row.cost = 42;
    row.scopes = {{"key:hash", 3, 42}};
    row.interrupted = true;
    const auto bare = without_foreign_texts(row);
    EXPECT_EQ(bare.record_id, row.record_id);
    EXPECT_EQ(bare.key_hash, "hash");
    EXPECT_EQ(bare.team_id, "team");
    EXPECT_EQ(bare.cost, 42);
    EXPECT_EQ(bare.scopes, row.scopes);
    EXPECT_TRUE(bare.interrupted);
    EXPECT_TRUE(bare.end_user.empty());
    EXPECT_TRUE(bare.tags.empty());
    EXPECT_TRUE(bare.model_group.empty());
    EXPECT_TRUE(bare.client_metadata_json.empty());
}

TEST(SpendRow, IsAsNewWhenClearedAndKeepsItsStorage) {
    SpendRow row;
    row.call_id = "x";
    row.cost = 5;
    row.tags = {"a", "b", "c"};
    row.scopes = {{"s", 1, 1}};
    const auto room = row.tags.capacity();
    row.clear();
    EXPECT_EQ(row, SpendRow{});
    EXPECT_EQ(row.tags.capacity(), room);
}

}  // namespace
}  // namespace tollweir
