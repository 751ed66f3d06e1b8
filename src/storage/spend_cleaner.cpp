#include "tollweir/storage/spend_cleaner.hpp"

#include <algorithm>
#include <chrono>

#include "storage/spend_cleanup.hpp"
#include "tollweir/core/log.hpp"
#include "tollweir/core/thread_name.hpp"
#include "tollweir/storage/store_pool.hpp"

namespace tollweir {
namespace {

using namespace std::chrono_literals;

// The claim tells whether it is time, so looking often costs a statement and shortens the wait
// after another process's death.
constexpr auto kLongestWait = 10min;
constexpr auto kRetryWait = 1min;
constexpr auto kClaimTime = 5min;
// Others want to write too.
constexpr auto kPause = 50ms;

}  // namespace

SpendCleaner::SpendCleaner(StorePool& store) : store_(store), holder_(new_task_holder()) {}

SpendCleaner::~SpendCleaner() {
    stop();
}

std::optional<SpendCleaner::Plan> SpendCleaner::plan_of(const SpendConfig& spend) {
    if (!spend.retention) return std::nullopt;
    return Plan{*spend.retention, spend.retention_interval, parse_cron(spend.cleanup_cron),
                spend.cleanup_batch_rows, spend.cleanup_batches};
}

void SpendCleaner::configure(const SpendConfig& spend) {
    {
        const std::lock_guard lock(mutex_);
        plan_ = plan_of(spend);
        plan_is_new_ = true;
    }
    wake_.notify_all();
    if (started_) start();
}

void SpendCleaner::start() {
    started_ = true;
    const std::lock_guard lock(mutex_);
    if (!plan_ || thread_.joinable()) return;
    stopping_ = false;
    thread_ = std::thread([this] {
        name_this_thread("spend-cleaner");
        run();
    });
}

void SpendCleaner::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
    started_ = false;
}

void SpendCleaner::run() {
    std::unique_lock lock(mutex_);
    set_first_run();
    while (!stopping_) {
        if (plan_is_new_) set_first_run();
        const auto now = WallClock::now();
        if (!plan_ || next_run_ > now) {
            // Bounded, since the wall clock may be set.
            const auto wait = plan_ ? std::min<WallClock::duration>(next_run_ - now, kLongestWait)
                                    : WallClock::duration(kLongestWait);
            wake_.wait_for(lock, wait);
            continue;
        }
        const auto plan = *plan_;
        const auto due = plan.cron ? due_ : now - plan.interval;
        lock.unlock();
        const auto outcome = clean(plan, due);
        lock.lock();
        set_next_run(outcome);
    }
}

void SpendCleaner::set_first_run() {
    plan_is_new_ = false;
    if (!plan_) return;
    const auto now = WallClock::now();
    next_run_ = due_ = plan_->cron ? next_time(*plan_->cron, now) : now;
}

void SpendCleaner::set_next_run(Outcome outcome) {
    if (plan_is_new_ || !plan_) return;
    const auto now = WallClock::now();
    const bool is_over = outcome == Outcome::done || outcome == Outcome::not_ours;
    if (!is_over)
        next_run_ = now + kRetryWait;
    else if (plan_->cron)
        next_run_ = due_ = next_time(*plan_->cron, now);
    else
        next_run_ = now + std::min<WallClock::duration>(plan_->interval, kLongestWait);
}

bool SpendCleaner::is_stopping() {
    const std::lock_guard lock(mutex_);
    return stopping_;
}

SpendCleaner::Outcome SpendCleaner::clean(const Plan& plan, WallTime due) {
    const auto now = WallClock::now();
    const TaskClaim claim{kSpendCleanup, holder_, now, now + kClaimTime};
    const auto taken = store_.run_blocking(
        StoreLane::admin, [&](Sql& sql) -> Result<bool> { return claim.take(sql, due); });
    // A store that is away is told of by the pool.
    if (!taken) return Outcome::failed;
    if (!*taken) return Outcome::not_ours;
    std::size_t deleted = 0;
    const auto outcome = delete_batches(plan, now - plan.retention, deleted);
    (void)store_.run_blocking(StoreLane::admin, [&](Sql& sql) -> Result<void> {
        return claim.end(sql, outcome == Outcome::done);
    });
    if (deleted > 0)
        log_info("deleted " + std::to_string(deleted) +
                 " spend rows that were older than maximum_spend_logs_retention_period");
    return outcome;
}

SpendCleaner::Outcome SpendCleaner::delete_batches(const Plan& plan, WallTime before,
                                                   std::size_t& deleted) {
    for (std::size_t batch = 0; batch < plan.batches && !is_stopping(); ++batch) {
        const auto now = WallClock::now();
        const TaskClaim claim{kSpendCleanup, holder_, now, now + kClaimTime};
        const auto count =
            store_.run_blocking(StoreLane::admin, [&](Sql& sql) -> Result<std::size_t> {
                return delete_old_spend(sql, claim, before, plan.batch_rows);
            });
        if (!count && count.error().kind == ErrorKind::conflict) return Outcome::not_ours;
        if (!count) return Outcome::failed;
        deleted += *count;
        if (*count < plan.batch_rows) return Outcome::done;
        std::this_thread::sleep_for(kPause);
    }
    return Outcome::more;
}

}  // namespace tollweir
