#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "tollweir/config/spend_config.hpp"
#include "tollweir/core/clock.hpp"
#include "tollweir/core/cron.hpp"

namespace tollweir {

class StorePool;

/// Deletes spend rows that are older than the configuration keeps them (docs/spend.md). A thread of
/// its own, once there is an age to keep to; of all processes on a store one at a time works.
/// Sums (daily roll-ups, totals, budgets) stay. Called by one thread.
class SpendCleaner {
public:
    explicit SpendCleaner(StorePool& store);
    ~SpendCleaner();  // as stop()
    SpendCleaner(const SpendCleaner&) = delete;
    SpendCleaner& operator=(const SpendCleaner&) = delete;

    /// What holds from now on; before `start` and after a reload.
    void configure(const SpendConfig& spend);
    void start();
    /// Waits for the batch under way. Before the store stops.
    void stop();

private:
    struct Plan {
        WallClock::duration retention;
        WallClock::duration interval;
        std::optional<CronSchedule> cron;  // instead of the interval
        std::size_t batch_rows = 0;
        std::size_t batches = 0;
    };
    /// How a run ended.
    enum class Outcome : unsigned char { done, not_ours, more, failed };

    static std::optional<Plan> plan_of(const SpendConfig& spend);
    void run();
    Outcome clean(const Plan& plan, WallTime due);
    Outcome delete_batches(const Plan& plan, WallTime before, std::size_t& deleted);
    void set_first_run();
    void set_next_run(Outcome outcome);
    bool is_stopping();

    StorePool& store_;
    const std::string holder_;  // this process, in the store

    // Between the owner's calls and the thread; held for a few instructions.
    std::mutex mutex_;
    std::condition_variable wake_;
    std::optional<Plan> plan_;
    bool plan_is_new_ = false;
    bool started_ = false;
    bool stopping_ = false;
    WallTime next_run_;  // when to look
    WallTime due_;       // the time of the cron line that is being kept to

    std::thread thread_;
};

}  // namespace tollweir
