#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "tollweir/core/charge.hpp"

namespace tollweir {

/// Every cell there is, by scope and kind: so a record that replaces another finds the same cells
/// with their counters. Asked when records are bound, never by a request on its way. Sharded
/// mutexes, held for a look-up. Any thread.
class CellTable {
public:
    explicit CellTable(RateClock clock) : clock_(clock) {}

    std::shared_ptr<RateCell> rate(LimitKind kind, const Scope& scope);
    std::shared_ptr<SlotCell> slots(const Scope& scope);
    std::shared_ptr<BudgetCell> budget(const Scope& scope);

    /// Drops the cells of a part of the table that no record has pointed at for ten minutes and
    /// that nothing would be lost with. Called again and again, it comes round to all.
    void sweep(TimePoint now);

    std::size_t size() const;

private:
    static constexpr std::size_t kShards = 64;

    struct Entry {
        std::shared_ptr<LimitCell> cell;
        TimePoint unused_since = kNever;  // as sweeps have seen it
    };
    struct Shard {
        mutable std::mutex mutex;
        std::unordered_map<std::string, Entry> cells;
    };

    template <class Cell, class Make>
    std::shared_ptr<Cell> find(const Scope& scope, char kind, const Make& make);

    const RateClock clock_;
    std::array<Shard, kShards> shards_;
    std::size_t next_ = 0;  // of sweep's thread
};

}  // namespace tollweir
