#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "storage/store_connection.hpp"
#include "storage/waker.hpp"
#include "tollweir/core/clock.hpp"

namespace tollweir {

/// As StoreChange, owning. An empty table: everything may have changed.
struct NotedChange {
    std::string table;
    std::string id;
};

/// How far the log of changes has been read. Outlives the connection that reads it.
struct ChangePosition {
    bool begun = false;
    std::int64_t last_seq = 0;
    TimePoint last_read{};
    // Postgres: lines of transactions from this one on may still come to be seen; those in `seen`
    // were.
    std::int64_t least_open_xid = 0;
    std::set<std::int64_t> seen;
};

/// Reads the log of changes (migrations/*/0002_changes.sql) on a connection of its own.
class ChangeFeed {
public:
    virtual ~ChangeFeed() = default;
    /// Waits until there may be changes, a second at most, or until woken.
    virtual Result<void> wait(Waker& waker) = 0;
    /// What has changed since it was last read, each once.
    virtual Result<std::vector<NotedChange>> read() = 0;
    virtual Result<void> prune() = 0;
    virtual void interrupt() = 0;
    /// As StoreConnection::last_failure.
    virtual std::string last_failure() const = 0;
};

class SqliteSql;
class PostgresSql;
/// `position` outlives the feed. A position that has not begun begins now: older changes are not
/// told.
Result<std::unique_ptr<ChangeFeed>> open_change_feed(std::unique_ptr<SqliteSql> sql,
                                                     ChangePosition& position);
Result<std::unique_ptr<ChangeFeed>> open_change_feed(std::unique_ptr<PostgresSql> sql,
                                                     ChangePosition& position);

}  // namespace tollweir
