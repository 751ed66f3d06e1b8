#pragma once

#include <string>
#include <string_view>

#include "tollweir/storage/sql.hpp"

namespace tollweir {

/// Which process does what one at a time does for all, and since when: a row of tollweir_task.
struct TaskClaim {
    std::string_view task;  // spend_cleanup, key_rotation
    std::string holder;     // this process
    WallTime now;
    WallTime held_until;  // to be renewed before

    /// Takes the task for the holder: if nobody has begun it since `due`, or who did died in it.
    /// False: it is another's, or has been done.
    Result<bool> take(Sql& sql, WallTime due) const;
    /// Holds it until `held_until`. Error `conflict`: it is another's by now.
    Result<void> renew(Sql& sql) const;
    /// `all_done` false: there is more to do, so whoever looks next may begin at once.
    Result<void> end(Sql& sql, bool all_done) const;
};

/// A name for a process, told from every other's.
std::string new_task_holder();

}  // namespace tollweir
