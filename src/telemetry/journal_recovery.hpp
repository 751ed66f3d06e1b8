#pragma once

#include <cstddef>

#include "telemetry/journal_folder.hpp"
#include "tollweir/core/error.hpp"

namespace tollweir {

/// Closes what a dead process has left open, in its own journal: each open record without a close
/// gets one at its estimate, flagged `interrupted`, in a file behind the others, which is synced
/// when this returns. So what a crash interrupted is applied like all else, and once: whoever
/// adopts the folder next finds the closes there. Gives how many there were.
Result<std::size_t> close_interrupted_calls(const JournalFolder& folder);

}  // namespace tollweir
