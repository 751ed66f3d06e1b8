#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/core/clock.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/core/money.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

// Where the money went, read from spend rows and, where sums suffice, from the daily roll-ups,
// which stay when rows are deleted. JSON texts are made here, on the store's threads.

/// Whose spend may be seen.
struct SpendViewer {
    bool sees_all = false;
    std::string user_id{};   // else what this user's keys spent
    std::string key_hash{};  // or, without a user, this key
};

/// Where a list of rows goes on, however many came before: rows that are older than this one.
struct SpendPlace {
    WallTime start{};
    std::string request_id{};
};

/// Which rows; what is empty does not narrow.
struct SpendFilter {
    SpendViewer viewer{};
    std::string key_hash{};
    std::string user_id{};
    std::string request_id{};  // the row's, the client's call id or the upstream's response id
    std::string team_id{};
    std::string model{};
    std::string key_alias{};
    std::string end_user{};
    std::string session_id{};
    std::string status{};                // `success` or `failure`
    std::optional<WallTime> from{};      // began then or later
    std::optional<WallTime> before{};    // began before
    std::optional<Picodollars> least{};  // cost
    std::optional<Picodollars> most{};
    std::optional<SpendPlace> after{};
};

/// A JSON array, newest first. Prompts and answers are left out of it: show_spend_texts.
Result<std::string> list_spend_rows(Sql& sql, const SpendFilter& filter, std::size_t offset,
                                    std::size_t count);
struct SpendRowPage {
    std::string json;  // as list_spend_rows gives it
    std::optional<SpendPlace>
        last;  // what a further page begins after; nothing: there is no row more
};
Result<SpendRowPage> page_spend_rows(Sql& sql, const SpendFilter& filter, std::size_t offset,
                                     std::size_t count);
struct SpendRowCount {
    std::int64_t rows = 0;
    bool is_exact = true;  // else there are at least as many
};
/// Looks at the newest ten thousand rows at most, so that it takes the same time however many there
/// are.
Result<SpendRowCount> count_spend_rows(Sql& sql, const SpendFilter& filter);
/// What was kept of the call's prompt and answer, as a JSON object. Error: `not_found`.
Result<std::string> show_spend_texts(Sql& sql, const SpendViewer& viewer,
                                     const std::string& request_id);

/// Which days, both included: `2026-11-20`, UTC. Empty: no end.
struct SpendDays {
    SpendViewer viewer{};
    std::string key_hash{};
    std::string user_id{};
    std::string first{};
    std::string last{};
};

/// A part of what was spent on a day, by who spent it or by what it was spent on. Its texts hold
/// during the call.
struct KeyDaySpend {
    std::string_view day;
    std::string_view key_hash;
    std::string_view user_id;
    PicodollarSum spend = 0;
};
struct ModelDaySpend {
    std::string_view day;
    std::string_view model;
    PicodollarSum spend = 0;
};
struct DaySpendVisitor {
    std::function<void(const KeyDaySpend&)> of_key;
    std::function<void(const ModelDaySpend&)> of_model;
};
/// Every part there is, in no order: those of keys add up to the day, and so do those of models.
Result<void> visit_daily_spend(Sql& sql, const SpendDays& days, const DaySpendVisitor& visit);

enum class SpendGroup : std::uint8_t { day, key, model, provider };
struct SpendSum {
    std::string name;  // of the group's member
    PicodollarSum spend = 0;
    std::int64_t calls = 0;
};
/// Days in their order, others by spend, the most first.
Result<std::vector<SpendSum>> sum_spend(Sql& sql, const SpendDays& days, SpendGroup group,
                                        std::size_t count);
Result<std::vector<SpendSum>> sum_tag_spend(Sql& sql, const SpendDays& days, std::size_t count);

/// What is shown of a key beside its hash; empty for one that is gone.
struct KeyLabel {
    std::string alias;
    std::string name;
    std::string team_id;
};
/// By their hashes.
using KeyLabels = std::map<std::string, KeyLabel, std::less<>>;
Result<KeyLabels> key_labels(Sql& sql, const std::vector<std::string>& hashes);

/// JSON arrays of the rows, the most spend first.
Result<std::string> list_keys_by_spend(Sql& sql, const SpendViewer& viewer, std::size_t count);
Result<std::string> list_users_by_spend(Sql& sql, const SpendViewer& viewer,
                                        const std::string& user_id, std::size_t count);

}  // namespace tollweir
