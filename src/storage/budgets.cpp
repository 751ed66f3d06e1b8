#include "tollweir/storage/budgets.hpp"

#include <map>
#include <set>

#include "storage/budget_accounts.hpp"
#include "storage/row_batch.hpp"

namespace tollweir {
namespace {

constexpr int kAttempts = 3;  // a scope that was just made may be deleted meanwhile

const Statement kAddScopes{
    "insert into tollweir_budget_scope (scope, spent, ends_at) values ($1, cast($2 as integer), "
    "cast($3 as integer)) on conflict (scope) do nothing",
    "insert into tollweir_budget_scope (scope, spent, ends_at) select * from unnest($1::text[], "
    "$2::numeric[], $3::bigint[]) as given (scope, spent, ends_at) order by scope collate \"C\" "
    "on conflict (scope) do nothing"};
constexpr const char* kScopesOf = "select scope from tollweir_budget_lease where process = $1";
constexpr const char* kSetSpent = "update tollweir_budget_scope set spent = $2 where scope = $1";
constexpr const char* kDeleteScope = "delete from tollweir_budget_scope where scope = $1";
constexpr const char* kCopyScope =
    "insert into tollweir_budget_scope (scope, spent, leased, period, ends_at) "
    "select $2, spent + leased, 0, period, ends_at from tollweir_budget_scope where scope = $1 "
    "on conflict (scope) do nothing";
constexpr const char* kDeleteItsLeases = "delete from tollweir_budget_lease where scope = $1";
const Statement kBalances{
    "select scope, spent, leased, period, ends_at from tollweir_budget_scope where scope in "
    "(select value from json_each($1))",
    "select scope, spent, leased, period, ends_at from tollweir_budget_scope where scope = "
    "any($1)"};

std::set<std::string> scopes_of(std::span<const LeaseRequest> requests) {
    std::set<std::string> scopes;
    for (const auto& request : requests) scopes.insert(request.scope);
    return scopes;
}

Result<void> ignoring_rows(const Result<SqlRows>& rows) {
    if (!rows) return std::unexpected(rows.error());
    return {};
}

/// Not in the transaction that locks: one that held some scopes and made others could wait for one
/// that waits for it.
Result<void> add_scopes(Sql& sql, std::span<const LeaseRequest> requests) {
    std::map<std::string_view, LeaseAccount> accounts;
    for (const auto& request : requests) accounts.try_emplace(request.scope, new_account(request));
    RowBatch rows(3);
    for (const auto& [scope, account] : accounts)
        rows.add({scope, sum_text(sql, account.spent), std::to_string(account.ends)});
    if (auto done = rows.run(sql, kAddScopes); !done) return std::unexpected(done.error());
    return {};
}

}  // namespace

Result<std::vector<LeaseGrant>> exchange_leases(Sql& sql, std::string_view process,
                                                std::span<const LeaseRequest> requests) {
    const auto scopes = scopes_of(requests);
    std::vector<LeaseGrant> grants;
    if (requests.empty()) return grants;
    for (int attempt = 1; attempt <= kAttempts; ++attempt) {
        grants.clear();
        auto done = sql.transaction([&](Sql& in) -> Result<void> {
            grants.clear();
            const auto before = lock_accounts(in, scopes);
            if (!before) return std::unexpected(before.error());
            if (before->by_scope.size() < scopes.size()) return {};
            auto after = *before;
            for (const auto& request : requests) {
                auto& account = after.by_scope.find(request.scope)->second;
                grants.push_back(exchange_lease(account, process, request, after.now));
            }
            return write_accounts(in, *before, after);
        });
        if (!done) return std::unexpected(done.error());
        if (!grants.empty()) return grants;
        if (auto added = add_scopes(sql, requests); !added) return std::unexpected(added.error());
    }
    return fail(ErrorKind::unavailable, "a budget is being deleted", ErrorSource::gateway);
}

Result<void> book_budgets(Sql& sql, std::span<const BudgetBooking> bookings) {
    if (bookings.empty()) return {};
    std::set<std::string> scopes;
    for (const auto& booking : bookings) scopes.emplace(booking.scope);
    const auto before = lock_accounts(sql, scopes);
    if (!before) return std::unexpected(before.error());
    auto after = *before;
    for (const auto& booking : bookings) {
        const auto account = after.by_scope.find(booking.scope);
        if (account != after.by_scope.end())
            book_spent(account->second, booking.process, booking.period, booking.cost);
    }
    return write_accounts(sql, *before, after);
}

Result<void> drop_leases(Sql& sql, std::string_view process) {
    const auto rows = sql.run(kScopesOf, {process});
    if (!rows) return std::unexpected(rows.error());
    std::set<std::string> scopes;
    for (std::size_t row = 0; row < rows->size(); ++row) scopes.emplace(rows->text(row, 0));
    if (scopes.empty()) return {};
    const auto before = lock_accounts(sql, scopes);
    if (!before) return std::unexpected(before.error());
    auto after = *before;
    for (auto& [scope, account] : after.by_scope) drop_lease(account, process);
    return write_accounts(sql, *before, after);
}

Result<void> set_budget_spent(Sql& sql, std::string_view scope, PicodollarSum amount) {
    return ignoring_rows(sql.run(kSetSpent, {scope, SqlValue::Sum{amount}}));
}

Result<void> move_budget(Sql& sql, std::string_view from, std::string_view to) {
    if (auto done = ignoring_rows(sql.run(kCopyScope, {from, to})); !done) return done;
    return drop_budget(sql, from);
}

Result<void> drop_budget(Sql& sql, std::string_view scope) {
    // The scope first: who changes a lease holds its scope's lock.
    if (auto done = ignoring_rows(sql.run(kDeleteScope, {scope})); !done) return done;
    return ignoring_rows(sql.run(kDeleteItsLeases, {scope}));
}

Result<void> drop_budgets_of(Sql& sql, std::string_view scope) {
    const auto further = std::string(scope) + ":";
    const auto found = sql.run(
        "select scope from tollweir_budget_scope where scope = $1 or "
        "substr(scope, 1, length($2)) = $2 order by scope",
        {scope, further});
    if (!found) return std::unexpected(found.error());
    for (std::size_t row = 0; row < found->size(); ++row)
        if (auto dropped = drop_budget(sql, found->text(row, 0)); !dropped) return dropped;
    return {};
}

Result<std::vector<BudgetBalance>> budget_balances(Sql& sql,
                                                   const std::vector<std::string>& scopes) {
    const auto rows = sql.run(kBalances, {SqlValue::List{scopes}});
    if (!rows) return std::unexpected(rows.error());
    std::map<std::string_view, BudgetBalance> found;
    for (std::size_t row = 0; row < rows->size(); ++row)
        found[rows->text(row, 0)] = {.is_known = true,
                                     .spent = rows->sum(row, 1).value_or(0),
                                     .leased = rows->sum(row, 2).value_or(0),
                                     .period = rows->integer(row, 3).value_or(0),
                                     .ends = rows->integer(row, 4).value_or(kNoEnd)};
    std::vector<BudgetBalance> balances;
    for (const auto& scope : scopes) balances.push_back(found[scope]);
    return balances;
}

}  // namespace tollweir
