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

constexpr std::string_view kSqliteNow = "strftime('%Y-%m-%d %H:%M:%f000', 'now')";

/// What the unique index of a table is over beside owner, date, key, model and provider. Databases
/// that an older LiteLLM made lack one or both, and it must be able to go on with them.
struct Arbiter {
    bool has_tool = true;
    bool has_endpoint = true;
};

/// What LiteLLM's unique index is over, and what is added up under it; what the index lacks is
/// empty.
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
    std::string_view mcp_tool;
    std::string_view endpoint;
    Usage usage;
    std::uint64_t succeeded = 0;
    std::uint64_t failed = 0;
    PicodollarSum spend = 0;
};

using Days = std::map<DayKey, DaySums>;

MadeStatement make_upsert(const std::string& table, const std::string& owner, Arbiter arbiter) {
    auto unique = owner + ", date, api_key, model, custom_llm_provider";
    auto into = "insert into \"LiteLLM_" + table + "\" as own (id, " + unique +
                ", mcp_namespaced_tool_name, endpoint, model_group";
    if (arbiter.has_tool) unique += ", mcp_namespaced_tool_name";
    if (arbiter.has_endpoint) unique += ", endpoint";
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
    values.append(", cast(" + amount + " as integer), cast(" + amount + " as integer) / 1e12, ")
        .append(kSqliteNow)
        .append(", ")
        .append(kSqliteNow);
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

/// SQLite's tables are ours, with the whole of the unique index. Parameters as of make_upsert.
std::string make_update(const std::string& table, const std::string& owner) {
    std::string sums;
    int number = 9;
    for (const std::string count : kCounts)
        sums += count + " = " + count + " + cast($" + std::to_string(++number) + " as integer), ";
    const auto spend = add_to_spend("cast($" + std::to_string(++number) + " as integer)").sqlite;
    return "update \"LiteLLM_" + table + "\" set " + sums + spend +
           ", updated_at = " + std::string(kSqliteNow) + " where " + owner +
           " = $2 and date = $3 and api_key = $4 and model = $5 and custom_llm_provider = $6 and "
           "mcp_namespaced_tool_name = $7 and endpoint = $8";
}

/// Sums by day of one kind of owner, and the table that they go to.
class DayTable {
public:
    DayTable(std::string table, const std::string& owner)
        : table_("LiteLLM_" + table),
          update_(make_update(table, owner)),
          whole_(make_upsert(table, owner, {})),
          without_endpoint_(make_upsert(table, owner, {.has_endpoint = false})),
          without_tool_(make_upsert(table, owner, {.has_tool = false})),
          without_both_(make_upsert(table, owner, {.has_tool = false, .has_endpoint = false})) {}

    const std::string& name() const { return table_; }
    Statement update() const { return update_.c_str(); }
    const MadeStatement& upsert(Arbiter arbiter) const {
        if (arbiter.has_tool) return arbiter.has_endpoint ? whole_ : without_endpoint_;
        return arbiter.has_endpoint ? without_tool_ : without_both_;
    }

private:
    std::string table_;
    std::string update_;
    MadeStatement whole_;
    MadeStatement without_endpoint_;
    MadeStatement without_tool_;
    MadeStatement without_both_;
};

/// The narrowest unique index of each table decides what is one row: what differs only in columns
/// that it lacks is added up. SQLite's tables are ours.
Result<std::map<std::string, Arbiter>> find_arbiters(Sql& sql) {
    std::map<std::string, Arbiter> arbiters;
    if (!sql.is_postgres()) return arbiters;
    const auto rows = sql.run(
        "select t.relname, bool_or(a.attname = 'mcp_namespaced_tool_name'), "
        "bool_or(a.attname = 'endpoint') from pg_index i join pg_class t on t.oid = i.indrelid "
        "join pg_namespace n on n.oid = t.relnamespace join pg_attribute a on a.attrelid = t.oid "
        "and a.attnum = any(i.indkey) where n.nspname = current_schema() and i.indisunique and "
        "not i.indisprimary and t.relname like 'LiteLLM\\_Daily%Spend' "
        "group by i.indexrelid, t.relname having bool_or(a.attname = 'custom_llm_provider') "
        "order by count(*), i.indexrelid");
    if (!rows) return std::unexpected(rows.error());
    for (std::size_t row = 0; row < rows->size(); ++row)
        arbiters.try_emplace(
            std::string(rows->text(row, 0)),
            Arbiter{rows->boolean(row, 1).value_or(true), rows->boolean(row, 2).value_or(true)});
    return arbiters;
}

class DayCounter {
public:
    DayCounter(const DayTable& table, const std::map<std::string, Arbiter>& arbiters)
        : table_(table) {
        if (const auto found = arbiters.find(table.name()); found != arbiters.end())
            arbiter_ = found->second;
    }

    void count(std::string_view owner, const SpendRow& row, const std::string& date) {
        const std::string_view none;
        auto& sums = days_[{owner, date, row.key_hash, row.model, row.provider,
                            arbiter_.has_tool ? row.mcp_tool : none,
                            arbiter_.has_endpoint ? row.endpoint : none}];
        if (sums.model_group.empty()) sums.model_group = row.model_group;
        if (sums.mcp_tool.empty()) sums.mcp_tool = row.mcp_tool;
        if (sums.endpoint.empty()) sums.endpoint = row.endpoint;
        add(sums.usage, row.usage);
        ++(row.status == SpendStatus::success ? sums.succeeded : sums.failed);
        sums.spend += row.cost;
    }

    Result<void> write(Sql& sql) const;

private:
    const DayTable& table_;
    Arbiter arbiter_;
    Days days_;
};

Result<void> DayCounter::write(Sql& sql) const {
    RowBatch rows(17);
    for (const auto& [key, sums] : days_) {
        std::string id;
        append_uuid4(id);
        rows.add({id, key.owner, key.date, key.key_hash, key.model, key.provider, sums.mcp_tool,
                  sums.endpoint, sums.model_group, std::to_string(sums.usage.prompt_tokens),
                  std::to_string(sums.usage.completion_tokens),
                  std::to_string(sums.usage.cached_tokens),
                  std::to_string(sums.usage.cache_write_tokens),
                  std::to_string(sums.succeeded + sums.failed), std::to_string(sums.succeeded),
                  std::to_string(sums.failed), sum_text(sql, sums.spend)});
    }
    return rows.add_up(sql, table_.update(), table_.upsert(arbiter_));
}

}  // namespace

Result<void> add_spend_days(Sql& sql, SpendRows rows) {
    static const DayTable users("DailyUserSpend", "user_id");
    static const DayTable teams("DailyTeamSpend", "team_id");
    static const DayTable organizations("DailyOrganizationSpend", "organization_id");
    static const DayTable end_users("DailyEndUserSpend", "end_user_id");
    static const DayTable tags("DailyTagSpend", "tag");
    const auto arbiters = find_arbiters(sql);
    if (!arbiters) return std::unexpected(arbiters.error());
    DayCounter of_users(users, *arbiters);
    DayCounter of_teams(teams, *arbiters);
    DayCounter of_organizations(organizations, *arbiters);
    DayCounter of_end_users(end_users, *arbiters);
    DayCounter of_tags(tags, *arbiters);
    for (const auto* row : rows) {
        const auto date = sql_time(row->start).substr(0, 10);
        of_users.count(row->user_id, *row, date);
        if (!row->team_id.empty()) of_teams.count(row->team_id, *row, date);
        if (!row->organization_id.empty()) of_organizations.count(row->organization_id, *row, date);
        if (!row->end_user.empty()) of_end_users.count(row->end_user, *row, date);
        for (const auto tag : std::set<std::string_view>(row->tags.begin(), row->tags.end()))
            if (!tag.empty()) of_tags.count(tag, *row, date);
    }
    for (const auto* counter : {&of_users, &of_teams, &of_organizations, &of_end_users, &of_tags})
        if (auto done = counter->write(sql); !done) return done;
    return {};
}

}  // namespace tollweir
