#include "storage/lane_threads.hpp"

#include <signal.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>

#include "tollweir/core/block_cache.hpp"
#include "tollweir/core/log.hpp"
#include "tollweir/core/thread_name.hpp"

namespace tollweir {
namespace {

constexpr std::chrono::milliseconds kAfterInterrupt{1'000};

std::unexpected<GatewayError> overloaded() {
    GatewayError error(ErrorKind::unavailable, ErrorSource::gateway,
                       "the database is overloaded: too much work waits for it");
    error.retry_after = "1";
    return std::unexpected(std::move(error));
}

const char* thread_name(StoreLane lane) {
    switch (lane) {
        case StoreLane::lookup:
            return "store-lookup";
        case StoreLane::spend:
            return "spend-store";
        case StoreLane::admin:
            return "store-admin";
    }
    return "store";
}

}  // namespace

std::thread start_quiet_thread(std::function<void()> run) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    struct Restore {
        const sigset_t& mask;
        ~Restore() { pthread_sigmask(SIG_SETMASK, &mask, nullptr); }
    } restore{before};
    return std::thread(std::move(run));
}

/// Shared with the threads, which may outlive the lane. The mutex is held to take and to put work,
/// never while it runs.
struct LaneThreads::State {
    struct Thread {
        std::thread handle;
        std::unique_ptr<StoreConnection> connection;  // changed under the mutex
        bool ended = false;
    };

    State(StoreLane its_lane, Size its_size, std::shared_ptr<const StoreSource> its_source,
          std::shared_ptr<StoreStatus> its_status)
        : lane(its_lane),
          size(its_size),
          source(std::move(its_source)),
          status(std::move(its_status)) {}

    void serve(Thread& self);
    void run(Thread& self, StorePool::Job job);
    Result<Sql*> connection_of(Thread& self);
    void replace_connection(Thread& self, std::unique_ptr<StoreConnection> fresh);
    bool wait_for_work(std::unique_lock<std::mutex>& lock, Thread& self);

    const StoreLane lane;
    const Size size;
    const std::shared_ptr<const StoreSource> source;
    const std::shared_ptr<StoreStatus> status;

    std::mutex mutex;
    std::condition_variable work_came;
    std::condition_variable thread_ended;
    std::deque<StorePool::Job> queue;
    std::list<Thread> threads;
    std::size_t idle = 0;
    bool closed = false;
};

void LaneThreads::State::replace_connection(Thread& self, std::unique_ptr<StoreConnection> fresh) {
    {
        const std::lock_guard lock(mutex);
        self.connection.swap(fresh);
    }
    // The old one ends here, outside: that may take a moment.
}

Result<Sql*> LaneThreads::State::connection_of(Thread& self) {
    status->await_first_look();
    if (!status->is_ready()) return store_away();
    if (self.connection && !self.connection->is_usable()) replace_connection(self, nullptr);
    if (!self.connection) {
        auto made = source->connect(lane);
        if (!made) {
            if (status->may_say_why(Clock::now()))
                log_warning(source->target().description +
                            ": no connection: " + made.error().message);
            status->set_away();
            return store_away();
        }
        replace_connection(self, std::move(*made));
    }
    return self.connection.get();
}

void LaneThreads::State::run(Thread& self, StorePool::Job job) {
    auto sql = connection_of(self);
    const bool connected = sql.has_value();
    job(std::move(sql));
    if (!connected || self.connection->is_usable()) return;
    replace_connection(self, nullptr);
    status->set_away();
}

/// False: the lane is closed and nothing is left.
bool LaneThreads::State::wait_for_work(std::unique_lock<std::mutex>& lock, Thread& self) {
    const auto has_work = [&] { return !queue.empty() || closed; };
    const auto idle_life = source->idle_life();
    if (self.connection && idle_life.count() > 0 &&
        !work_came.wait_for(lock, idle_life, has_work)) {
        auto old = std::move(self.connection);
        lock.unlock();
        old.reset();
        lock.lock();
    }
    work_came.wait(lock, has_work);
    return !queue.empty();
}

void LaneThreads::State::serve(Thread& self) {
    name_this_thread(thread_name(lane));
    const BlockCache blocks;
    std::unique_lock lock(mutex);
    for (;;) {
        ++idle;
        const bool has_work = wait_for_work(lock, self);
        --idle;
        if (!has_work) break;
        auto job = std::move(queue.front());
        queue.pop_front();
        lock.unlock();
        run(self, std::move(job));
        lock.lock();
    }
    auto connection = std::move(self.connection);
    lock.unlock();
    connection.reset();
    lock.lock();
    self.ended = true;
    thread_ended.notify_all();
}

LaneThreads::LaneThreads(StoreLane lane, Size size, std::shared_ptr<const StoreSource> source,
                         std::shared_ptr<StoreStatus> status)
    : state_(std::make_shared<State>(lane, size, std::move(source), std::move(status))) {}

LaneThreads::~LaneThreads() {
    close();
    finish(Clock::now());
}

void LaneThreads::post(StorePool::Job job) {
    auto& state = *state_;
    std::unique_lock lock(state.mutex);
    if (state.closed) {
        lock.unlock();
        return job(store_away());
    }
    if (state.queue.size() >= state.size.queue) {
        lock.unlock();
        return job(overloaded());
    }
    state.queue.push_back(std::move(job));
    if (state.queue.size() <= state.idle || state.threads.size() == state.size.threads) {
        state.work_came.notify_one();
        return;
    }
    auto& thread = state.threads.emplace_back();
    try {
        thread.handle = start_quiet_thread([held = state_, &thread] { held->serve(thread); });
    } catch (const std::system_error& error) {  // no more threads are allowed here
        log_warning(std::string("a thread for the database cannot be started: ") + error.what());
        state.threads.pop_back();
        if (!state.threads.empty()) return state.work_came.notify_one();
        auto refused = std::move(state.queue.back());
        state.queue.pop_back();
        lock.unlock();
        refused(overloaded());
    }
}

void LaneThreads::close() {
    const std::lock_guard lock(state_->mutex);
    state_->closed = true;
    state_->work_came.notify_all();
}

void LaneThreads::finish(TimePoint deadline) {
    auto& state = *state_;
    std::unique_lock lock(state.mutex);
    const auto all_ended = [&] {
        return std::ranges::all_of(state.threads, &State::Thread::ended);
    };
    if (!state.thread_ended.wait_until(lock, deadline, all_ended)) {
        std::deque<StorePool::Job> left;
        left.swap(state.queue);
        lock.unlock();
        for (auto& job : left) job(store_away());
        lock.lock();
        for (auto& thread : state.threads)
            if (thread.connection) thread.connection->interrupt();
        state.thread_ended.wait_for(lock, kAfterInterrupt, all_ended);
    }
    std::vector<std::thread> ended;
    for (auto& thread : state.threads) {
        if (!thread.handle.joinable()) continue;
        if (thread.ended) {
            ended.push_back(std::move(thread.handle));
        } else {
            log_warning("a statement does not end: its connection is left behind");
            thread.handle.detach();
        }
    }
    lock.unlock();
    for (auto& thread : ended) thread.join();
}

}  // namespace tollweir
