#include "storage/change_feed.hpp"
#include "storage/sqlite_sql.hpp"

namespace tollweir {
namespace {

constexpr std::chrono::milliseconds kInterval{250};
// More at once than are worth telling one by one.
constexpr std::size_t kMostTold = 2'000;

class SqliteChanges final : public ChangeFeed {
public:
    SqliteChanges(std::unique_ptr<SqliteSql> sql, ChangePosition& position)
        : sql_(std::move(sql)), position_(position) {}

    Result<void> begin() {
        if (position_.begun) return {};
        const auto last = sql_->run("select coalesce(max(seq), 0) from tollweir_change");
        if (!last) return std::unexpected(last.error());
        position_.last_seq = last->integer(0, 0).value_or(0);
        position_.begun = true;
        return {};
    }

    Result<void> wait(Waker& waker) override {
        waker.wait(kInterval);
        return {};
    }

    Result<std::vector<NotedChange>> read() override {
        // Moves when another connection has committed: a look at shared memory, no query.
        const auto version = sql_->run("pragma data_version");
        if (!version) return std::unexpected(version.error());
        const auto now = version->integer(0, 0);
        if (now == version_) return std::vector<NotedChange>();
        const auto rows = sql_->run(
            "select seq, table_name, row_id from tollweir_change where seq > $1 order by seq",
            {position_.last_seq});
        if (!rows) return std::unexpected(rows.error());
        version_ = now;
        std::vector<NotedChange> changes;
        if (rows->empty()) return changes;
        position_.last_seq = rows->integer(rows->size() - 1, 0).value_or(0);
        if (rows->size() > kMostTold) return std::vector<NotedChange>(1);
        for (std::size_t row = 0; row < rows->size(); ++row)
            changes.emplace_back(std::string(rows->text(row, 1)), std::string(rows->text(row, 2)));
        return changes;
    }

    Result<void> prune() override {
        const auto done = sql_->run(
            "delete from tollweir_change where changed_at < "
            "strftime('%Y-%m-%d %H:%M:%f000', 'now', '-1 hour')");
        if (!done) return std::unexpected(done.error());
        return {};
    }

    void interrupt() override { sql_->interrupt(); }
    std::string last_failure() const override { return sql_->last_failure(); }

private:
    std::unique_ptr<SqliteSql> sql_;
    ChangePosition& position_;
    std::optional<std::int64_t> version_;
};

}  // namespace

Result<std::unique_ptr<ChangeFeed>> open_change_feed(std::unique_ptr<SqliteSql> sql,
                                                     ChangePosition& position) {
    auto feed = std::make_unique<SqliteChanges>(std::move(sql), position);
    if (auto begun = feed->begin(); !begun) return std::unexpected(begun.error());
    return feed;
}

}  // namespace tollweir
