#pragma once

#include <string>

#include "tollweir/core/spend_row.hpp"

namespace tollweir {

/// A row with something in every column.
inline SpendRow full_row() {
    SpendRow row;
    row.record_id = new_record_id(WallTime(std::chrono::seconds(1'795'000'000)));
    row.response_id = "chatcmpl-AbC123";
    row.call_id = "6f1c6e0c-4b36-4b53-9d43-0f5a3cf3a111";
    row.call_type = "acompletion";
    row.endpoint = "/chat/completions";
    row.key_hash = "2b823d0866a7f98986a13706e278b20c9565ce0025126c336c86e4fc927880b1";
    row.key_alias = "ci-runner";
    row.user_id = "u-lena";
    row.team_id = "team-search";
    row.team_alias = "Search";
    row.organization_id = "org-1";
    row.project_id = "proj";
    row.project_alias = "Project";
    row.end_user = "cust-77";
    row.agent_id = "agent";
    row.tags = {"batch", "", "nightly"};
    row.cost = 1'234'567'890'123;
    row.breakdown = {1, -2, 3, 4, 5};
    row.usage = {800, 100, 900, 10, 20, 30, 40, 50, true, 11, 12, 13, 14, 15, 16, 2, {}};
    row.scopes = {{"key:2b82", 12, 7}, {"global", kUnknownPeriod, 9}};
    row.start = WallTime(std::chrono::microseconds(1'795'000'000'123'456));
    row.end = row.start + std::chrono::microseconds(987'654);
    row.first_token = row.start + std::chrono::microseconds(5);
    row.model = "gpt-4o-mini-2024-07-18";
    row.model_id = "deployment-1";
    row.model_group = "gpt-4o-mini";
    row.provider = "openai";
    row.api_base = "https://api.openai.com/v1";
    row.cache_hit = true;
    row.cache_key = "cache";
    row.requester_ip = "10.0.0.1";
    row.session_id = "session";
    row.mcp_tool = "tool";
    row.status = SpendStatus::failure;
    row.error = {"500", "APIError", "it broke", "openai"};
    row.estimated = true;
    row.interrupted = true;
    row.request_json = R"({"messages":[]})";
    row.response_json = R"({"choices":[]})";
    row.client_metadata_json = R"({"job":1})";
    row.guardrails_json = "[]";
    row.extra_usage_json = "{}";
    row.applied_guardrails = {"pii"};
    row.batch_models = {"a", "b"};
    row.overhead_us = 0;
    row.retries = 1;
    row.max_retries = 2;
    return row;
}

}  // namespace tollweir
