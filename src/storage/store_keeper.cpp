#include "storage/store_keeper.hpp"

#include <algorithm>
#include <condition_variable>
#include <thread>

#include "storage/lane_threads.hpp"
#include "tollweir/core/log.hpp"
#include "tollweir/core/thread_name.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{100};
constexpr milliseconds kLongestPause{2'000};
constexpr std::chrono::minutes kPruneInterval{5};
constexpr std::chrono::minutes kRemindInterval{1};
constexpr milliseconds kStopWithin{1'000};
constexpr std::chrono::seconds kDeferredPause{10};  // another process may be at it

}  // namespace

/// Shared with the thread, which is left behind where the store does not let it go.
struct StoreKeeper::State : std::enable_shared_from_this<StoreKeeper::State> {
    State(std::shared_ptr<const StoreSource> its_source, std::shared_ptr<StoreStatus> its_status)
        : source(std::move(its_source)), status(std::move(its_status)) {}

    void keep();
    void start_deferred_migrations();
    void run_deferred_migrations();
    void stop_deferred_migrations(std::unique_lock<std::mutex>& lock);
    Result<void> find_store();
    Result<void> follow_changes();
    void tell(const std::vector<NotedChange>& changes);
    void note_failure(const GatewayError& error);
    void note_success();

    const std::shared_ptr<const StoreSource> source;
    const std::shared_ptr<StoreStatus> status;
    std::atomic<bool> stopping{false};

    // The keeper's own.
    bool migrated = false;
    ChangePosition position;
    bool has_failed = false;
    std::string last_said;
    TimePoint said_at{};
    TimePoint pruned_at = Clock::now();

    // For the listener, which is set from another thread, and for stop().
    std::mutex mutex;
    Listener listener;
    std::thread migrating;
    std::unique_ptr<StoreConnection> migrating_on;
    bool is_migrating = false;
    std::unique_ptr<ChangeFeed> feed;
    bool ended = false;
    std::condition_variable end_came;
};

void StoreKeeper::State::note_failure(const GatewayError& error) {
    const auto now = Clock::now();
    if (has_failed && error.message == last_said && now - said_at < kRemindInterval) return;
    log_error(source->target().description + " cannot be used: " + error.message);
    has_failed = true;
    last_said = error.message;
    said_at = now;
}

void StoreKeeper::State::note_success() {
    if (has_failed) log_info(source->target().description + " can be used again");
    has_failed = false;
}

Result<void> StoreKeeper::State::find_store() {
    if (!migrated) {
        const auto report = source->migrate();
        if (!report) return std::unexpected(report.error());
        std::string names;
        for (const auto& name : report->applied) names += (names.empty() ? "" : ", ") + name;
        if (!names.empty()) log_info(source->target().description + ": migrated, " + names);
        migrated = true;
        if (!report->is_complete) start_deferred_migrations();
    }
    auto opened = source->open_feed(position);
    if (!opened) return std::unexpected(opened.error());
    const std::lock_guard lock(mutex);
    feed = std::move(*opened);
    return {};
}

void StoreKeeper::State::tell(const std::vector<NotedChange>& changes) {
    Listener current;
    {
        const std::lock_guard lock(mutex);
        current = listener;
    }
    if (!current) return;
    for (const auto& change : changes) current({change.table, change.id});
}

/// Sums of many days and indexes of very many rows, which may take minutes: meanwhile the store is
/// used.
void StoreKeeper::State::start_deferred_migrations() {
    log_info(source->target().description +
             ": spend is being indexed and added up by day; until then its views are slow, and new "
             "rows may wait in the journal");
    const std::lock_guard lock(mutex);
    is_migrating = true;
    migrating = start_quiet_thread([state = shared_from_this()] {
        name_this_thread("store-migrate");
        state->run_deferred_migrations();
        const std::lock_guard lock(state->mutex);
        state->is_migrating = false;
        state->end_came.notify_all();
    });
}

void StoreKeeper::State::run_deferred_migrations() {
    const auto began = Clock::now();
    while (!stopping) {
        auto sql = source->connect_for_migrations();
        auto done = Result<bool>(false);
        if (sql) {
            auto* connection = sql->get();
            {
                const std::lock_guard lock(mutex);
                migrating_on = std::move(*sql);
            }
            done = tollweir::run_deferred_migrations(*connection, stopping);
            const std::lock_guard lock(mutex);
            migrating_on.reset();
        } else {
            done = std::unexpected(std::move(sql.error()));
        }
        if (stopping) return;
        if (done && *done) {
            const auto took = std::chrono::ceil<std::chrono::seconds>(Clock::now() - began);
            log_info(source->target().description + ": spend was indexed and added up in " +
                     std::to_string(took.count()) + " s");
            return;
        }
        if (!done) log_error(source->target().description + ": " + done.error().message);
        std::unique_lock lock(mutex);
        end_came.wait_for(lock, kDeferredPause, [&] { return stopping.load(); });
    }
}

/// A statement that begins just now is not there yet to be interrupted.
void StoreKeeper::State::stop_deferred_migrations(std::unique_lock<std::mutex>& lock) {
    end_came.notify_all();
    const auto until = Clock::now() + kStopWithin;
    while (is_migrating && Clock::now() < until) {
        if (migrating_on) migrating_on->interrupt();
        end_came.wait_for(lock, kFirstPause, [&] { return !is_migrating; });
    }
    const bool has_stopped = !is_migrating;
    auto thread = std::move(migrating);
    lock.unlock();
    if (thread.joinable()) has_stopped ? thread.join() : thread.detach();
    lock.lock();
}

/// Until the feed breaks or the pool stops.
Result<void> StoreKeeper::State::follow_changes() {
    while (!stopping) {
        const auto changes = feed->read();
        if (!changes) return std::unexpected(changes.error());
        // A lane's connection broke while this one lives on: it was not the store.
        if (!status->is_ready()) {
            status->set_ready();
            note_success();
        }
        tell(*changes);
        if (Clock::now() - pruned_at > kPruneInterval) {
            pruned_at = Clock::now();
            if (auto pruned = feed->prune(); !pruned) return pruned;
        }
        if (auto waited = feed->wait(status->keeper); !waited) return waited;
    }
    return {};
}

void StoreKeeper::State::keep() {
    auto pause = kFirstPause;
    while (!stopping) {
        auto done = feed ? Result<void>() : find_store();
        if (done) {
            pause = kFirstPause;
            done = follow_changes();
            if (!done && !feed->last_failure().empty()) done.error().message = feed->last_failure();
            const std::lock_guard lock(mutex);
            feed.reset();
        }
        if (done || stopping) continue;
        status->set_away();
        status->end_first_look();
        note_failure(done.error());
        const auto until = Clock::now() + pause;
        // Being woken is no reason to try sooner: each failed use of the store does that.
        while (!stopping && Clock::now() < until)
            status->keeper.wait(std::chrono::ceil<milliseconds>(
                std::max(until - Clock::now(), Clock::duration(0))));
        pause = std::min(2 * pause, kLongestPause);
    }
    status->end_first_look();
    const std::lock_guard lock(mutex);
    ended = true;
    end_came.notify_all();
}

StoreKeeper::StoreKeeper(std::shared_ptr<const StoreSource> source,
                         std::shared_ptr<StoreStatus> status)
    : state_(std::make_shared<State>(std::move(source), std::move(status))) {}

StoreKeeper::~StoreKeeper() {
    stop();
}

Result<void> StoreKeeper::find_now() {
    auto found = state_->find_store();
    if (found) state_->status->set_ready();
    return found;
}

void StoreKeeper::start() {
    thread_ = start_quiet_thread([state = state_] {
        name_this_thread("store-keeper");
        state->keep();
    });
}

void StoreKeeper::stop() {
    if (!thread_.joinable()) return;
    auto& state = *state_;
    state.stopping = true;
    state.status->keeper.wake();
    std::unique_lock lock(state.mutex);
    state.stop_deferred_migrations(lock);
    const auto has_ended = [&] { return state.ended; };
    if (!state.end_came.wait_for(lock, kStopWithin, has_ended)) {
        if (state.feed) state.feed->interrupt();
        state.end_came.wait_for(lock, kStopWithin, has_ended);
    }
    const bool ended = state.ended;
    lock.unlock();
    if (ended)
        thread_.join();
    else
        thread_.detach();
}

void StoreKeeper::on_change(Listener listener) {
    const std::lock_guard lock(state_->mutex);
    state_->listener = std::move(listener);
}

}  // namespace tollweir
