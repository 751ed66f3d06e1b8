#include "storage/change_feed.hpp"
#include "storage/postgres_sql.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kInterval{1'000};
constexpr std::size_t kMostTold = 2'000;
// Lines are pruned after an hour: who has not read for half of one may have missed some.
constexpr std::chrono::minutes kLongestGap{30};

const Statement kRead{"",
                      "select seq, xid, table_name, row_id, oldest from "
                      "(select txid_snapshot_xmin(txid_current_snapshot()) as oldest) as open "
                      "left join tollweir_change on xid >= $1 order by seq"};

class PostgresChanges final : public ChangeFeed {
public:
    PostgresChanges(std::unique_ptr<PostgresSql> sql, ChangePosition& position)
        : sql_(std::move(sql)), position_(position) {}

    Result<void> begin() {
        // A pooler that nobody told us of may refuse it: then the interval alone counts.
        (void)sql_->listen("tollweir_change");
        if (!sql_->is_usable()) return store_away();
        return position_.begun ? resume() : start();
    }

    Result<void> wait(Waker& waker) override {
        if (missed_) return {};
        if (!waker.wait(kInterval, sql_->socket())) return {};
        return sql_->take_notifications();
    }

    /// A notification only says that it is time: the log alone tells, so each change is told once.
    Result<std::vector<NotedChange>> read() override {
        const auto rows = sql_->run(kRead, {position_.least_open_xid});
        if (!rows) return std::unexpected(rows.error());
        std::vector<NotedChange> changes;
        std::set<std::int64_t> seen;
        const auto oldest = rows->integer(0, 4).value_or(0);
        for (std::size_t row = 0; row < rows->size(); ++row) {
            const auto seq = rows->integer(row, 0);
            if (!seq) continue;
            if (rows->integer(row, 1).value_or(0) >= oldest) seen.insert(*seq);
            position_.last_seq = std::max(position_.last_seq, *seq);
            if (!position_.seen.contains(*seq))
                changes.emplace_back(std::string(rows->text(row, 2)),
                                     std::string(rows->text(row, 3)));
        }
        position_.least_open_xid = oldest;
        position_.seen = std::move(seen);
        position_.last_read = Clock::now();
        if (std::exchange(missed_, false) || changes.size() > kMostTold)
            return std::vector<NotedChange>(1);
        return changes;
    }

    Result<void> prune() override {
        const auto done = sql_->run(
            "delete from tollweir_change where changed_at < current_timestamp - interval '1 hour'");
        if (!done) return std::unexpected(done.error());
        return {};
    }

    void interrupt() override { sql_->interrupt(); }
    std::string last_failure() const override { return sql_->last_failure(); }

private:
    /// What is there now was there before anybody kept a copy.
    Result<void> start() {
        const auto oldest = sql_->run("select txid_snapshot_xmin(txid_current_snapshot())");
        if (!oldest) return std::unexpected(oldest.error());
        position_.least_open_xid = oldest->integer(0, 0).value_or(0);
        if (auto skipped = read(); !skipped) return std::unexpected(skipped.error());
        position_.begun = true;
        return {};
    }

    /// The line read last is gone: pruned, or this is another database (restored, failed over).
    Result<void> resume() {
        missed_ = Clock::now() - position_.last_read > kLongestGap;
        if (position_.last_seq == 0) return {};
        const auto last =
            sql_->run("select count(*) from tollweir_change where seq = $1", {position_.last_seq});
        if (!last) return std::unexpected(last.error());
        missed_ = missed_ || last->integer(0, 0).value_or(0) == 0;
        return {};
    }

    std::unique_ptr<PostgresSql> sql_;
    ChangePosition& position_;
    bool missed_ = false;
};

}  // namespace

Result<std::unique_ptr<ChangeFeed>> open_change_feed(std::unique_ptr<PostgresSql> sql,
                                                     ChangePosition& position) {
    auto feed = std::make_unique<PostgresChanges>(std::move(sql), position);
    if (auto begun = feed->begin(); !begun) return std::unexpected(begun.error());
    return feed;
}

}  // namespace tollweir
