#include "tollweir/storage/store_pool.hpp"

#include <array>
#include <condition_variable>
#include <mutex>

#include "storage/lane_threads.hpp"
#include "storage/store_keeper.hpp"
#include "tollweir/core/log.hpp"
#include "tollweir/net/wake.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kStopWithin{5'000};
constexpr std::size_t kLanes = 3;

/// How many connections each lane may have. One more is the keeper's.
std::array<LaneThreads::Size, kLanes> lane_sizes(const StoreTarget& target) {
    // SQLite has one writer; readers beside it gain little from many threads.
    if (target.is_sqlite()) return {{{2, 4'096}, {1, 1'024}, {1, 512}}};
    const std::size_t admin = target.pool_limit >= 6 ? 2 : 1;
    const std::size_t taken = 1 + 1 + admin;
    const std::size_t lookup = target.pool_limit > taken ? target.pool_limit - taken : 1;
    return {{{std::max<std::size_t>(lookup, target.pool_limit > 4 ? 2 : 1), 4'096},
             {1, 1'024},
             {admin, 512}}};
}

GatewayError waited_too_long() {
    GatewayError error(ErrorKind::unavailable, ErrorSource::gateway,
                       "the database is overloaded: no connection became free in time");
    error.retry_after = "1";
    return error;
}

/// A coroutine that waits for work, and the work: each may end first.
struct Wait {
    enum class Stage : std::uint8_t { queued, running, given_up };

    explicit Wait(boost::asio::io_context& context) : wake(context) {}

    /// Of the two that may take it from the queue, one does.
    bool take(Stage as) {
        auto expected = Stage::queued;
        return stage.compare_exchange_strong(expected, as);
    }

    net::Wake wake;
    bool done = false;  // the worker's own
    std::atomic<Stage> stage{Stage::queued};
};

}  // namespace

class StorePool::Impl {
public:
    explicit Impl(std::shared_ptr<const StoreSource> its_source)
        : source(std::move(its_source)), keeper(source, status) {
        const auto sizes = lane_sizes(source->target());
        for (std::size_t i = 0; i < kLanes; ++i)
            lanes[i] =
                std::make_unique<LaneThreads>(static_cast<StoreLane>(i), sizes[i], source, status);
    }

    const std::shared_ptr<const StoreSource> source;
    const std::shared_ptr<StoreStatus> status = std::make_shared<StoreStatus>();
    std::array<std::unique_ptr<LaneThreads>, kLanes> lanes;
    StoreKeeper keeper;
};

StorePool::StorePool(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

StorePool::~StorePool() {
    stop();
}

Result<std::unique_ptr<StorePool>> StorePool::open(const StoreOptions& options) {
    auto source = StoreSource::make(options);
    if (!source) return std::unexpected(source.error());
    for (const auto& notice : (*source)->target().connection.notices)
        log_warning("the database's connection string: " + notice);
    auto impl = std::make_unique<Impl>(*source);
    if ((*source)->is_sqlite()) {
        // A file is there or can be made, so that is settled before the first request.
        auto found = impl->keeper.find_now();
        if (!found && found.error().kind != ErrorKind::unavailable)
            return std::unexpected(found.error());
    }
    impl->keeper.start();
    return std::unique_ptr<StorePool>(new StorePool(std::move(impl)));
}

void StorePool::stop() {
    impl_->status->end_first_look();  // what waits for it shall end
    for (auto& lane : impl_->lanes) lane->close();
    const auto deadline = Clock::now() + kStopWithin;
    for (auto& lane : impl_->lanes) lane->finish(deadline);
    impl_->keeper.stop();
    impl_->status->set_away();
}

SqlDialect StorePool::dialect() const {
    return impl_->source->is_sqlite() ? SqlDialect::sqlite : SqlDialect::postgres;
}

bool StorePool::is_reachable() const {
    return impl_->status->is_ready();
}

const std::string& StorePool::description() const {
    return impl_->source->target().description;
}

void StorePool::on_change(std::function<void(const StoreChange&)> listener) {
    impl_->keeper.on_change(std::move(listener));
}

void StorePool::post(StoreLane lane, Job job) {
    impl_->lanes[static_cast<std::size_t>(lane)]->post(std::move(job));
}

net::Task<Result<void>> StorePool::wait_for(net::Worker& worker, net::CancelSlot& slot,
                                            StoreLane lane, Job job) {
    const auto wait = std::make_shared<Wait>(worker.context());
    post(lane, [wait, &worker, job = std::move(job)](Result<Sql*> sql) mutable {
        if (!wait->take(Wait::Stage::running)) return;
        job(std::move(sql));
        job = nullptr;
        worker.post([wait] {
            wait->done = true;
            wait->wake.wake();
        });
    });
    const auto patience = impl_->source->target().pool_timeout;
    auto deadline = patience.count() == 0 ? kNever : after(Clock::now(), patience);
    slot.set(&wait->wake);
    auto reason = net::Wake::Reason::timed_out;
    for (;;) {
        reason = co_await wait->wake.wait_until(deadline);
        if (reason != net::Wake::Reason::timed_out) break;
        if (wait->take(Wait::Stage::given_up)) break;
        deadline = kNever;  // it runs: statements have bounds of their own
    }
    slot.set(nullptr);
    if (wait->done) co_return Result<void>{};
    if (reason == net::Wake::Reason::cancelled)
        co_return fail(ErrorKind::client_closed, "the client left");
    co_return std::unexpected(waited_too_long());
}

void StorePool::block_on(StoreLane lane, Job job) {
    struct End {
        std::mutex mutex;
        std::condition_variable came;
        bool done = false;
    } end;
    post(lane, [&end, &job](Result<Sql*> sql) {
        job(std::move(sql));
        const std::lock_guard lock(end.mutex);
        end.done = true;
        end.came.notify_all();
    });
    std::unique_lock lock(end.mutex);
    end.came.wait(lock, [&] { return end.done; });
}

}  // namespace tollweir
