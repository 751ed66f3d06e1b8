#pragma once

#include "storage/store_connection.hpp"

namespace tollweir {

/// SQLite cannot compare whole rows in a trigger: this makes the triggers of the watched tables
/// anew, over the columns that they have now. Where only spend, or when a row was used, has
/// changed, nothing is noted: else every batch of spend would drop every cached key.
Result<void> make_change_triggers(StoreConnection& sql);

}  // namespace tollweir
