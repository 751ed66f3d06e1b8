#include "tollweir/net/task.hpp"

#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace tollweir::net {
namespace {

using boost::asio::io_context;
using boost::asio::steady_timer;

Task<int> give(int value) {
    co_return value;
}

Task<void> turn(io_context& context) {
    co_await completion<>([&](auto handler) { boost::asio::post(context, std::move(handler)); });
}

/// Waits until the context goes.
Task<void> wait_forever(io_context& context) {
    steady_timer timer(context, steady_timer::time_point::max());
    co_await completion<boost::system::error_code>(
        [&](auto handler) { timer.async_wait(std::move(handler)); });
}

/// Tells when a frame that holds it is destroyed.
struct Trace {
    Trace(std::vector<std::string>& out, std::string own_name)
        : log(out), name(std::move(own_name)) {}
    ~Trace() { log.push_back(name); }
    std::vector<std::string>& log;
    std::string name;
};

TEST(Task, GivesItsCallerWhatItReturns) {
    io_context context;
    const auto sum = [](io_context& loop) -> Task<int> {
        const int first = co_await give(1);
        co_await turn(loop);
        co_return first + co_await give(2);
    };
    std::optional<int> got;
    spawn(context, sum(context), [&](const std::exception_ptr& thrown, std::optional<int> value) {
        EXPECT_FALSE(thrown);
        got = value;
    });
    context.run();
    EXPECT_EQ(got, 3);
}

TEST(Task, ThrowsInItsCallerWhatItThrows) {
    io_context context;
    const auto fail = [](io_context& loop) -> Task<int> {
        co_await turn(loop);
        throw std::runtime_error("no");
    };
    std::string caught;
    bool was_thrown = false;
    const auto call = [&](io_context& loop) -> Task<void> {
        try {
            co_await fail(loop);
        } catch (const std::runtime_error& error) {
            caught = error.what();
        }
        co_await fail(loop);
    };
    spawn(context, call(context),
          [&](const std::exception_ptr& thrown) { was_thrown = thrown != nullptr; });
    context.run();
    EXPECT_EQ(caught, "no");
    EXPECT_TRUE(was_thrown);
}

TEST(Task, GivesResultsOfAnOperation) {
    io_context context;
    bool was_cancelled = false;
    steady_timer timer(context, steady_timer::time_point::max());
    const auto wait = [&]() -> Task<void> {
        const auto error = co_await completion<boost::system::error_code>(
            [&](auto handler) { timer.async_wait(std::move(handler)); });
        was_cancelled = error == boost::asio::error::operation_aborted;
        const auto [number, text] = co_await completion<int, std::string>([&](auto handler) {
            boost::asio::post(context,
                              [handler = std::move(handler)]() mutable { handler(7, "x"); });
        });
        EXPECT_EQ(number, 7);
        EXPECT_EQ(text, "x");
    };
    bool ended = false;
    spawn(context, wait(), [&](const std::exception_ptr&) { ended = true; });
    boost::asio::post(context, [&] { timer.cancel(); });
    context.run();
    EXPECT_TRUE(was_cancelled);
    EXPECT_TRUE(ended);
}

TEST(Task, CallsThatDoNotWaitTakeNoStack) {
    io_context context;
    long sum = 0;
    const auto count = [&]() -> Task<void> {
        for (int i = 0; i < 1'000'000; ++i) sum += co_await give(1);
    };
    spawn(context, count(), [](const std::exception_ptr&) {});
    context.run();
    EXPECT_EQ(sum, 1'000'000);
}

TEST(Task, BeginsAtOnceOnTheLoopAndEndsInALaterTurn) {
    io_context context;
    std::vector<std::string> log;
    const auto note = [&]() -> Task<void> {
        const Trace trace(log, "frame");
        log.emplace_back("begun");
        co_return;
    };
    boost::asio::post(context, [&] {
        spawn(context, note(), [&](const std::exception_ptr&) { log.emplace_back("ended"); });
        log.emplace_back("spawned");
    });
    context.run();
    EXPECT_EQ(log, (std::vector<std::string>{"begun", "frame", "spawned", "ended"}));
}

TEST(Task, GoesWithTheLoopItWaitsOn) {
    std::vector<std::string> log;
    bool was_called = false;
    {
        io_context context;
        const auto inner = [&]() -> Task<void> {
            const Trace trace(log, "inner");
            co_await wait_forever(context);
        };
        const auto outer = [&]() -> Task<void> {
            const Trace trace(log, "outer");
            co_await inner();
        };
        auto kept = std::make_unique<Trace>(log, "kept");
        spawn(context, outer(),
              [&, kept = std::move(kept)](const std::exception_ptr&) { was_called = true; });
        context.run_for(std::chrono::milliseconds(1));
        EXPECT_TRUE(log.empty());
    }
    EXPECT_EQ(log, (std::vector<std::string>{"inner", "outer", "kept"}));
    EXPECT_FALSE(was_called);
}

TEST(Task, ThatIsNeverAwaitedNeverBegins) {
    bool began = false;
    {
        const auto note = [&]() -> Task<void> {
            began = true;
            co_return;
        };
        const auto task = note();
    }
    EXPECT_FALSE(began);
}

}  // namespace
}  // namespace tollweir::net
