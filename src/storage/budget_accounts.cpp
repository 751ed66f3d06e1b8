#include "storage/budget_accounts.hpp"

#include "storage/row_batch.hpp"

namespace tollweir {
namespace {

const Statement kLock{
    "select scope, spent, leased, period, ends_at from tollweir_budget_scope where scope in "
    "(select value from json_each($1))",
    "select scope, spent, leased, period, ends_at from tollweir_budget_scope where scope = any($1) "
    "order by scope collate \"C\" for update"};

// A statement of its own: one that had to wait for a lock would join leases as they were before it.
const Statement kReadLeases{
    "select clock.now, scope, process, amount, period, expires_at from "
    "(select cast(strftime('%s', 'now') as integer) * 1000 + "
    "cast(substr(strftime('%f', 'now'), 4) as integer) as now) as clock "
    "left join tollweir_budget_lease on scope in (select value from json_each($1))",
    "select clock.now, scope, process, amount, period, expires_at from "
    "(select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now) as clock "
    "left join tollweir_budget_lease on scope = any($1)"};

const Statement kWriteScopes{
    "update tollweir_budget_scope set spent = cast($2 as integer), leased = cast($3 as integer), "
    "period = cast($4 as integer), ends_at = cast($5 as integer) where scope = $1",
    "update tollweir_budget_scope as own set spent = given.spent, leased = given.leased, "
    "period = given.period, ends_at = given.ends_at from unnest($1::text[], $2::numeric[], "
    "$3::numeric[], $4::bigint[], $5::bigint[]) as given (scope, spent, leased, period, ends_at) "
    "where own.scope = given.scope"};

const Statement kWriteLeases{
    "insert into tollweir_budget_lease (scope, process, amount, period, expires_at) values "
    "($1, $2, cast($3 as integer), cast($4 as integer), cast($5 as integer)) "
    "on conflict (scope, process) do update set amount = excluded.amount, period = "
    "excluded.period, expires_at = excluded.expires_at",
    "insert into tollweir_budget_lease (scope, process, amount, period, expires_at) select * from "
    "unnest($1::text[], $2::text[], $3::numeric[], $4::bigint[], $5::bigint[]) "
    "on conflict (scope, process) do update set amount = excluded.amount, period = "
    "excluded.period, expires_at = excluded.expires_at"};

const Statement kDeleteLeases{
    "delete from tollweir_budget_lease where scope = $1 and process = $2",
    "delete from tollweir_budget_lease using unnest($1::text[], $2::text[]) as gone (scope, "
    "process) where tollweir_budget_lease.scope = gone.scope and tollweir_budget_lease.process = "
    "gone.process"};

/// What changed, as rows to write.
class Changes {
public:
    explicit Changes(Sql& sql) : sql_(sql) {}

    void compare(const std::string& scope, const LeaseAccount& before, const LeaseAccount& after) {
        if (before.spent != after.spent || before.leased != after.leased ||
            before.period != after.period || before.ends != after.ends)
            scopes_.add({scope, sum_text(sql_, after.spent), sum_text(sql_, after.leased),
                         std::to_string(after.period), std::to_string(after.ends)});
        for (const auto& [process, lease] : before.leases)
            if (!after.leases.contains(process)) gone_.add({scope, process});
        for (const auto& [process, lease] : after.leases) {
            const auto old = before.leases.find(process);
            if (old != before.leases.end() && old->second == lease) continue;
            leases_.add({scope, process, sum_text(sql_, lease.amount), std::to_string(lease.period),
                         std::to_string(lease.expires)});
        }
    }

    Result<void> write() const {
        if (auto done = scopes_.run(sql_, kWriteScopes); !done)
            return std::unexpected(done.error());
        if (auto done = leases_.run(sql_, kWriteLeases); !done)
            return std::unexpected(done.error());
        if (auto done = gone_.run(sql_, kDeleteLeases); !done) return std::unexpected(done.error());
        return {};
    }

private:
    Sql& sql_;
    RowBatch scopes_{5};
    RowBatch leases_{5};
    RowBatch gone_{2};
};

}  // namespace

Result<BudgetAccounts> lock_accounts(Sql& sql, const std::set<std::string>& scopes) {
    const std::vector<std::string> names(scopes.begin(), scopes.end());
    BudgetAccounts accounts;
    const auto rows = sql.run(kLock, {SqlValue::List{names}});
    if (!rows) return std::unexpected(rows.error());
    for (std::size_t row = 0; row < rows->size(); ++row) {
        auto& account = accounts.by_scope[std::string(rows->text(row, 0))];
        account.spent = rows->sum(row, 1).value_or(0);
        account.leased = rows->sum(row, 2).value_or(0);
        account.period = rows->integer(row, 3).value_or(0);
        account.ends = rows->integer(row, 4).value_or(kNoEnd);
    }
    const auto leases = sql.run(kReadLeases, {SqlValue::List{names}});
    if (!leases) return std::unexpected(leases.error());
    for (std::size_t row = 0; row < leases->size(); ++row) {
        accounts.now = leases->integer(row, 0).value_or(0);
        const auto account = accounts.by_scope.find(leases->text(row, 1));
        if (account == accounts.by_scope.end()) continue;
        auto& lease = account->second.leases[std::string(leases->text(row, 2))];
        lease.amount = leases->sum(row, 3).value_or(0);
        lease.period = leases->integer(row, 4).value_or(0);
        lease.expires = leases->integer(row, 5).value_or(0);
    }
    return accounts;
}

Result<void> write_accounts(Sql& sql, const BudgetAccounts& before, const BudgetAccounts& after) {
    Changes changes(sql);
    for (const auto& [scope, account] : after.by_scope)
        changes.compare(scope, before.by_scope.at(scope), account);
    return changes.write();
}

}  // namespace tollweir
