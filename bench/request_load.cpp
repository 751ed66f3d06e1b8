// Closed loop: every connection asks again as soon as it is answered. Open loop: requests leave at
// a constant rate whatever the answers do, and latency counts from the time they were to leave.

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

#include "load.hpp"
#include "request_body.hpp"
#include "response_reader.hpp"
#include "run_clock.hpp"
#include "sockets.hpp"

namespace tollweir::bench {
namespace {

constexpr std::int64_t kGraceNs = 2'000'000'000;  // for answers still out when the run ends
constexpr std::uint64_t kMaxErrors = 100;
constexpr std::size_t kReadBytes = 65'536;

std::int64_t to_ns(double seconds) {
    return static_cast<std::int64_t>(seconds * 1e9);
}

struct Connection {
    int fd = -1;
    bool busy = false;
    std::int64_t from_ns = 0;  // latency counts from here
    std::size_t sent = 0;      // bytes of the request
    bool waits_to_send = false;
    ResponseReader reader;
};

class RequestLoad {
public:
    explicit RequestLoad(const LoadOptions& options)
        : options_(options),
          request_(plain_request(options)),
          epoll_(make_epoll()),
          connections_(static_cast<std::size_t>(options.connections)),
          buffer_(kReadBytes),
          clock_(options) {
        for (Connection& connection : connections_) open(connection);
    }

    int run_closed() {
        plan_times();
        if (options_.requests > 0) clock_.begin();
        for (Connection& connection : connections_) start_next(connection);
        while (!clock_.has_ended() && result_.errors <= kMaxErrors) {
            turn(-1);
            if (options_.requests == 0) follow_plan(now_ns());
        }
        clock_.end();
        return print_result(options_, clock_, result_);
    }

    int run_open() {
        plan_times();
        for (std::size_t i = 0; i < connections_.size(); ++i) idle_.push_back(i);
        const std::int64_t interval_ns = to_ns(1 / options_.rate);
        std::int64_t next_ns = now_ns();
        while (result_.errors <= kMaxErrors) {
            std::int64_t now = now_ns();
            follow_plan(now);
            for (; next_ns <= now && !clock_.has_ended(); next_ns += interval_ns)
                waiting_.push_back(next_ns);
            start_waiting();
            if (clock_.has_ended() && (open_requests() == 0 || now > end_ns_ + kGraceNs)) break;
            now = now_ns();
            turn(clock_.has_ended() ? kGraceNs / 100 : std::max<std::int64_t>(0, next_ns - now));
        }
        clock_.end();
        if (open_requests() > 0) result_.fail("requests without an answer");
        return print_result(options_, clock_, result_);
    }

private:
    void plan_times() {
        begin_ns_ = now_ns() + to_ns(options_.warmup);
        end_ns_ = begin_ns_ + to_ns(options_.seconds);
    }

    void follow_plan(std::int64_t now) {
        if (clock_.has_ended()) return;
        if (!clock_.is_running() && now >= begin_ns_) {
            clock_.begin();
            end_ns_ = now + to_ns(options_.seconds);  // however late: the machine may have stalled
        }
        if (now >= end_ns_) clock_.end();
    }

    std::size_t open_requests() const {
        return waiting_.size() + connections_.size() - idle_.size();
    }

    void open(Connection& connection) {
        connection.fd = connect_to_loopback(options_.port);
        make_nonblocking(connection.fd);
        watch(epoll_, EPOLL_CTL_ADD, connection.fd, EPOLLIN);
        const auto slot = static_cast<std::size_t>(connection.fd);
        if (by_fd_.size() <= slot) by_fd_.resize(slot + 1);
        by_fd_[slot] = &connection;
    }

    void start_waiting() {
        while (!waiting_.empty() && !idle_.empty()) {
            Connection& connection = connections_[idle_.back()];
            idle_.pop_back();
            start(connection, waiting_.front());
            waiting_.pop_front();
        }
    }

    void start_next(Connection& connection) {
        if (options_.requests > 0 && started_ >= options_.requests) return;
        ++started_;
        start(connection, now_ns());
    }

    void start(Connection& connection, std::int64_t from_ns) {
        connection.busy = true;
        connection.from_ns = from_ns;
        connection.sent = 0;
        connection.reader.reset();
        send_rest(connection);
    }

    void send_rest(Connection& connection) {
        const std::string_view left = std::string_view(request_).substr(connection.sent);
        const auto sent = send_some(connection.fd, left);
        if (sent < 0) return give_up(connection, std::string("send: ") + std::strerror(errno));
        connection.sent += static_cast<std::size_t>(sent);
        const bool waits = connection.sent < request_.size();
        if (waits == connection.waits_to_send) return;
        connection.waits_to_send = waits;
        watch(epoll_, EPOLL_CTL_MOD, connection.fd, waits ? EPOLLIN | EPOLLOUT : EPOLLIN);
    }

    void turn(std::int64_t timeout_ns) {
        const timespec timeout{timeout_ns / 1'000'000'000, timeout_ns % 1'000'000'000};
        std::array<epoll_event, 64> events{};
        const int ready = epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()),
                                       timeout_ns < 0 ? nullptr : &timeout, nullptr);
        for (int i = 0; i < ready; ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            Connection& connection = *by_fd_[static_cast<std::size_t>(event.data.fd)];
            if ((event.events & EPOLLOUT) != 0) send_rest(connection);
            if ((event.events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) read(connection);
        }
    }

    void read(Connection& connection) {
        const auto size = recv(connection.fd, buffer_.data(), buffer_.size(), 0);
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (size <= 0) {
            if (connection.busy) return give_up(connection, "connection closed before the answer");
            ++result_.reconnects;
            return reopen(connection);
        }
        if (!connection.busy) return give_up(connection, "bytes that nobody asked for");
        const auto progress =
            connection.reader.take({buffer_.data(), static_cast<std::size_t>(size)});
        if (progress == ResponseReader::Progress::broken)
            return give_up(connection, "malformed answer");
        if (progress == ResponseReader::Progress::complete) finish(connection);
    }

    void finish(Connection& connection) {
        const std::int64_t now = now_ns();
        const std::string& body = connection.reader.body();
        if (connection.reader.status() != 200 || body.find(R"("usage")") == std::string::npos)
            result_.fail(std::to_string(connection.reader.status()) + " " + body.substr(0, 200));
        if (clock_.is_running()) {
            ++result_.units;
            result_.latency.add(now - connection.from_ns);
        }
        connection.busy = false;
        go_on(connection);
    }

    void go_on(Connection& connection) {
        if (options_.mode == "open") {
            idle_.push_back(static_cast<std::size_t>(&connection - connections_.data()));
            return;
        }
        if (options_.requests > 0 &&
            static_cast<std::int64_t>(result_.units + result_.errors) >= options_.requests)
            return clock_.end();
        start_next(connection);
    }

    void give_up(Connection& connection, const std::string& what) {
        result_.fail(what);
        reopen(connection);
        if (!connection.busy) return;
        connection.busy = false;
        go_on(connection);
    }

    void reopen(Connection& connection) {
        ::close(connection.fd);
        connection.waits_to_send = false;
        open(connection);
    }

    const LoadOptions& options_;
    std::string request_;
    int epoll_;
    std::vector<Connection> connections_;
    std::vector<Connection*> by_fd_;
    std::vector<char> buffer_;
    std::vector<std::size_t> idle_;     // open mode: connections without a request
    std::deque<std::int64_t> waiting_;  // open mode: due times of requests without a connection
    std::int64_t started_ = 0;
    std::int64_t begin_ns_ = 0;
    std::int64_t end_ns_ = 0;
    RunClock clock_;
    RunResult result_;
};

}  // namespace

int run_closed(const LoadOptions& options) {
    return RequestLoad(options).run_closed();
}

int run_open(const LoadOptions& options) {
    return RequestLoad(options).run_open();
}

}  // namespace tollweir::bench
