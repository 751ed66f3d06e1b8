#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/core/clock.hpp"
#include "tollweir/core/lease.hpp"
#include "tollweir/core/money.hpp"
#include "tollweir/core/record_id.hpp"
#include "tollweir/core/usage.hpp"

namespace tollweir {

/// A budget that a call is booked on, and what it takes from it.
struct BookedScope {
    std::string_view scope;  // `tollweir_budget_scope.scope`
    // That it was reserved in: after a reset the call reaches the rows and no longer the scope.
    Period period = kUnknownPeriod;
    Picodollars cost = 0;  // of an open record: what was reserved

    friend bool operator==(const BookedScope&, const BookedScope&) = default;
};

enum class SpendStatus : std::uint8_t { success, failure };

/// Why a call failed, as its row tells it. Never a secret, a prompt or an upstream's address.
struct SpendError {
    std::string_view code;        // the HTTP status
    std::string_view class_name;  // LiteLLM's
    std::string_view message;
    std::string_view provider;

    friend bool operator==(const SpendError&, const SpendError&) = default;
};

/// What a cost is made of.
struct SpendBreakdown {
    Picodollars input = 0;
    Picodollars output = 0;
    Picodollars tools = 0;     // web searches and the like
    Picodollars discount = 0;  // taken off
    Picodollars margin = 0;    // added

    friend bool operator==(const SpendBreakdown&, const SpendBreakdown&) = default;
};

/// One billed call: the columns of `LiteLLM_SpendLogs` (spec/management-api.md, section 5.3) and
/// what else the store needs to book it. Texts are views: whoever makes a row keeps what they point
/// at until it is handed over; a row that was read points into its reader. Empty texts and zeros
/// are absent.
///
/// An open record of the journal is the same row as far as it is known, with the estimate as cost.
struct SpendRow {
    RecordId record_id;            // ours; the journal gives it
    std::string_view response_id;  // the upstream's
    std::string_view call_id;      // the client's, or made for it
    std::string_view call_type;    // acompletion, aembedding ...
    std::string_view endpoint;     // `/chat/completions`: a column of the daily roll-ups

    std::string_view key_hash;  // hex digest, or the master key's alias
    std::string_view key_alias;
    std::string_view user_id;  // owner of the key
    std::string_view team_id;
    std::string_view team_alias;
    std::string_view organization_id;
    std::string_view project_id;
    std::string_view project_alias;
    std::string_view end_user;
    std::string_view agent_id;
    std::vector<std::string_view> tags;

    Picodollars cost = 0;
    SpendBreakdown breakdown;
    Usage usage;
    std::vector<BookedScope> scopes;

    WallTime start;
    WallTime end;
    std::optional<WallTime> first_token;

    std::string_view model;        // that served
    std::string_view model_id;     // the deployment
    std::string_view model_group;  // as asked for
    std::string_view provider;
    std::string_view api_base;  // no userinfo, no query

    bool cache_hit = false;
    std::string_view cache_key;  // empty: the cache is off
    std::string_view requester_ip;
    std::string_view session_id;  // trace id
    std::string_view mcp_tool;    // mcp_namespaced_tool_name

    SpendStatus status = SpendStatus::success;
    SpendError error;
    bool estimated = false;    // tokens or cost were counted by us, not reported
    bool interrupted = false;  // the process ended before the call: booked at its estimate

    // Only under store_prompts_in_spend_logs, JSON texts, already shortened (core/stored_text).
    std::string_view request_json;
    std::string_view response_json;

    // Pieces of `metadata`; those that end in _json are JSON texts.
    std::string_view client_metadata_json;  // spend_logs_metadata
    std::string_view guardrails_json;       // guardrail_information
    std::string_view extra_usage_json;      // additional_usage_values
    std::vector<std::string_view> applied_guardrails;
    std::vector<std::string_view> batch_models;
    std::optional<std::uint64_t> overhead_us;  // litellm_overhead_time_ms
    std::uint64_t retries = 0;                 // attempted_retries
    std::uint64_t max_retries = 0;

    /// As new; the lists keep their storage.
    void clear();
    friend bool operator==(const SpendRow&, const SpendRow&) = default;
};

/// The row without the texts that clients and upstreams chose, for a store that cannot hold one of
/// them. Whose it is, what it cost and when stays.
SpendRow without_foreign_texts(const SpendRow& row);

/// Appends the `metadata` column: LiteLLM's names, what is empty left out, so that rows stay lean.
/// Texts named _json that are not JSON are left out.
void append_spend_metadata(const SpendRow& row, std::string& out);

}  // namespace tollweir
