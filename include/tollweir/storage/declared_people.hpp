#pragma once

#include <cstddef>

#include "tollweir/config/people.hpp"
#include "tollweir/core/time_zone.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

/// Rows that were made or became others.
struct DeclaredRows {
    std::size_t users = 0;
    std::size_t teams = 0;
};

/// Puts what a configuration declares into the rows of its users and teams, as the management API
/// would. A column that the file says nothing of stays as it is, and so do members of a team whom
/// it does not name; a second time changes nothing. `zone` is where budgets begin anew. Belongs
/// into a transaction of the caller's.
Result<DeclaredRows> declare_people(Sql& sql, const People& people, const TimeZone& zone,
                                    WallTime now);

}  // namespace tollweir
