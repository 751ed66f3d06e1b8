#include "tollweir/net/stream.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <boost/asio/write.hpp>
#include <string>
#include <thread>

namespace tollweir::net {
namespace {

using asio::ip::tcp;

/// A stream and its peer on loopback.
class StreamTest : public testing::Test {
protected:
    StreamTest() : tick(context), peer(context) { connect(); }
    void connect() {
        stream.reset();
        peer = tcp::socket(context);
        tcp::acceptor acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
        peer.connect(acceptor.local_endpoint());
        Socket socket(context);
        acceptor.accept(socket);
        socket.non_blocking(true);
        stream.emplace(tick, std::move(socket));
    }
    void send(std::string_view text) { asio::write(peer, asio::buffer(text)); }
    void end() { peer.shutdown(tcp::socket::shutdown_send); }
    /// Until what the peer has sent has arrived: loopback is quick, but not at once.
    void await_arrival(std::size_t bytes) {
        while (stream->socket().available() < bytes) std::this_thread::yield();
    }
    void await_end() {
        pollfd socket{stream->native(), POLLRDHUP, 0};
        ASSERT_EQ(::poll(&socket, 1, 10'000), 1);
    }
    /// One event tells of both.
    void end_with_last_words() {
        send("last words");
        end();
        await_arrival(10);
        await_end();
    }
    std::string take(IoResult got) {
        if (got.status == IoStatus::closed) return "end";
        return got ? std::string(buffer, got.size) : "failed";
    }

    asio::io_context context;
    Tick tick;
    tcp::socket peer;
    std::optional<Stream> stream;
    char buffer[1024];
};

TEST_F(StreamTest, SeesAnEndThatCameAlongWithTheLastBytes) {
    std::string first;
    std::string second;
    const auto read = [&]() -> Task<void> {
        first = take(co_await stream->read_some(buffer, sizeof buffer, true));
        second = take(co_await stream->read_some(buffer, sizeof buffer, true));
    };
    spawn(context, read(), [](const std::exception_ptr&) {});
    context.poll();  // it waits now
    end_with_last_words();
    context.run_for(std::chrono::seconds(10));
    EXPECT_EQ(first, "last words");
    EXPECT_EQ(second, "end");
}

TEST_F(StreamTest, ReadsOnWhereTheBufferWasTooSmall) {
    std::string all;
    const auto read = [&]() -> Task<void> {
        while (all.size() < 300) all += take(co_await stream->read_some(buffer, 100, true));
    };
    spawn(context, read(), [](const std::exception_ptr&) {});
    context.poll();
    send(std::string(300, 'x'));
    context.run_for(std::chrono::seconds(10));
    EXPECT_EQ(all, std::string(300, 'x'));
}

TEST_F(StreamTest, WaitsAgainAfterBytesThatWereReadWithoutAWait) {
    send("one");
    await_arrival(3);
    EXPECT_EQ(take(stream->try_read(buffer, sizeof buffer)), "one");
    std::string got;
    const auto read = [&]() -> Task<void> {
        got = take(co_await stream->read_some(buffer, sizeof buffer, true));
    };
    spawn(context, read(), [](const std::exception_ptr&) {});
    context.poll();
    EXPECT_EQ(got, "") << "the event of what was read before ends no wait";
    send("two");
    context.run_for(std::chrono::seconds(10));
    EXPECT_EQ(got, "two");
}

TEST_F(StreamTest, AWatchFiresForAnEndAndGoesOverToAWait) {
    stream->watch();
    context.poll();
    EXPECT_FALSE(stream->watch_has_fired());
    std::string got;
    const auto read = [&]() -> Task<void> {
        got = take(co_await stream->read_some(buffer, sizeof buffer, true));
    };
    spawn(context, read(), [](const std::exception_ptr&) {});
    context.poll();
    send("answer");
    context.run_for(std::chrono::seconds(10));
    EXPECT_EQ(got, "answer");
    stream->watch();
    end();
    context.restart();
    context.run_for(std::chrono::seconds(10));
    EXPECT_TRUE(stream->watch_has_fired());
}

TEST_F(StreamTest, AnIdleWaitSeesAtTheTickAnEndThatCameAlongWithTheLastBytes) {
    bool has_ended = false;
    const auto idle = [&]() -> Task<void> {
        co_await stream->read_some(buffer, sizeof buffer, true);
        stream->set_busy(false);
        co_await stream->readable();
        has_ended = stream->try_read(buffer, sizeof buffer).status == IoStatus::closed;
    };
    spawn(context, idle(), [](const std::exception_ptr&) {});
    context.poll();
    end_with_last_words();
    tick.start();
    context.run_for(std::chrono::seconds(3));
    tick.stop();
    EXPECT_TRUE(has_ended);
}

/// As of a pooled connection whose server ends it with its answer, without a word of that.
TEST_F(StreamTest, AWatchSeesAtTheTickAnEndThatCameAlongWithTheLastBytes) {
    for (const bool is_used_again : {false, true}) {
        SCOPED_TRACE(is_used_again);
        std::string got;
        const auto answer = [&]() -> Task<void> {
            co_await stream->read_some(buffer, sizeof buffer, true);
            stream->set_busy(false);
            stream->watch();
            if (!is_used_again) co_return;
            stream->set_busy(true);
            got = take(co_await stream->read_some(buffer, sizeof buffer, true));
        };
        spawn(context, answer(), [](const std::exception_ptr&) {});
        context.poll();
        end_with_last_words();
        tick.start();
        context.restart();
        context.run_for(std::chrono::milliseconds(1500));
        EXPECT_TRUE(stream->watch_has_fired());
        if (is_used_again) EXPECT_EQ(got, "end");
        connect();
    }
}

/// Their event ends the wait; an end of it by the tick would leave the event to the next one.
TEST_F(StreamTest, ALookAtTheTickLeavesBytesToTheirEvent) {
    std::string got;
    const auto answer = [&]() -> Task<void> {
        stream->watch();
        got = take(co_await stream->read_some(buffer, sizeof buffer, true));
        stream->watch();
    };
    spawn(context, answer(), [](const std::exception_ptr&) {});
    context.poll();
    send("answer");
    await_arrival(6);
    stream->on_tick(Clock::now());
    context.restart();
    context.run_for(std::chrono::milliseconds(200));
    EXPECT_EQ(got, "answer");
    EXPECT_FALSE(stream->watch_has_fired());
}

TEST_F(StreamTest, MayGoWhileItIsWatched) {
    stream->watch();
    stream.reset();
    context.run();
}

TEST_F(StreamTest, ACancelEndsAWait) {
    auto status = IoStatus::ok;
    const auto read = [&]() -> Task<void> {
        status = (co_await stream->read_some(buffer, sizeof buffer, true)).status;
    };
    spawn(context, read(), [](const std::exception_ptr&) {});
    context.poll();
    stream->cancel();
    context.run_for(std::chrono::seconds(10));
    EXPECT_EQ(status, IoStatus::cancelled);
}

}  // namespace
}  // namespace tollweir::net
