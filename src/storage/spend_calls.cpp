#include "storage/spend_calls.hpp"

#include <map>

#include "storage/row_batch.hpp"
#include "storage/sql_text.hpp"

namespace tollweir {
namespace {

struct CallKey {
    std::string date;
    std::string_view user_id;
    std::string_view key_hash;
    std::string_view call_type;
    std::string_view model;

    friend auto operator<=>(const CallKey&, const CallKey&) = default;
};

struct CallSums {
    std::uint64_t calls = 0;
    std::uint64_t failed = 0;
    std::uint64_t from_cache = 0;
    std::uint64_t cached_tokens = 0;
    std::uint64_t generated_tokens = 0;
};

const Statement kAdd{
    "insert into tollweir_daily_calls as own (date, user_id, api_key, call_type, model, calls, "
    "failed, from_cache, cached_tokens, generated_tokens) values ($1, $2, $3, $4, $5, "
    "cast($6 as integer), cast($7 as integer), cast($8 as integer), cast($9 as integer), "
    "cast($10 as integer)) on conflict (date, user_id, api_key, call_type, model) do update set "
    "calls = own.calls + excluded.calls, failed = own.failed + excluded.failed, "
    "from_cache = own.from_cache + excluded.from_cache, "
    "cached_tokens = own.cached_tokens + excluded.cached_tokens, "
    "generated_tokens = own.generated_tokens + excluded.generated_tokens",
    "insert into tollweir_daily_calls as own (date, user_id, api_key, call_type, model, calls, "
    "failed, from_cache, cached_tokens, generated_tokens) select * from unnest($1::text[], "
    "$2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], "
    "$9::bigint[], $10::bigint[]) as given (date, user_id, api_key, call_type, model, calls, "
    "failed, from_cache, cached_tokens, generated_tokens) "
    "order by date, user_id, api_key, call_type, model "
    "on conflict (date, user_id, api_key, call_type, model) do update set "
    "calls = own.calls + excluded.calls, failed = own.failed + excluded.failed, "
    "from_cache = own.from_cache + excluded.from_cache, "
    "cached_tokens = own.cached_tokens + excluded.cached_tokens, "
    "generated_tokens = own.generated_tokens + excluded.generated_tokens"};

constexpr const char* kAddToKnown =
    "update tollweir_daily_calls set calls = calls + cast($6 as integer), "
    "failed = failed + cast($7 as integer), from_cache = from_cache + cast($8 as integer), "
    "cached_tokens = cached_tokens + cast($9 as integer), "
    "generated_tokens = generated_tokens + cast($10 as integer) where date = $1 and "
    "user_id = $2 and api_key = $3 and call_type = $4 and model = $5";

}  // namespace

Result<void> add_spend_calls(Sql& sql, SpendRows rows) {
    std::map<CallKey, CallSums> days;
    for (const auto* row : rows) {
        auto& sums = days[{sql_time(row->start).substr(0, 10), row->user_id, row->key_hash,
                           row->call_type, row->model}];
        ++sums.calls;
        if (row->status == SpendStatus::failure) ++sums.failed;
        if (row->cache_hit) ++sums.from_cache;
        (row->cache_hit ? sums.cached_tokens : sums.generated_tokens) +=
            row->usage.completion_tokens;
    }
    RowBatch batch(10);
    for (const auto& [key, sums] : days)
        batch.add({key.date, key.user_id, key.key_hash, key.call_type, key.model,
                   std::to_string(sums.calls), std::to_string(sums.failed),
                   std::to_string(sums.from_cache), std::to_string(sums.cached_tokens),
                   std::to_string(sums.generated_tokens)});
    return batch.add_up(sql, kAddToKnown, kAdd);
}

}  // namespace tollweir
