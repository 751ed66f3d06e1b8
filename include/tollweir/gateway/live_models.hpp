#pragma once

#include "tollweir/config/stored_models.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

/// The store's models, as this process serves them. Any thread.
class LiveModels {
public:
    virtual ~LiveModels() = default;

    /// Whether the row can be served: read as it would be, but put nowhere. Errors: `bad_request`,
    /// in words for whoever sent it.
    virtual Result<void> check(const StoredModel& model) const = 0;
    /// Puts in force what the store has now, and returns when requests begin under it; later, where
    /// that takes longer than people wait. On a thread of the store's, outside a transaction.
    virtual void refresh(Sql& sql) = 0;
};

}  // namespace tollweir
