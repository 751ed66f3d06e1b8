// Many event streams at once. An event's delay is the time since the mock upstream wrote it.

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "load.hpp"
#include "request_body.hpp"
#include "response_reader.hpp"
#include "run_clock.hpp"
#include "sockets.hpp"

namespace tollweir::bench {
namespace {

constexpr double kGraceSeconds = 3;  // for streams still open when their last event is due
constexpr std::size_t kReadBytes = 65'536;
constexpr std::string_view kEventMark = R"("content":"@)";
constexpr std::size_t kTimestampDigits = 20;

std::int64_t to_ns(double seconds) {
    return static_cast<std::int64_t>(seconds * 1e9);
}

struct Stream {
    int fd = -1;
    std::int64_t start_ns = 0;
    std::int64_t events = 0;
    bool saw_done = false;
    bool finished = false;
    ResponseReader reader;
};

class StreamLoad {
public:
    explicit StreamLoad(const LoadOptions& options)
        : options_(options), epoll_(make_epoll()), buffer_(kReadBytes), clock_(options) {
        const bool paced = options.rate > 0;
        // Half a second of warm-up more, so that the last stream to start outlives the measurement.
        events_wanted_ =
            paced
                ? static_cast<std::int64_t>(options.rate * (options.warmup + options.seconds + 0.5))
                : options.requests;
        const auto interval_us = paced ? static_cast<std::int64_t>(1e6 / options.rate) : 0;
        request_ = stream_request(options, events_wanted_, interval_us);
        plan_starts();
    }

    int run() {
        const std::int64_t begin_ns = now_ns() + to_ns(options_.warmup);
        const std::int64_t end_ns = begin_ns + to_ns(options_.seconds);
        const std::int64_t give_up_ns = options_.rate > 0
                                            ? end_ns + to_ns(options_.warmup + kGraceSeconds)
                                            : now_ns() + to_ns(60);
        if (options_.rate <= 0) clock_.begin();
        while (finished_ < streams_.size()) {
            const std::int64_t now = now_ns();
            if (now > give_up_ns) break;
            if (!clock_.is_running() && !clock_.has_ended() && now >= begin_ns) clock_.begin();
            if (options_.rate > 0 && now >= end_ns) clock_.end();
            turn(start_due(now));
        }
        clock_.end();
        for (const Stream& stream : streams_) {
            if (!stream.finished) result_.fail("stream did not end");
        }
        return print_result(options_, clock_, result_);
    }

private:
    // Starts are spread over two thirds of the warm-up, and over the interval between two events.
    void plan_starts() {
        const auto count = static_cast<std::size_t>(options_.connections);
        streams_.resize(count);
        for (std::size_t i = 0; i < count; ++i) {
            const double share = static_cast<double>(i) / static_cast<double>(count);
            const double phase = static_cast<double>(i * 618 % 1'000) / 1'000;
            const double interval = options_.rate > 0 ? 1 / options_.rate : 0;
            const double spread = options_.rate > 0 ? options_.warmup * 2 / 3 : 0;
            streams_[i].start_ns = now_ns() + to_ns(share * spread + phase * interval);
        }
        std::sort(streams_.begin(), streams_.end(),
                  [](const Stream& a, const Stream& b) { return a.start_ns < b.start_ns; });
    }

    // Nanoseconds to wait for the next start, or for the clock.
    std::int64_t start_due(std::int64_t now) {
        while (next_ < streams_.size() && streams_[next_].start_ns <= now) open(streams_[next_++]);
        if (next_ < streams_.size()) return streams_[next_].start_ns - now;
        return to_ns(0.01);
    }

    void open(Stream& stream) {
        stream.fd = connect_to_loopback(options_.port);
        if (send_some(stream.fd, request_) != static_cast<std::ptrdiff_t>(request_.size()))
            return finish(stream, "request did not fit the socket");
        make_nonblocking(stream.fd);
        watch(epoll_, EPOLL_CTL_ADD, stream.fd, EPOLLIN);
        const auto slot = static_cast<std::size_t>(stream.fd);
        if (by_fd_.size() <= slot) by_fd_.resize(slot + 1);
        by_fd_[slot] = &stream;
    }

    void turn(std::int64_t timeout_ns) {
        const timespec timeout{0, timeout_ns};
        std::array<epoll_event, 64> events{};
        const int ready =
            epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
        for (int i = 0; i < ready; ++i)
            read(*by_fd_[static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.fd)]);
    }

    void read(Stream& stream) {
        const auto size = recv(stream.fd, buffer_.data(), buffer_.size(), 0);
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (size <= 0) return finish(stream, "stream broke off");
        const auto progress = stream.reader.take({buffer_.data(), static_cast<std::size_t>(size)});
        if (progress == ResponseReader::Progress::broken) return finish(stream, "malformed stream");
        take_lines(stream, now_ns());
        if (progress != ResponseReader::Progress::complete) return;
        const bool whole =
            stream.reader.status() == 200 && stream.saw_done && stream.events == events_wanted_;
        finish(stream, whole
                           ? ""
                           : "stream ended with status " + std::to_string(stream.reader.status()) +
                                 " after " + std::to_string(stream.events) + " events " +
                                 stream.reader.body().substr(0, 200));
    }

    void take_lines(Stream& stream, std::int64_t now) {
        if (stream.reader.status() != 200) return;
        std::string& body = stream.reader.body();
        const std::size_t end = body.rfind('\n');
        if (end == std::string::npos) return;
        const std::string_view lines = std::string_view(body).substr(0, end);
        if (lines.ends_with("data: [DONE]\n")) stream.saw_done = true;
        for (std::size_t at = lines.find(kEventMark); at != std::string_view::npos;
             at = lines.find(kEventMark, at + kEventMark.size()))
            take_event(stream, lines.substr(at + kEventMark.size(), kTimestampDigits), now);
        body.erase(0, end + 1);
    }

    void take_event(Stream& stream, std::string_view timestamp, std::int64_t now) {
        ++stream.events;
        if (!clock_.is_running()) return;
        std::int64_t written_ns = 0;
        std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), written_ns);
        ++result_.units;
        result_.latency.add(now - written_ns);
    }

    void finish(Stream& stream, const std::string& error) {
        if (!error.empty()) result_.fail(error);
        stream.finished = true;
        ++finished_;
        ::close(stream.fd);
    }

    const LoadOptions& options_;
    int epoll_;
    std::vector<char> buffer_;
    std::int64_t events_wanted_ = 0;  // a stream
    std::string request_;
    std::vector<Stream> streams_;
    std::vector<Stream*> by_fd_;
    std::size_t next_ = 0;  // the first stream that was not started
    std::size_t finished_ = 0;
    RunClock clock_;
    RunResult result_;
};

}  // namespace

int run_streams(const LoadOptions& options) {
    return StreamLoad(options).run();
}

}  // namespace tollweir::bench
