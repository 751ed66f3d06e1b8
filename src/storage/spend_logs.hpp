#pragma once

#include <vector>

#include "storage/spend_entries.hpp"
#include "tollweir/core/spend_batch.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

/// What of a batch must be known before its rows are written.
struct SpendRowsToWrite {
    std::vector<const SpendRow*> rows;  // that the store does not have
    // One a row: the upstream's response id, else the call id, while no other row has it (also of
    // this batch); else its record id, since upstreams and clients may repeat theirs.
    std::vector<std::string> request_ids;
};

Result<SpendRowsToWrite> find_new_rows(Sql& sql, const SpendBatch& batch);

/// Into LiteLLM_SpendLogs.
Result<void> insert_spend_logs(Sql& sql, const SpendRowsToWrite& rows);

}  // namespace tollweir
