#pragma once

#include <cstddef>
#include <string>

#include "tollweir/storage/sql.hpp"

namespace tollweir {

/// Which process cleans, and since when.
struct CleanupClaim {
    std::string holder;
    WallTime now;
    WallTime held_until;  // to be renewed before

    /// Takes the task for the holder: if nobody has begun it since `due`, or who did died in it.
    /// False: it is another's, or has been done.
    Result<bool> take(Sql& sql, WallTime due) const;
};

/// Deletes up to `count` rows of calls that began before `before`, the oldest first, and renews the
/// claim. Gives the number deleted. Error `conflict`: the claim is another's by now.
Result<std::size_t> delete_old_spend(Sql& sql, const CleanupClaim& claim, WallTime before,
                                     std::size_t count);

/// `all_done` false: there are more to delete, so whoever looks next may begin at once.
Result<void> end_cleanup(Sql& sql, const std::string& holder, bool all_done);

}  // namespace tollweir
