#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tollweir/core/error.hpp"
#include "tollweir/core/spend_batch.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

// What the spend writer needs of the store (SpendStore in telemetry/spend_writer.hpp).

struct SpendBooksOptions {
    bool writes_logs = true;     // rows; not under disable_spend_logs
    bool writes_updates = true;  // what owners and days have spent
};

/// Applies the batch in one transaction: rows of calls, what keys, users, teams, members,
/// organizations, projects, customers and tags have spent, the sums by day, budgets, and how far
/// the files are applied. False: nothing was done, since the store has other positions. A call
/// whose row is there already counts no second time. `bad_request`: the store cannot hold a text.
Result<bool> apply_spend(Sql& sql, const SpendBatch& batch, const SpendBooksOptions& options);

/// How many bytes of each file are applied; 0: nothing.
Result<std::vector<std::uint64_t>> journal_positions(Sql& sql,
                                                     const std::vector<std::string>& files);

/// A process has ended and is applied wholly: its leases and positions go.
Result<void> finish_journals(Sql& sql, const std::string& process);

}  // namespace tollweir
