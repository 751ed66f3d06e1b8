#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "tollweir/limits/limiter.hpp"
#include "tollweir/net/tls.hpp"
#include "tollweir/net/wake.hpp"
#include "tollweir/net/worker.hpp"
#include "unit/limits/pending_leases.hpp"

namespace tollweir {
namespace {

using namespace std::chrono_literals;

/// Calls that wait, on a worker with a thread of its own.
class LimiterWaitTest : public testing::Test {
protected:
    void SetUp() override {
        thread_ = std::thread([this] { worker.run(); });
    }
    void TearDown() override {
        worker.post([this] { worker.stop(); });
        thread_.join();
    }

    static LimiterSettings settings(std::chrono::milliseconds patience) {
        LimiterSettings settings;
        settings.patience = patience;
        return settings;
    }
    KeyRecord with_budget(Limiter& limiter, Picodollars cap) {
        KeyRecord record;
        record.hash = "k";
        record.limits.max_budget = cap;
        limiter.bind(record);
        return record;
    }
    static ReserveRequest request_of(const KeyRecord& record, Picodollars cost = 1000) {
        ReserveRequest request;
        request.key = record.cells.get();
        request.cost = cost;
        return request;
    }

    /// Reserves on the worker.
    std::future<Result<Reservation>> start(Limiter& limiter, const ReserveRequest& request) {
        auto promise = std::make_shared<std::promise<Result<Reservation>>>();
        worker.post([this, &limiter, request, promise] {
            net::spawn(worker.context(), reserve(limiter, request),
                       [promise](const std::exception_ptr& failure,
                                 std::optional<Result<Reservation>> result) {
                           EXPECT_FALSE(failure);
                           promise->set_value(std::move(*result));
                       });
        });
        return promise->get_future();
    }
    net::Task<Result<Reservation>> reserve(Limiter& limiter, ReserveRequest request) {
        co_return co_await limiter.reserve(request, worker, slot);
    }
    /// Until the limiter has told the store that it waits.
    static void await_asked(const PendingLeases& from, int count) {
        while (from.asked() < count) std::this_thread::yield();
    }
    /// Until everything posted so far has run.
    void await_worker() {
        std::promise<void> done;
        worker.post([&] { done.set_value(); });
        done.get_future().get();
    }

    net::UpstreamTls tls{true, ""};
    net::ProxyTable proxies;
    net::BodyBudget body_budget;
    net::Worker worker{0, net::UpstreamLimits{}, tls, proxies, body_budget};
    net::CancelSlot slot;
    LeaseBook book;
    PendingLeases store{book, "p"};

private:
    std::thread thread_;
};

TEST_F(LimiterWaitTest, GoesOnWhenTheStoreHasAnswered) {
    Limiter limiter(settings(5s), store);
    const auto record = with_budget(limiter, 1'000'000);
    auto answer = start(limiter, request_of(record));
    await_asked(store, 1);
    store.answer();
    const auto held = answer.get();
    ASSERT_TRUE(held) << held.error().message;
    EXPECT_EQ(held->charges().size(), 1u);
}

TEST_F(LimiterWaitTest, SaysThatTheStoreIsAwayAndWhenToComeAgain) {
    Limiter limiter(settings(5s), store);
    const auto record = with_budget(limiter, 1'000'000);
    auto answer = start(limiter, request_of(record));
    await_asked(store, 1);
    store.fail();
    const auto held = answer.get();
    ASSERT_FALSE(held);
    EXPECT_EQ(held.error().kind, ErrorKind::unavailable);
    EXPECT_EQ(held.error().http_status(), 503);
    EXPECT_EQ(held.error().retry_after.value_or(""), "1");
}

TEST_F(LimiterWaitTest, GetsWhatAnotherCallGivesBack) {
    store.answers_at_once = true;
    Limiter limiter(settings(60s), store);
    const auto record = with_budget(limiter, 1000);
    auto first = start(limiter, request_of(record)).get();
    ASSERT_TRUE(first);
    auto second = start(limiter, request_of(record, 600));
    await_worker();
    limiter.settle(*first, {}, 300, Clock::now());
    const auto held = second.get();
    ASSERT_TRUE(held) << held.error().message;
    EXPECT_EQ(held->charges()[0].amount, 600);
}

TEST_F(LimiterWaitTest, LosesPatienceWithCallsThatHoldTheRest) {
    store.answers_at_once = true;
    Limiter limiter(settings(20ms), store);
    const auto record = with_budget(limiter, 1000);
    const auto first = start(limiter, request_of(record)).get();
    ASSERT_TRUE(first);
    const auto second = start(limiter, request_of(record, 600)).get();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::budget_exceeded);
    EXPECT_TRUE(second.error().should_not_retry);
    EXPECT_NE(second.error().message.find("reserved by requests under way"), std::string::npos);
}

TEST_F(LimiterWaitTest, DoesNotWaitForABudgetThatIsSpent) {
    store.answers_at_once = true;
    Limiter limiter(settings(3600s), store);
    const auto record = with_budget(limiter, 1000);
    auto first = start(limiter, request_of(record)).get();
    ASSERT_TRUE(first);
    limiter.settle(*first, {}, 1000, Clock::now());
    const auto second = start(limiter, request_of(record)).get();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::budget_exceeded);
}

TEST_F(LimiterWaitTest, LeavesWhenTheClientDoes) {
    Limiter limiter(settings(3600s), store);
    const auto record = with_budget(limiter, 1'000'000);
    auto answer = start(limiter, request_of(record));
    await_asked(store, 1);
    worker.post([this] { slot.cancel(); });
    const auto held = answer.get();
    ASSERT_FALSE(held);
    EXPECT_EQ(held.error().kind, ErrorKind::client_closed);
    store.answer();  // nobody is hurt by an answer that comes after
}

/// Twenty calls at once that all fit, each of which may use five times what it does: they are let
/// in as those before them give back what they did not need.
TEST_F(LimiterWaitTest, AdmitsAllCallsThatFitThoughTheirWorstCasesDoNot) {
    store.answers_at_once = true;
    Limiter limiter(settings(60s), store);
    const auto record = with_budget(limiter, 20'000);
    std::atomic<int> admitted = 0;
    std::atomic<int> ended = 0;
    std::promise<void> done;
    const auto call = [&]() -> net::Task<void> {
        net::CancelSlot own_slot;
        const auto request = request_of(record, 5000);
        auto held = limiter.try_reserve(request, Clock::now());
        if (!held) held = co_await limiter.reserve(request, worker, own_slot);
        if (*held) {
            ++admitted;
            net::Wake upstream(worker.context());
            co_await upstream.wait_until(Clock::now() + 2ms);
            limiter.settle(**held, {}, 1000, Clock::now());
        }
        if (++ended == 20) done.set_value();
    };
    worker.post([&] {
        for (int i = 0; i < 20; ++i)
            net::spawn(worker.context(), call(),
                       [](const std::exception_ptr& failure) { EXPECT_FALSE(failure); });
    });
    done.get_future().get();
    EXPECT_EQ(admitted, 20);
    EXPECT_EQ(
        limiter.cells().budget({.kind = ScopeKind::key, .id = "k"})->state(Clock::now()).spent,
        20'000);
}

}  // namespace
}  // namespace tollweir
