#include "tollweir/limits/cell_table.hpp"

#include <functional>

namespace tollweir {
namespace {

// Long enough for counters of a minute and for a record that left a cache and comes back.
constexpr std::chrono::minutes kLinger{10};

}  // namespace

template <class Cell, class Make>
std::shared_ptr<Cell> CellTable::find(const Scope& scope, char kind, const Make& make) {
    auto key = kind + scope_key(scope);
    auto& shard = shards_[std::hash<std::string>{}(key) % kShards];
    const std::lock_guard lock(shard.mutex);
    auto& entry = shard.cells[std::move(key)];
    if (!entry.cell) entry.cell = make();
    entry.unused_since = kNever;
    return std::static_pointer_cast<Cell>(entry.cell);
}

std::shared_ptr<RateCell> CellTable::rate(LimitKind kind, const Scope& scope) {
    return find<RateCell>(scope, kind == LimitKind::requests ? 'r' : 't',
                          [&] { return std::make_shared<RateCell>(kind, scope); });
}

std::shared_ptr<SlotCell> CellTable::slots(const Scope& scope) {
    return find<SlotCell>(scope, 's', [&] { return std::make_shared<SlotCell>(scope); });
}

std::shared_ptr<BudgetCell> CellTable::budget(const Scope& scope) {
    return find<BudgetCell>(scope, 'b', [&] { return std::make_shared<BudgetCell>(scope); });
}

void CellTable::sweep(TimePoint now) {
    auto& shard = shards_[next_++ % kShards];
    const std::lock_guard lock(shard.mutex);
    for (auto item = shard.cells.begin(); item != shard.cells.end();) {
        auto& entry = item->second;
        // Only the table gives out new pointers, so with one left nobody else has any, and a
        // reservation that is open holds its cells by their count.
        if (entry.cell.use_count() > 1) {
            entry.unused_since = kNever;
        } else if (entry.unused_since == kNever) {
            entry.unused_since = now;
        } else if (now - entry.unused_since >= kLinger && entry.cell->is_idle(clock_.at(now))) {
            item = shard.cells.erase(item);
            continue;
        }
        ++item;
    }
}

std::size_t CellTable::size() const {
    std::size_t count = 0;
    for (const auto& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        count += shard.cells.size();
    }
    return count;
}

}  // namespace tollweir
