#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tollweir/core/error.hpp"
#include "tollweir/gateway/admin/fields.hpp"

namespace tollweir {

/// What generate, update and regenerate take; spec/management-api.md, 2.1. Checked each for itself:
/// types, bounds, names. Plain values.
struct KeyFields {
    Sent<std::string> key;      // generate: the new key itself; update: raw or hash
    Sent<std::string> new_key;  // regenerate
    Sent<std::string> key_alias;
    Sent<BudgetDuration> duration;  // null: never expires
    Sent<std::vector<std::string>> models;
    Sent<std::string> aliases;  // JSON objects, here and below
    Sent<std::string> config;
    Sent<Picodollars> spend;
    Sent<Picodollars> max_budget;
    Sent<Picodollars> soft_budget;
    Sent<BudgetDuration> budget_duration;
    Sent<std::string> budget_id;
    Sent<std::string> budget_limits;  // a JSON array
    Sent<std::string> model_max_budget;
    Sent<std::int64_t> tpm_limit;
    Sent<std::int64_t> rpm_limit;
    Sent<std::int64_t> max_parallel_requests;
    Sent<std::string> user_id;
    Sent<std::string> team_id;
    Sent<std::string> organization_id;
    Sent<std::string> project_id;
    Sent<std::string> agent_id;
    Sent<std::string> metadata;
    /// Members of `metadata` that are fields of their own: JSON values; null takes one away.
    std::vector<std::pair<std::string, std::string>> metadata_members;
    Sent<std::string> permissions;
    Sent<std::vector<std::string>> allowed_cache_controls;
    Sent<std::vector<std::string>> allowed_routes;  // also what `key_type` stands for
    Sent<bool> blocked;
    Sent<std::string> object_permission;
    Sent<std::vector<std::string>> access_group_ids;
    Sent<std::string> router_settings;
    Sent<bool> auto_rotate;
    Sent<BudgetDuration> rotation_interval;
    Sent<BudgetDuration> grace_period;  // regenerate

    /// Every field that was sent with a value, by the name that `required_params` has.
    std::vector<std::string> names_given;
};

/// Errors: `bad_request` (a value), `unprocessable` (a type, fields that need each other).
Result<KeyFields> parse_key_fields(Fields& fields);

/// `sk-` and visible ASCII, as a header carries it.
Result<void> check_key_text(std::string_view key);

/// The key as messages name it: raw ones by their end.
std::string key_shown(std::string_view key_or_hash);

/// The hash of a key that is named raw or by its hash.
std::string token_of(std::string_view key_or_hash);

// Numbers that survive JSON clients, and what the column of max_parallel_requests holds.
inline constexpr std::int64_t kMostTokenLimit = std::int64_t{1} << 53;
inline constexpr std::int64_t kMostParallelRequests = std::numeric_limits<std::int32_t>::max();

/// `model_max_budget`, each budget checked.
Sent<std::string> model_budgets(Fields& fields);
/// `model_tpm_limit` or `model_rpm_limit`, each limit checked.
Sent<std::string> model_limits(Fields& fields, const char* name);

}  // namespace tollweir
