#include "storage/spend_totals.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "storage/made_statement.hpp"
#include "storage/row_batch.hpp"
#include "storage/spend_columns.hpp"
#include "storage/sql_text.hpp"

namespace tollweir {
namespace {

/// Spares the triggers that tell of changes the comparison of whole rows (migration 0004).
const Statement kAddsSpend{"select 1", "select set_config('tollweir.adds_spend', 'on', true)"};

// Sorted, so that no two transactions wait for each other.
using Totals = std::map<std::string_view, PicodollarSum>;

Result<void> run(Sql& sql, const RowBatch& rows, const Statement& statement) {
    const auto done = rows.run(sql, statement);
    if (!done) return std::unexpected(done.error());
    return {};
}

std::string quoted_table(std::string_view table) {
    return "\"LiteLLM_" + std::string(table) + "\"";
}

/// `$1`: ids, `$2`: amounts. Rows are locked in the order of ids before one is changed.
MadeStatement make_update(std::string_view table, const std::string& id) {
    const auto name = quoted_table(table);
    return {"update " + name + " set " + add_to_spend("cast($2 as integer)").sqlite + " where " +
                id + " = $1",
            "with locked as materialized (select " + id + " from " + name + " where " + id +
                " = any($1::text[]) order by " + id + " for update) update " + name +
                " as own set " + add_to_spend("given.amount").postgres +
                " from unnest($1::text[], $2::numeric[]) as given (id, amount), locked where own." +
                id + " = given.id and locked." + id + " = given.id"};
}

MadeStatement make_upsert(std::string_view table, const std::string& id) {
    const auto into =
        "insert into " + quoted_table(table) + " as own (" + id + ", tollweir_spend, spend) ";
    const auto or_add = " on conflict (" + id + ") do update set ";
    const auto sums = add_to_spend("excluded.tollweir_spend");
    return {into + "values ($1, cast($2 as integer), cast($2 as integer) / 1e12)" + or_add +
                sums.sqlite,
            into +
                "select id, amount, (amount * 1e-12)::double precision from unnest($1::text[], "
                "$2::numeric[]) as given (id, amount) order by id" +
                or_add + sums.postgres};
}

Totals sums_of(SpendRows rows, std::string_view SpendRow::* id) {
    Totals totals;
    for (const auto* row : rows)
        if (const auto whose = row->*id; !whose.empty()) totals[whose] += row->cost;
    return totals;
}

Totals sums_of_tags(SpendRows rows) {
    Totals totals;
    for (const auto* row : rows)
        for (const auto tag : std::set<std::string_view>(row->tags.begin(), row->tags.end()))
            if (!tag.empty()) totals[tag] += row->cost;
    return totals;
}

Result<void> add(Sql& sql, const Totals& totals, const Statement& statement) {
    RowBatch rows(2);
    for (const auto& [id, sum] : totals) rows.add({id, sum_text(sql, sum)});
    return run(sql, rows, statement);
}

/// Keys also know when they were used last.
Result<void> add_to_keys(Sql& sql, SpendRows rows) {
    static const MadeStatement update{
        R"(update "LiteLLM_VerificationToken" set )" + add_to_spend("cast($2 as integer)").sqlite +
            ", last_active = max(coalesce(last_active, ''), $3) where token = $1",
        R"(with locked as materialized (select token from "LiteLLM_VerificationToken" where token =
           any($1::text[]) order by token for update)
           update "LiteLLM_VerificationToken" as own set )" +
            add_to_spend("given.amount").postgres +
            R"(, last_active = greatest(own.last_active, given.used::timestamp)
           from unnest($1::text[], $2::numeric[], $3::text[]) as given (id, amount, used), locked
           where own.token = given.id and locked.token = given.id)"};
    std::map<std::string_view, std::pair<PicodollarSum, WallTime>> keys;
    for (const auto* row : rows) {
        if (row->key_hash.empty()) continue;
        auto& [sum, used] = keys.try_emplace(row->key_hash, 0, row->end).first->second;
        sum += row->cost;
        used = std::max(used, row->end);
    }
    RowBatch out(3);
    for (const auto& [token, key] : keys)
        out.add({token, sum_text(sql, key.first), sql_time(key.second)});
    return run(sql, out, update);
}

using Group = std::string_view SpendRow::*;

/// `$1`: users, `$2`: what they are members of, `$3`: amounts. `sets`: what else is added to.
MadeStatement make_member_update(std::string_view table, const std::string& group,
                                 const SpendSums& sets) {
    const auto name = quoted_table(table);
    return {"update " + name + " set " + add_to_spend("cast($3 as integer)").sqlite + sets.sqlite +
                " where user_id = $1 and " + group + " = $2",
            "with given as materialized (select * from unnest($1::text[], $2::text[], "
            "$3::numeric[]) as cells (user_id, group_id, amount)), locked as materialized (select "
            "user_id, " +
                group + " from " + name + " where (user_id, " + group +
                ") in (select user_id, group_id from given) order by user_id, " + group +
                " for update) update " + name + " as own set " +
                add_to_spend("given.amount").postgres + sets.postgres +
                " from given, locked where own.user_id = given.user_id and own." + group +
                " = given.group_id and locked.user_id = given.user_id and locked." + group +
                " = given.group_id"};
}

Result<void> add_to_members(Sql& sql, SpendRows rows, Group group, const Statement& update) {
    std::map<std::pair<std::string_view, std::string_view>, PicodollarSum> members;
    for (const auto* row : rows)
        if (const auto id = row->*group; !row->user_id.empty() && !id.empty())
            members[{row->user_id, id}] += row->cost;
    RowBatch out(3);
    for (const auto& [member, sum] : members)
        out.add({member.first, member.second, sum_text(sql, sum)});
    return run(sql, out, update);
}

Result<void> add_to_team_members(Sql& sql, SpendRows rows) {
    // LiteLLM has a sum there that no reset touches.
    static const MadeStatement update = make_member_update(
        "TeamMembership", "team_id",
        {", total_spend = total_spend + cast($3 as integer) / 1e12",
         ", total_spend = own.total_spend + (given.amount * 1e-12)::double precision"});
    return add_to_members(sql, rows, &SpendRow::team_id, update);
}

Result<void> add_to_organization_members(Sql& sql, SpendRows rows) {
    static const MadeStatement update =
        make_member_update("OrganizationMembership", "organization_id", {});
    return add_to_members(sql, rows, &SpendRow::organization_id, update);
}

}  // namespace

Result<void> add_spend_totals(Sql& sql, SpendRows rows) {
    static const MadeStatement users = make_update("UserTable", "user_id");
    static const MadeStatement teams = make_update("TeamTable", "team_id");
    static const MadeStatement organizations = make_update("OrganizationTable", "organization_id");
    static const MadeStatement projects = make_update("ProjectTable", "project_id");
    static const MadeStatement end_users = make_upsert("EndUserTable", "user_id");
    static const MadeStatement tags = make_upsert("TagTable", "tag_name");
    if (auto done = sql.run(kAddsSpend); !done) return std::unexpected(done.error());
    if (auto done = add_to_keys(sql, rows); !done) return done;
    if (auto done = add(sql, sums_of(rows, &SpendRow::user_id), users); !done) return done;
    if (auto done = add(sql, sums_of(rows, &SpendRow::team_id), teams); !done) return done;
    if (auto done = add_to_team_members(sql, rows); !done) return done;
    if (auto done = add(sql, sums_of(rows, &SpendRow::organization_id), organizations); !done)
        return done;
    if (auto done = add_to_organization_members(sql, rows); !done) return done;
    if (auto done = add(sql, sums_of(rows, &SpendRow::project_id), projects); !done) return done;
    if (auto done = add(sql, sums_of(rows, &SpendRow::end_user), end_users); !done) return done;
    return add(sql, sums_of_tags(rows), tags);
}

}  // namespace tollweir
