#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tollweir/core/lease_account.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

/// The accounts of some scopes, locked until the transaction ends.
struct BudgetAccounts {
    std::map<std::string, LeaseAccount, std::less<>> by_scope;  // those that the store has
    StoreTime now = 0;                                          // by its clock
};

/// Locks in the order of scopes, so that no two transactions wait for each other; whoever changes a
/// lease holds its scope's lock.
Result<BudgetAccounts> lock_accounts(Sql& sql, const std::set<std::string>& scopes);

/// Writes what differs.
Result<void> write_accounts(Sql& sql, const BudgetAccounts& before, const BudgetAccounts& after);

}  // namespace tollweir
