#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "tollweir/telemetry/spend_writer.hpp"

namespace tollweir {

/// A store in memory that can be away, lose answers or refuse rows.
class FakeSpendStore {
public:
    struct Row {
        std::string call_id;
        std::string end_user;
        std::string key_hash;
        Picodollars cost = 0;
        bool interrupted = false;
    };

    SpendStore calls() {
        return {[this](const SpendBatch& batch) { return apply(batch); },
                [this](const std::vector<std::string>& ids) { return find(ids); },
                [this](const std::string& process) { return finish(process); }};
    }

    // What goes wrong; called with the lock held.
    std::function<bool()> is_away = [] { return false; };
    std::function<bool()> loses_answer = [] { return false; };
    std::function<bool(const SpendRow&)> refuses = [](const SpendRow&) { return false; };

    std::map<std::string, Row> rows() const {
        const std::lock_guard lock(mutex_);
        return rows_;
    }
    Picodollars total() const {
        const std::lock_guard lock(mutex_);
        return total_;
    }
    std::map<std::string, std::uint64_t> positions() const {
        const std::lock_guard lock(mutex_);
        return positions_;
    }
    std::vector<std::string> finished() const {
        const std::lock_guard lock(mutex_);
        return finished_;
    }
    void set_away(bool away) {
        const std::lock_guard lock(mutex_);
        is_away = [away] { return away; };
    }
    void await_rows(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return rows_.size() >= count; });
    }
    void await_finished(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return finished_.size() >= count; });
    }

private:
    Result<bool> apply(const SpendBatch& batch) {
        const std::lock_guard lock(mutex_);
        if (is_away()) return away();
        for (const auto& file : batch.files) {
            const auto found = positions_.find(file.id);
            if ((found == positions_.end() ? 0 : found->second) != file.from) return false;
        }
        for (const auto& entry : batch.entries)
            if (refuses(entry.row))
                return fail(ErrorKind::bad_request, "no such value", ErrorSource::gateway);
        for (const auto& entry : batch.entries) {
            const auto& row = entry.row;
            total_ += row.cost;  // also of a row that is there already: that must not happen
            rows_[to_text(row.record_id)] = {std::string(row.call_id), std::string(row.end_user),
                                             std::string(row.key_hash), row.cost, row.interrupted};
        }
        for (const auto& file : batch.files) positions_[file.id] = file.to;
        for (const auto& id : batch.gone) positions_.erase(id);
        changed_.notify_all();
        if (loses_answer()) return away();
        return true;
    }
    Result<std::vector<std::uint64_t>> find(const std::vector<std::string>& ids) {
        const std::lock_guard lock(mutex_);
        if (is_away()) return away();
        std::vector<std::uint64_t> found;
        for (const auto& id : ids) {
            const auto position = positions_.find(id);
            found.push_back(position == positions_.end() ? 0 : position->second);
        }
        return found;
    }
    Result<void> finish(const std::string& process) {
        const std::lock_guard lock(mutex_);
        if (is_away()) return away();
        finished_.push_back(process);
        std::erase_if(positions_,
                      [&](const auto& entry) { return entry.first.starts_with(process + "/"); });
        changed_.notify_all();
        return {};
    }
    static std::unexpected<GatewayError> away() {
        return fail(ErrorKind::unavailable, "the store is away", ErrorSource::gateway);
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, Row> rows_;
    std::map<std::string, std::uint64_t> positions_;
    std::vector<std::string> finished_;
    Picodollars total_ = 0;
};

}  // namespace tollweir
