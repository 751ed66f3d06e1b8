#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "tollweir/config/database_config.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/net/cancellable.hpp"
#include "tollweir/net/task.hpp"
#include "tollweir/net/worker.hpp"
#include "tollweir/storage/sql.hpp"

namespace tollweir {

/// Who waits for whom: each lane has threads, connections and a bounded queue of its own, so that a
/// report never delays a key.
enum class StoreLane : std::uint8_t { lookup, spend, admin };

/// A row that somebody changed: `table` as LiteLLM names it (`LiteLLM_VerificationToken`), `id` its
/// key; of a key of several columns (user and team, user and organization) their values in that
/// order with U+001F between; the token of a DeprecatedVerificationToken, the name of a credential.
/// Changes of spend alone, and of when a row was last used, are not told. An empty table: changes
/// may have been missed, everything may be another.
struct StoreChange {
    std::string_view table;
    std::string_view id;
};

struct StoreOptions {
    DatabaseConfig database;
    std::filesystem::path data_dir;  // of the SQLite file, where `database.url` is empty
};

/// The store: threads that each own a connection. Connections are made when they are needed and
/// made again when they broke, so a store that is away at the start is found once it is there;
/// until it has been reached and migrated, everything is `unavailable`. Any thread.
class StorePool {
public:
    /// Starts the threads. Errors: a connection string nobody can understand, a data directory that
    /// cannot be written; not a store that is away.
    static Result<std::unique_ptr<StorePool>> open(const StoreOptions& options);
    ~StorePool();  // as stop()

    /// Queued work still runs, bounded; then threads and connections go. Later work is
    /// `unavailable`.
    void stop();

    SqlDialect dialect() const;
    /// Reached and migrated, and the last attempt to use it worked.
    bool is_reachable() const;
    /// For people, without a password: `PostgreSQL at db:5432/litellm`, `SQLite in ./data/...`.
    const std::string& description() const;

    /// Calls on any thread, once for each change that is seen: this process's own ones as well.
    /// Set before anything runs; must not block.
    void on_change(std::function<void(const StoreChange&)> listener);

    /// `work(sql)` on a thread of the lane, the Result it returns to the coroutine, back on its
    /// worker. A client that leaves ends the wait, not the work. Further errors: `unavailable`
    /// (store away, queue full, pool stopped), `client_closed` (cancelled).
    template <class Work>
    net::Task<std::invoke_result_t<Work, Sql&>> run(net::Worker& worker, net::CancelSlot& slot,
                                                    StoreLane lane, Work work) {
        using Outcome = std::invoke_result_t<Work, Sql&>;
        // Shared: a coroutine that was cancelled is gone when the work ends.
        auto outcome = std::make_shared<std::optional<Outcome>>();
        auto job = [outcome, work = std::move(work)](Result<Sql*> sql) mutable {
            if (!sql) {
                outcome->emplace(std::unexpected(std::move(sql.error())));
                return;
            }
            outcome->emplace(work(**sql));
        };
        const auto ended = co_await wait_for(worker, slot, lane, std::move(job));
        if (!ended) co_return std::unexpected(ended.error());
        co_return std::move(**outcome);
    }

    /// The same for threads that may wait: the spend writer, start-up.
    template <class Work>
    std::invoke_result_t<Work, Sql&> run_blocking(StoreLane lane, Work work) {
        std::optional<std::invoke_result_t<Work, Sql&>> outcome;
        block_on(lane, [&outcome, &work](Result<Sql*> sql) {
            if (!sql) {
                outcome.emplace(std::unexpected(std::move(sql.error())));
                return;
            }
            outcome.emplace(work(**sql));
        });
        return std::move(*outcome);
    }

    /// The same without waiting: `job` runs on a thread of the lane, or at once with an error.
    using Job = std::move_only_function<void(Result<Sql*>)>;
    void post(StoreLane lane, Job job);

private:
    class Impl;
    explicit StorePool(std::unique_ptr<Impl> impl);
    net::Task<Result<void>> wait_for(net::Worker& worker, net::CancelSlot& slot, StoreLane lane,
                                     Job job);
    void block_on(StoreLane lane, Job job);

    std::unique_ptr<Impl> impl_;
};

}  // namespace tollweir
