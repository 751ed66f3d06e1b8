#pragma once

#include <cstddef>
#include <string_view>

#include "tollweir/storage/task_claim.hpp"

namespace tollweir {

inline constexpr std::string_view kSpendCleanup = "spend_cleanup";

/// Deletes up to `count` rows of calls that began before `before`, the oldest first, and renews the
/// claim. Gives the number deleted. Error `conflict`: the claim is another's by now.
Result<std::size_t> delete_old_spend(Sql& sql, const TaskClaim& claim, WallTime before,
                                     std::size_t count);

}  // namespace tollweir
