#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tollweir/core/error.hpp"
#include "tollweir/core/lease.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

// The books of budgets, in the store (docs/budgets.md): the rules are those of core/lease_account,
// the clock is the store's. Scopes are locked in their order and after every other row that a
// transaction changes, so whoever changes a key and its budget changes the key first.

/// In a transaction of its own. One grant for each request, in their order.
Result<std::vector<LeaseGrant>> exchange_leases(Sql& sql, std::string_view process,
                                                std::span<const LeaseRequest> requests);

struct BudgetBooking {
    std::string_view process;  // whose lease it uses up
    std::string_view scope;
    Period period = kUnknownPeriod;  // that it was reserved in
    PicodollarSum cost = 0;
};

/// Moves what was spent from leases to scopes. Not for scopes that the store does not have, and
/// not of periods that are over. Inside the caller's transaction, at its end.
Result<void> book_budgets(Sql& sql, std::span<const BudgetBooking> bookings);

/// The leases of a process that is gone, all of whose spend is booked. Inside the caller's
/// transaction.
Result<void> drop_leases(Sql& sql, std::string_view process);

/// Spend was set by hand (a reset, `spend` in an update). A scope that the store does not have yet
/// stays so: it begins with what its owner's row says.
Result<void> set_budget_spent(Sql& sql, std::string_view scope, PicodollarSum amount);

/// Its owner has another name: what was spent stays spent, and what was leased counts as spent,
/// since calls under way are booked on the old name, which is gone.
Result<void> move_budget(Sql& sql, std::string_view from, std::string_view to);

/// Its owner was deleted.
Result<void> drop_budget(Sql& sql, std::string_view scope);
/// The same of all its budgets: those of single models and further periods too.
Result<void> drop_budgets_of(Sql& sql, std::string_view scope);

struct BudgetBalance {
    bool is_known = false;  // else zeros: never used
    PicodollarSum spent = 0;
    PicodollarSum leased = 0;
    Period period = 0;
    StoreTime ends = kNoEnd;  // may lie in the past: the next lease begins the next period
};

/// One for each scope, in their order.
Result<std::vector<BudgetBalance>> budget_balances(Sql& sql,
                                                   const std::vector<std::string>& scopes);

}  // namespace tollweir
