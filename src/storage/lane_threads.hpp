#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "storage/store_source.hpp"
#include "storage/store_status.hpp"

namespace tollweir {

/// One lane's threads, each with a connection of its own, and its queue. Threads start when there
/// is work that no idle one takes, connections when a thread first needs one.
class LaneThreads {
public:
    struct Size {
        std::size_t threads;
        std::size_t queue;
    };
    LaneThreads(StoreLane lane, Size size, std::shared_ptr<const StoreSource> source,
                std::shared_ptr<StoreStatus> status);
    ~LaneThreads();

    /// Runs `job` on a thread; at once, with an error, if the queue is full or the lane stopped.
    void post(StorePool::Job job);

    /// No more work is taken.
    void close();
    /// What is queued still runs until `deadline`; then it fails, and what runs is interrupted.
    /// Threads that do not end even so are left to themselves: they hold what they need.
    void finish(TimePoint deadline);

private:
    struct State;
    std::shared_ptr<State> state_;
};

/// Starts a thread that takes no signals: those are the main thread's.
std::thread start_quiet_thread(std::function<void()> run);

}  // namespace tollweir
