// A mock of an OpenAI-shaped upstream that costs as little CPU as possible: one thread, one epoll.
//
//   fake_upstream PORT
//
// Every request gets the same 600-byte chat completion. One with "stream":true in the first 4 KB of
// its body gets an event stream of `max_tokens` events (100 without it), `seed` microseconds apart
// (0, the default: as fast as the reader takes them).

#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

#include "canned_answers.hpp"
#include "sockets.hpp"

namespace tollweir::bench {
namespace {

constexpr std::size_t kReadBytes = 16'384;
constexpr std::size_t kMaxHeadBytes = 65'536;
constexpr std::size_t kBodyStartBytes = 4'096;       // looked at; the rest of a body is thrown away
constexpr std::size_t kMaxBacklogBytes = 4'194'304;  // of a timed stream nobody reads
constexpr std::int64_t kDefaultEvents = 100;
constexpr int kBurstEvents = 16;  // a write, in a stream without interval

enum class State { head, body_start, body_rest, streaming };

struct Connection {
    int fd = -1;
    std::uint64_t id = 0;  // file descriptors are used again, ids are not
    State state = State::head;
    std::string input;   // read and not used yet
    std::string output;  // what the socket did not take
    std::uint32_t watched = EPOLLIN;
    std::size_t start_bytes = 0;  // of this request's body: its beginning, and the rest
    std::size_t rest_bytes = 0;
    bool wants_stream = false;
    std::int64_t events_left = 0;
    std::int64_t interval_ns = 0;
};

struct Due {
    std::int64_t at_ns;
    int fd;
    std::uint64_t connection_id;
    bool operator>(const Due& other) const { return at_ns > other.at_ns; }
};

std::optional<std::int64_t> leading_number(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    std::int64_t value = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end.ec != std::errc{} || value < 0) return std::nullopt;
    return value;
}

// The value of a header field up to the end of `head`, which begins with the request line.
std::optional<std::string_view> field(std::string_view head, std::string_view name) {
    for (std::size_t at = head.find("\r\n"); at != std::string_view::npos;
         at = head.find("\r\n", at + 2)) {
        const std::string_view line = head.substr(at + 2);
        if (line.size() <= name.size() || line[name.size()] != ':') continue;
        if (strncasecmp(line.data(), name.data(), name.size()) == 0)
            return line.substr(name.size() + 1);
    }
    return std::nullopt;
}

std::optional<std::int64_t> json_number(std::string_view body, std::string_view key) {
    const std::size_t at = body.find(key);
    if (at == std::string_view::npos) return std::nullopt;
    return leading_number(body.substr(at + key.size()));
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

// False: not a request this mock can answer.
bool take_head(Connection& connection, std::size_t head_bytes) {
    const std::string_view head = std::string_view(connection.input).substr(0, head_bytes);
    if (field(head, "transfer-encoding")) return false;
    std::size_t body_bytes = 0;
    if (const auto length = field(head, "content-length")) {
        const auto value = leading_number(*length);
        if (!value) return false;
        body_bytes = static_cast<std::size_t>(*value);
    }
    connection.input.erase(0, head_bytes);
    connection.start_bytes = std::min(body_bytes, kBodyStartBytes);
    connection.rest_bytes = body_bytes - connection.start_bytes;
    connection.state = State::body_start;
    return true;
}

void take_body_start(Connection& connection) {
    const std::string_view body =
        std::string_view(connection.input).substr(0, connection.start_bytes);
    connection.wants_stream =
        contains(body, R"("stream":true)") || contains(body, R"("stream": true)");
    if (connection.wants_stream) {
        connection.events_left = json_number(body, R"("max_tokens":)").value_or(kDefaultEvents);
        connection.interval_ns = json_number(body, R"("seed":)").value_or(0) * 1'000;
    }
    connection.input.erase(0, connection.start_bytes);
    connection.state = State::body_rest;
}

class Server {
public:
    explicit Server(std::uint16_t port)
        : epoll_(make_epoll()), listener_(listen_on_loopback(port)) {
        watch(epoll_, EPOLL_CTL_ADD, listener_, EPOLLIN);
    }

    [[noreturn]] void run() {
        std::array<epoll_event, 256> events{};
        for (;;) {
            const int ready = wait(events);
            for (int i = 0; i < ready; ++i) handle(events[static_cast<std::size_t>(i)]);
            send_due_events();
        }
    }

private:
    int wait(std::array<epoll_event, 256>& events) {
        timespec timeout{};
        if (!due_.empty()) {
            const std::int64_t left = std::max<std::int64_t>(0, due_.top().at_ns - now_ns());
            timeout = {left / 1'000'000'000, left % 1'000'000'000};
        }
        return epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()),
                            due_.empty() ? nullptr : &timeout, nullptr);
    }

    void handle(const epoll_event& event) {
        if (event.data.fd == listener_) return accept_all();
        Connection* connection = find(event.data.fd);
        if (connection == nullptr) return;
        const bool left = (event.events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP)) != 0;
        if (left || !serve(*connection, event.events)) close(*connection);
    }

    bool serve(Connection& connection, std::uint32_t events) {
        if ((events & EPOLLOUT) != 0) {
            if (!flush(connection) || !advance(connection)) return false;
        }
        return (events & EPOLLIN) == 0 || read(connection);
    }

    void accept_all() {
        for (;;) {
            const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (fd < 0) return;
            set_no_delay(fd);
            const auto slot = static_cast<std::size_t>(fd);
            if (connections_.size() <= slot) connections_.resize(slot + 1);
            connections_[slot] = std::make_unique<Connection>();
            connections_[slot]->fd = fd;
            connections_[slot]->id = ++last_id_;
            watch(epoll_, EPOLL_CTL_ADD, fd, EPOLLIN);
        }
    }

    Connection* find(int fd) {
        const auto slot = static_cast<std::size_t>(fd);
        return slot < connections_.size() ? connections_[slot].get() : nullptr;
    }

    void close(Connection& connection) {
        const int fd = connection.fd;
        connections_[static_cast<std::size_t>(fd)].reset();
        ::close(fd);
    }

    // One read an event: epoll is level-triggered, what is left comes with the next turn.
    bool read(Connection& connection) {
        const bool skips = connection.state == State::body_rest && connection.input.empty();
        // MSG_TRUNC: the kernel drops the bytes without copying them.
        const auto size = skips ? recv(connection.fd, nullptr, connection.rest_bytes, MSG_TRUNC)
                                : recv(connection.fd, buffer_.data(), buffer_.size(), 0);
        if (size < 0) return errno == EAGAIN || errno == EINTR;
        if (size == 0) return false;
        if (skips)
            connection.rest_bytes -= static_cast<std::size_t>(size);
        else
            connection.input.append(buffer_.data(), static_cast<std::size_t>(size));
        return advance(connection);
    }

    // Goes as far as the input allows; several requests may have come at once.
    bool advance(Connection& connection) {
        while (connection.output.empty()) {
            if (connection.state == State::streaming) return true;
            if (connection.state == State::head) {
                const std::size_t end = connection.input.find("\r\n\r\n");
                if (end == std::string::npos) return connection.input.size() <= kMaxHeadBytes;
                if (!take_head(connection, end + 4)) return refuse(connection);
            }
            if (connection.state == State::body_start) {
                if (connection.input.size() < connection.start_bytes) return true;
                take_body_start(connection);
            }
            const std::size_t dropped = std::min(connection.rest_bytes, connection.input.size());
            connection.input.erase(0, dropped);
            connection.rest_bytes -= dropped;
            if (connection.rest_bytes > 0) return true;
            if (!answer(connection)) return false;
        }
        return true;
    }

    bool refuse(Connection& connection) {
        send(connection, kLengthRequired);
        return false;
    }

    bool answer(Connection& connection) {
        connection.state = connection.wants_stream ? State::streaming : State::head;
        if (!connection.wants_stream) return send(connection, kPlainAnswer);
        if (!send(connection, kStreamHead + kFirstChunk)) return false;
        schedule(connection, now_ns() + connection.interval_ns);
        update_watch(connection);
        return true;
    }

    void schedule(const Connection& connection, std::int64_t at_ns) {
        due_.push({at_ns, connection.fd, connection.id});
    }

    void send_due_events() {
        if (due_.empty()) return;
        const std::int64_t now = now_ns();
        while (!due_.empty() && due_.top().at_ns <= now) {
            const Due due = due_.top();
            due_.pop();
            Connection* connection = find(due.fd);
            if (connection == nullptr || connection->id != due.connection_id) continue;
            if (!continue_stream(*connection, due.at_ns)) close(*connection);
        }
    }

    bool continue_stream(Connection& connection, std::int64_t due_ns) {
        const bool paced = connection.interval_ns > 0;
        if (!paced && !connection.output.empty()) {  // the reader is slow: ask again in a while
            schedule(connection, now_ns() + 100'000);
            return true;
        }
        std::string text;
        for (int i = 0; i < (paced ? 1 : kBurstEvents) && connection.events_left > 0; ++i) {
            append_event(text);
            --connection.events_left;
        }
        if (connection.events_left > 0) {
            schedule(connection, due_ns + connection.interval_ns);
            return send(connection, text);
        }
        connection.state = State::head;
        if (!send(connection, text + kStreamEnd)) return false;
        update_watch(connection);
        return advance(connection);
    }

    bool send(Connection& connection, std::string_view bytes) {
        if (connection.output.empty()) {
            const auto sent = send_some(connection.fd, bytes);
            if (sent < 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
            if (bytes.empty()) return true;
        }
        connection.output.append(bytes);
        update_watch(connection);
        return connection.output.size() <= kMaxBacklogBytes;
    }

    bool flush(Connection& connection) {
        const auto sent = send_some(connection.fd, connection.output);
        if (sent < 0) return false;
        connection.output.erase(0, static_cast<std::size_t>(sent));
        update_watch(connection);
        return true;
    }

    // No reading while an answer is under way: the next request waits in the socket.
    void update_watch(Connection& connection) {
        const bool busy = connection.state == State::streaming || !connection.output.empty();
        std::uint32_t wanted = busy ? EPOLLRDHUP : EPOLLIN;
        if (!connection.output.empty()) wanted |= EPOLLOUT;
        if (wanted == connection.watched) return;
        connection.watched = wanted;
        watch(epoll_, EPOLL_CTL_MOD, connection.fd, wanted);
    }

    int epoll_;
    int listener_;
    std::uint64_t last_id_ = 0;
    std::vector<std::unique_ptr<Connection>> connections_;  // by file descriptor
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
    std::array<char, kReadBytes> buffer_{};
};

}  // namespace
}  // namespace tollweir::bench

int main(int count, char** arguments) {
    using namespace tollweir::bench;
    const auto port = count == 2 ? leading_number(arguments[1]) : std::nullopt;
    if (!port || *port < 1 || *port > 65'535) die("usage: fake_upstream PORT");
    prctl(PR_SET_TIMERSLACK, 1UL);  // else events are up to 50 µs late
    raise_file_limit();
    Server(static_cast<std::uint16_t>(*port)).run();
}
