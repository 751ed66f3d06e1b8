#include "storage/daily_sums.hpp"

#include <array>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <thread>

#include "storage/row_batch.hpp"
#include "storage/shown_columns.hpp"
#include "storage/sql_text.hpp"

namespace tollweir {
namespace {

using namespace std::chrono_literals;

// Between two days, on a thread that does nothing else: SQLite gives its one write lock to whoever
// asks first, and those who wait for it look again in steps, so each day leaves them a gap.
constexpr auto kPause = 20ms;

constexpr const char* kSince = "select since from tollweir_daily_sums";
const Statement kSinceLocked{kSince, "select since from tollweir_daily_sums for update"};
constexpr const char* kNextDay =
    "select max(day) from (select max(date) as day from \"LiteLLM_DailyUserSpend\" where date < $1 "
    "union all select max(date) from \"LiteLLM_DailyTeamSpend\" where date < $1 "
    "union all select max(date) from \"LiteLLM_DailyTagSpend\" where date < $1 "
    "union all select max(date) from \"LiteLLM_DailyEndUserSpend\" where date < $1) as days";
// A trigger that has changed one of them ends first, one that comes later adds to what is filled
// in. In the order in which a batch takes them, which is that of its triggers' names.
const Statement kLock{"select 1",
                      "lock table tollweir_daily_keys, tollweir_daily_models, "
                      "tollweir_daily_owners in share row exclusive mode"};

struct Filled {
    std::string_view table;
    std::string_view columns;
    std::string_view from;       // LiteLLM's sums
    std::string_view cells;      // what one sum is of
    std::string_view sums;       // beside the spend
    std::string_view part = {};  // a condition, where the table holds other sums too
};
constexpr Filled kFilled[] = {
    {"tollweir_daily_models",
     "date, model, provider, spend, prompt_tokens, completion_tokens, api_requests", "User",
     "date, coalesce(model, ''), coalesce(custom_llm_provider, '')",
     ", sum(prompt_tokens), sum(completion_tokens), sum(api_requests)"},
    {"tollweir_daily_keys", "date, api_key, user_id, spend, api_requests", "User",
     "date, api_key, coalesce(user_id, '')", ", sum(api_requests)"},
    {"tollweir_daily_owners", "kind, date, owner, spend, api_requests", "Team",
     "'team', date, coalesce(team_id, '')", ", sum(api_requests)", " and kind = 'team'"},
    {"tollweir_daily_owners", "kind, date, owner, spend, api_requests", "Tag",
     "'tag', date, coalesce(tag, '')", ", sum(api_requests)", " and kind = 'tag'"},
    {"tollweir_daily_owners", "kind, date, owner, spend, api_requests", "EndUser",
     "'end_user', date, coalesce(end_user_id, '')", ", sum(api_requests)",
     " and kind = 'end_user'"},
};

// Of SQLite: sums are held at the end of the integers.
constexpr const char* kAddToModel =
    "update tollweir_daily_models set spend = spend + min(cast($4 as integer), 9223372036854775807 "
    "- "
    "spend), prompt_tokens = prompt_tokens + cast($5 as integer), completion_tokens = "
    "completion_tokens + cast($6 as integer), api_requests = api_requests + cast($7 as integer) "
    "where date = $1 and model = $2 and provider = $3";
constexpr const char* kNewModel =
    "insert into tollweir_daily_models values ($1, $2, $3, cast($4 as integer), cast($5 as "
    "integer), "
    "cast($6 as integer), cast($7 as integer))";
constexpr const char* kAddToKey =
    "update tollweir_daily_keys set spend = spend + min(cast($4 as integer), 9223372036854775807 - "
    "spend), api_requests = api_requests + cast($5 as integer) where date = $1 and api_key = $2 "
    "and "
    "user_id = $3";
constexpr const char* kNewKey =
    "insert into tollweir_daily_keys values ($1, $2, $3, cast($4 as integer), cast($5 as integer))";
constexpr const char* kAddToOwner =
    "update tollweir_daily_owners set spend = spend + min(cast($4 as integer), 9223372036854775807 "
    "- "
    "spend), api_requests = api_requests + cast($5 as integer) where kind = $1 and date = $2 and "
    "owner = $3";
constexpr const char* kNewOwner =
    "insert into tollweir_daily_owners values ($1, $2, $3, cast($4 as integer), cast($5 as "
    "integer))";

struct Sums {
    PicodollarSum spend = 0;
    std::uint64_t prompt_tokens = 0;
    std::uint64_t completion_tokens = 0;
    std::uint64_t calls = 0;

    void add(const SpendRow& row) {
        spend += row.cost;
        prompt_tokens += row.usage.prompt_tokens;
        completion_tokens += row.usage.completion_tokens;
        ++calls;
    }
};
using SumsOf = std::map<std::array<std::string_view, 3>, Sums>;

RowBatch spend_of(const Sql& sql, const SumsOf& all) {
    RowBatch rows(5);
    for (const auto& [of, sums] : all)
        rows.add({of[0], of[1], of[2], sum_text(sql, sums.spend), std::to_string(sums.calls)});
    return rows;
}

RowBatch use_of(const Sql& sql, const SumsOf& all) {
    RowBatch rows(7);
    for (const auto& [of, sums] : all)
        rows.add({of[0], of[1], of[2], sum_text(sql, sums.spend),
                  std::to_string(sums.prompt_tokens), std::to_string(sums.completion_tokens),
                  std::to_string(sums.calls)});
    return rows;
}

Result<void> run(Sql& sql, std::string text, std::string_view day) {
    const auto done = sql.run(Statement(std::move(text)), {day});
    if (!done) return std::unexpected(done.error());
    return {};
}

Result<void> fill_day(Sql& sql, std::string_view day) {
    for (const auto& [table, columns, from, cells, sums, part] : kFilled) {
        std::string text = "delete from ";
        text.append(table).append(" where date = $1").append(part);
        if (auto done = run(sql, std::move(text), day); !done) return done;
        text = "insert into ";
        text.append(table).append(" (").append(columns).append(") select ").append(cells);
        text.append(", sum(").append(exact_spend(sql.dialect())).append(")").append(sums);
        text.append(" from \"LiteLLM_Daily").append(from).append("Spend\" where date = $1 ");
        text.append("group by 1, 2, 3");
        if (auto done = run(sql, std::move(text), day); !done) return done;
    }
    return {};
}

/// The latest day that is not filled in. True: all are.
Result<bool> fill_next_day(Sql& sql) {
    const auto since = sql.run(kSinceLocked);
    if (!since) return std::unexpected(since.error());
    if (since->empty() || since->text(0, 0).empty()) return true;
    if (const auto locked = sql.run(kLock); !locked) return std::unexpected(locked.error());
    const auto next = sql.run(kNextDay, {since->text(0, 0)});
    if (!next) return std::unexpected(next.error());
    const bool is_last = next->is_null(0, 0);
    const std::string day(next->text(0, 0));
    if (!is_last)
        if (auto filled = fill_day(sql, day); !filled) return std::unexpected(filled.error());
    const auto noted = sql.run("update tollweir_daily_sums set since = $1", {day});
    if (!noted) return std::unexpected(noted.error());
    return is_last;
}

}  // namespace

Result<void> add_daily_sums(Sql& sql, SpendRows rows) {
    if (sql.is_postgres()) return {};
    SumsOf models;
    SumsOf keys;
    SumsOf owners;
    std::set<std::string, std::less<>> dates;
    for (const auto* row : rows) {
        const std::string_view date = *dates.insert(sql_time(row->start).substr(0, 10)).first;
        models[{date, row->model, row->provider}].add(*row);
        keys[{date, row->key_hash, row->user_id}].add(*row);
        if (!row->team_id.empty()) owners[{"team", date, row->team_id}].add(*row);
        if (!row->end_user.empty()) owners[{"end_user", date, row->end_user}].add(*row);
        for (const auto tag : std::set<std::string_view>(row->tags.begin(), row->tags.end()))
            if (!tag.empty()) owners[{"tag", date, tag}].add(*row);
    }
    if (auto done = use_of(sql, models).add_up(sql, kAddToModel, kNewModel); !done) return done;
    if (auto done = spend_of(sql, keys).add_up(sql, kAddToKey, kNewKey); !done) return done;
    return spend_of(sql, owners).add_up(sql, kAddToOwner, kNewOwner);
}

Result<bool> have_daily_sums(Sql& sql, std::string_view first) {
    const auto since = sql.run(kSince);
    if (!since) return std::unexpected(since.error());
    return !since->empty() && since->text(0, 0) <= first;
}

Result<bool> daily_sums_answer(Sql& sql, const SpendDays& days) {
    if (!days.viewer.sees_all || !days.key_hash.empty() || !days.user_id.empty()) return false;
    return have_daily_sums(sql, days.first);
}

Result<bool> fill_daily_sums(StoreConnection& sql, const std::atomic<bool>& stopping) {
    for (;;) {
        bool is_full = false;
        const auto done = sql.transaction([&](Sql& in) -> Result<void> {
            const auto filled = fill_next_day(in);
            if (!filled) return std::unexpected(filled.error());
            is_full = *filled;
            return {};
        });
        if (!done) return std::unexpected(done.error());
        if (is_full) return true;
        if (stopping) return false;
        std::this_thread::sleep_for(kPause);
    }
}

}  // namespace tollweir
