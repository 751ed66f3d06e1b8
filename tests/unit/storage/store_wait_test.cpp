#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "tollweir/net/tls.hpp"
#include "tollweir/storage/store_pool.hpp"
#include "unit/storage/test_store.hpp"

namespace tollweir {
namespace {

using namespace std::chrono_literals;

/// Coroutines that wait for the store, on a worker with a thread of its own.
class StoreWaitTest : public testing::Test {
protected:
    void SetUp() override {
        thread_ = std::thread([this] { worker.run(); });
    }
    void TearDown() override {
        worker.post([this] { worker.stop(); });
        thread_.join();
    }

    void open(std::chrono::milliseconds pool_timeout = 10s) {
        auto options = store_->options();
        options.database.pool_timeout = pool_timeout;
        pool = std::move(*StorePool::open(options));
    }

    using Number = Result<std::int64_t>;
    std::future<Number> start(std::function<Number(Sql&)> work) {
        auto promise = std::make_shared<std::promise<Number>>();
        worker.post([this, work, promise] {
            net::spawn(
                worker.context(), ask(work),
                [this, promise](const std::exception_ptr& failure, std::optional<Number> result) {
                    EXPECT_FALSE(failure);
                    ended_on = std::this_thread::get_id();
                    promise->set_value(std::move(*result));
                });
        });
        return promise->get_future();
    }
    net::Task<Number> ask(std::function<Number(Sql&)> work) {
        co_return co_await pool->run(worker, slot, StoreLane::spend, std::move(work));
    }
    /// The lane's only thread is busy until `gate` is set.
    void occupy() {
        std::promise<void> running;
        pool->post(StoreLane::spend, [&](Result<Sql*>) {
            running.set_value();
            gate.get_future().wait();
        });
        running.get_future().wait();
    }

    net::UpstreamTls tls{true, ""};
    net::ProxyTable proxies;
    net::BodyBudget body_budget;
    net::Worker worker{0, net::UpstreamLimits{}, tls, proxies, body_budget};
    net::CancelSlot slot;
    std::promise<void> gate;
    std::atomic<std::thread::id> ended_on;
    std::unique_ptr<StorePool> pool;  // before the worker goes

    std::thread thread_;

private:
    std::unique_ptr<TestStore> store_ = TestStore::make(SqlDialect::sqlite);
};

TEST_F(StoreWaitTest, TheResultComesBackOnTheWorker) {
    open();
    std::atomic<std::thread::id> worked_on;
    auto answer = start([&](Sql& sql) -> StoreWaitTest::Number {
        worked_on = std::this_thread::get_id();
        return sql.run("select 42")->integer(0, 0).value_or(0);
    });

    const auto number = answer.get();

    EXPECT_EQ(number, 42);
    EXPECT_EQ(ended_on, thread_.get_id());
    EXPECT_NE(worked_on, thread_.get_id());
}

TEST_F(StoreWaitTest, AnErrorOfTheWorkComesBack) {
    open();

    const auto number = start([](Sql&) -> StoreWaitTest::Number {
                            return fail(ErrorKind::not_found, "no such row");
                        }).get();

    EXPECT_EQ(number.error().kind, ErrorKind::not_found);
}

TEST_F(StoreWaitTest, AClientThatLeavesEndsTheWaitNotTheWork) {
    open();
    occupy();
    std::atomic<bool> worked{false};
    auto answer = start([&worked](Sql&) -> StoreWaitTest::Number {
        worked = true;
        return 1;
    });
    worker.post([this] { slot.cancel(); });

    EXPECT_EQ(answer.get().error().kind, ErrorKind::client_closed);
    EXPECT_FALSE(worked);
    gate.set_value();
    pool->stop();
    EXPECT_TRUE(worked);
}

TEST_F(StoreWaitTest, WorkThatNoConnectionTakesInTimeIsGivenUp) {
    open(50ms);
    occupy();
    std::atomic<bool> worked{false};
    auto answer = start([&worked](Sql&) -> StoreWaitTest::Number {
        worked = true;
        return 1;
    });

    EXPECT_EQ(answer.get().error().kind, ErrorKind::unavailable);
    gate.set_value();
    pool->stop();
    EXPECT_FALSE(worked) << "nobody wants it any more";
}

TEST_F(StoreWaitTest, WorkThatRunsIsWaitedForHoweverLongItTakes) {
    open(500ms);

    const auto number = start([](Sql&) -> StoreWaitTest::Number {
                            std::this_thread::sleep_for(600ms);
                            return 7;
                        }).get();

    EXPECT_EQ(number, 7);
}

}  // namespace
}  // namespace tollweir
