#include "storage/spend_days.hpp"

#include <map>
#include <set>
#include <tuple>

#include "storage/made_statement.hpp"
#include "storage/row_batch.hpp"
#include "storage/spend_columns.hpp"
#include "storage/sql_text.hpp"
#include "tollweir/core/ids.hpp"

namespace tollweir {
namespace {

constexpr const char* kCounts[] = {"prompt_tokens",
                                   "completion_tokens",
                                   "cache_read_input_tokens",
                                   "cache_creation_input_tokens",
                                   "api_requests",
                                   "successful_requests",
                                   "failed_requests"};

/// What LiteLLM's unique index is over, and what is added up under it.
struct DayKey {
    std::string_view owner;
    std::string date;
    std::string_view key_hash;
    std::string_view model;
    std::string_view provider;
    std::string_view mcp_tool;
    std::string_view endpoint;

    friend auto operator<=>(const DayKey&, const DayKey&) = default;
};

struct DaySums {
    std::string_view model_group;
    Usage usage;
    std::uint64_t succeeded = 0;
    std::uint64_t failed = 0;
    PicodollarSum spend = 0;
};

using Days = std::map<DayKey, DaySums>;

MadeStatement make_upsert(const std::string& table, const std::string& owner) {
    const auto unique = owner +
                        ", date, api_key, model, custom_llm_provider, mcp_namespaced_tool_name, "
                        "endpoint";
    auto into = "insert into \"LiteLLM_" + table + "\" as own (id, " + unique + ", model_group";
    std::string values = "$1, $2, $3, $4, $5, $6, $7, $8, $9";
    std::string arrays = "$1::text[]";
    for (int i = 2; i <= 9; ++i) arrays += ", $" + std::to_string(i) + "::text[]";
    std::string cells = "id, owner, date, api_key, model, provider, tool, endpoint, model_group";
    std::string sums;
    int number = 9;
    for (const std::string count : kCounts) {
        const auto parameter = "$" + std::to_string(++number);
        into += ", " + count;
        values += ", cast(" + parameter + " as integer)";
        arrays += ", " + parameter + "::bigint[]";
        cells += ", " + count;
        sums += count + " = own." + count + " + excluded." + count + ", ";
    }
    const auto amount = "$" + std::to_string(++number);
    into += ", tollweir_spend, spend, created_at, updated_at) ";
    // Prisma's tables have no default for updated_at.
    const std::string sqlite_now = "strftime('%Y-%m-%d %H:%M:%f000', 'now')";
    values += ", cast(" + amount + " as integer), cast(" + amount + " as integer) / 1e12, " +
              sqlite_now + ", " + sqlite_now;
    const auto or_add = " on conflict (" + unique + ") do update set " + sums;
    const auto spend = add_to_spend("excluded.tollweir_spend");
    return {into + "values (" + values + ")" + or_add + spend.sqlite +
                ", updated_at = excluded.updated_at",
            into + "select " + cells +
                ", amount, (amount * 1e-12)::double precision, current_timestamp, "
                "current_timestamp from unnest(" +
                arrays + ", " + amount + "::numeric[]) as given (" + cells +
                ", amount) order by owner, date, api_key, model, provider, tool, endpoint" +
                or_add + spend.postgres + ", updated_at = excluded.updated_at"};
}

void count(Days& days, std::string_view owner, const SpendRow& row, const std::string& date) {
    auto& sums =
        days[{owner, date, row.key_hash, row.model, row.provider, row.mcp_tool, row.endpoint}];
    if (sums.model_group.empty()) sums.model_group = row.model_group;
    add(sums.usage, row.usage);
    ++(row.status == SpendStatus::success ? sums.succeeded : sums.failed);
    sums.spend += row.cost;
}

Result<void> write(Sql& sql, const Days& days, const Statement& upsert) {
    RowBatch rows(17);
    for (const auto& [key, sums] : days) {
        std::string id;
        append_uuid4(id);
        rows.add({id, key.owner, key.date, key.key_hash, key.model, key.provider, key.mcp_tool,
                  key.endpoint, sums.model_group, std::to_string(sums.usage.prompt_tokens),
                  std::to_string(sums.usage.completion_tokens),
                  std::to_string(sums.usage.cached_tokens),
                  std::to_string(sums.usage.cache_write_tokens),
                  std::to_string(sums.succeeded + sums.failed), std::to_string(sums.succeeded),
                  std::to_string(sums.failed), sum_text(sql, sums.spend)});
    }
    const auto done = rows.run(sql, upsert);
    if (!done) return std::unexpected(done.error());
    return {};
}

}  // namespace

Result<void> add_spend_days(Sql& sql, SpendRows rows) {
    static const MadeStatement users = make_upsert("DailyUserSpend", "user_id");
    static const MadeStatement teams = make_upsert("DailyTeamSpend", "team_id");
    static const MadeStatement organizations =
        make_upsert("DailyOrganizationSpend", "organization_id");
    static const MadeStatement end_users = make_upsert("DailyEndUserSpend", "end_user_id");
    static const MadeStatement tags = make_upsert("DailyTagSpend", "tag");
    Days of_users;
    Days of_teams;
    Days of_organizations;
    Days of_end_users;
    Days of_tags;
    for (const auto* row : rows) {
        const auto date = sql_time(row->start).substr(0, 10);
        count(of_users, row->user_id, *row, date);
        if (!row->team_id.empty()) count(of_teams, row->team_id, *row, date);
        if (!row->organization_id.empty())
            count(of_organizations, row->organization_id, *row, date);
        if (!row->end_user.empty()) count(of_end_users, row->end_user, *row, date);
        for (const auto tag : std::set<std::string_view>(row->tags.begin(), row->tags.end()))
            if (!tag.empty()) count(of_tags, tag, *row, date);
    }
    if (auto done = write(sql, of_users, users); !done) return done;
    if (auto done = write(sql, of_teams, teams); !done) return done;
    if (auto done = write(sql, of_organizations, organizations); !done) return done;
    if (auto done = write(sql, of_end_users, end_users); !done) return done;
    return write(sql, of_tags, tags);
}

}  // namespace tollweir
