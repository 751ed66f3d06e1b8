#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "tollweir/storage/spend_reports.hpp"

namespace tollweir {

// What was used on which days, from LiteLLM's sums by day and ours of calls: however many rows
// there are, these are a few a key, model and day.

enum class SpendOwner : std::uint8_t { user, team, organization, end_user, tag };

/// Which sums; what is empty does not narrow.
struct ActivityFilter {
    SpendOwner of = SpendOwner::user;
    SpendDays days{};                     // `user_id` counts for sums of users
    std::string model{};                  // as it was served
    std::vector<std::string> owners{};    // any of these
    std::vector<std::string> readable{};  // owners all of whose sums the viewer may see
    bool sees_own_keys = true;            // and of others those of the viewer's own keys
};

enum class ActivityColumn : std::uint8_t {
    day,
    owner,
    key,
    model,
    model_group,
    provider,
    endpoint,
    mcp_tool
};

struct ActivitySums {
    PicodollarSum spend = 0;
    std::int64_t prompt_tokens = 0;
    std::int64_t completion_tokens = 0;
    std::int64_t cache_read_tokens = 0;
    std::int64_t cache_write_tokens = 0;
    std::int64_t calls = 0;
    std::int64_t succeeded = 0;
    std::int64_t failed = 0;

    std::int64_t total_tokens() const { return prompt_tokens + completion_tokens; }
    void add(const ActivitySums& other);
};

/// Texts of the columns that were not asked for are empty.
struct ActivityRow {
    std::string day;
    std::string owner;
    std::string key_hash;
    std::string model;
    std::string model_group;
    std::string provider;
    std::string endpoint;
    std::string mcp_tool;
    ActivitySums sums;
};

/// One row of the sums as the store has it, while it is read.
struct ActivityView {
    std::string_view day;
    std::string_view owner;
    std::string_view key_hash;
    std::string_view model;
    std::string_view model_group;
    std::string_view provider;
    std::string_view endpoint;
    std::string_view mcp_tool;
    ActivitySums sums;
};
/// Every row, in no order, for who adds them up in several ways at once: that takes a fraction of
/// the time that the store would need to sort them.
Result<void> visit_activity(Sql& sql, const ActivityFilter& filter,
                            const std::function<void(const ActivityView&)>& visit);

/// One row for each combination of the columns, in their order.
Result<std::vector<ActivityRow>> sum_activity(Sql& sql, const ActivityFilter& filter,
                                              std::initializer_list<ActivityColumn> columns);

/// What an owner spent, on a day or on all.
struct OwnerSpend {
    std::string day;
    std::string owner;
    PicodollarSum spend = 0;
    std::int64_t calls = 0;
};
/// By day and owner, in this order.
Result<std::vector<OwnerSpend>> sum_owners_by_day(Sql& sql, const ActivityFilter& filter);
/// The owners with the most spend, that first; no days.
Result<std::vector<OwnerSpend>> top_owners(Sql& sql, const ActivityFilter& filter,
                                           std::size_t count);

/// What was used on a day, of all models or of one.
struct DailyUse {
    std::string model;
    std::string day;
    PicodollarSum spend = 0;
    std::int64_t tokens = 0;
    std::int64_t calls = 0;
};
/// In the order of models and days.
Result<std::vector<DailyUse>> sum_daily_use(Sql& sql, const SpendDays& days, bool by_model);

/// The days that have sums, the latest first.
Result<std::vector<std::string>> active_days(Sql& sql, const ActivityFilter& filter);
/// In their order.
Result<std::vector<std::string>> owner_names(Sql& sql, const ActivityFilter& filter,
                                             std::size_t count);

/// What owners are called beside their ids; who has no such name is left out.
using OwnerLabels = std::map<std::string, std::string, std::less<>>;
Result<OwnerLabels> owner_labels(Sql& sql, SpendOwner of, const std::vector<std::string>& ids);

/// The organizations that the user administers.
Result<std::vector<std::string>> administered_organizations(Sql& sql, const std::string& user_id);

/// What an owner's key spent on a model on a day. Its texts hold during the call.
struct OwnerPart {
    std::string_view day;
    std::string_view owner;
    std::string_view key_hash;
    std::string_view model;
    PicodollarSum spend = 0;
    std::int64_t tokens = 0;
};
using VisitOwnerPart = std::function<void(const OwnerPart&)>;
/// Every part there is, in no order; one may come in several pieces.
Result<void> visit_owner_parts(Sql& sql, const ActivityFilter& filter, const VisitOwnerPart& visit);
/// What one customer spent in one team: no sums by day know both, so from the customer's rows.
Result<void> visit_customer_in_team(Sql& sql, const SpendDays& days, const std::string& customer,
                                    const std::string& team, const VisitOwnerPart& visit);

/// Calls of a key, kind and model, and how many of them the cache answered. The most calls first.
struct CachedCalls {
    std::string key_hash;
    std::string call_type;
    std::string model;
    std::int64_t calls = 0;
    std::int64_t failed = 0;
    std::int64_t from_cache = 0;
    std::int64_t cached_tokens = 0;     // completion tokens of those
    std::int64_t generated_tokens = 0;  // and of the others
};
Result<std::vector<CachedCalls>> sum_cached_calls(Sql& sql, const SpendDays& days);

}  // namespace tollweir
