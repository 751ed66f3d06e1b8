#include "tollweir/net/client_connection.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "tollweir/core/log.hpp"
#include "tollweir/core/text_pen.hpp"
#include "tollweir/net/chunk_decoder.hpp"
#include "tollweir/net/http_status.hpp"
#include "tollweir/net/worker.hpp"

namespace tollweir::net {

namespace {

// A request that takes longer gets its client watched: shorter ones end before it matters, and the
// watch costs two system calls.
constexpr std::chrono::milliseconds kWatchAfter{50};
// What is read and thrown away of a body nobody asked for, to keep the connection.
constexpr std::uint64_t kMaxSkippedBody = 64 * 1024;

}  // namespace

ClientConnection::Watcher::Watcher(ClientConnection& connection, Tick& tick)
    : connection_(connection) {
    tick.add_busy(*this);
}

ClientConnection::Watcher::~Watcher() {
    if (watch_) watch_->connection = nullptr;
}

void ClientConnection::Watcher::on_tick(TimePoint now) {
    if (watch_ || now - connection_.arrival_ < kWatchAfter) return;
    watch_ = std::make_shared<Watch>(&connection_);
    connection_.arm_watch();
}

ClientConnection::ClientConnection(Worker& worker, Socket socket, std::string peer, ssl_ctx_st* tls)
    : worker_(worker),
      stream_(worker.tick(), std::move(socket)),
      tls_(tls),
      peer_(std::move(peer)),
      limits_(worker.client_limits()) {}

ClientConnection::~ClientConnection() {
    watcher_.reset();
    if (work_) worker_.return_work(std::move(work_));
}

Task<void> ClientConnection::serve(RequestHandler& handler) {
    stream_.set_busy(true);
    if (tls_ != nullptr) {
        stream_.set_deadline(after(Clock::now(), limits_.header_timeout));
        const auto shaken = co_await stream_.accept_tls(tls_);
        if (!shaken) co_return stream_.close();
    }
    bool waits_on = false;
    while (keep_alive_ && !worker_.is_draining()) {
        if (!work_) {
            idle_ = true;
            stream_.set_busy(false);
            if (!std::exchange(waits_on, false))
                stream_.set_deadline(after(worker_.tick().last(), limits_.idle_timeout));
            if (stream_.status_of({}) != IoStatus::ok) break;
            if (!stream_.has_bytes()) {
                co_await stream_.readable();
                if (stream_.status_of({}) != IoStatus::ok) break;
            }
            work_ = worker_.borrow_work();
            const auto got = stream_.try_read(work_->buffer.data(), work_->buffer.capacity());
            if (got.status == IoStatus::would_block) {
                // An event of what was read before: it is idle still, and no longer for that.
                worker_.return_work(std::move(work_));
                waits_on = true;
                continue;
            }
            if (!got) break;
            work_->end = got.size;
        }
        idle_ = false;
        if (!co_await serve_request(handler)) break;
        if (!work_->has_more()) worker_.return_work(std::move(work_));
    }
    if (lingers_ && !left_ && !cut_)
        co_await stream_.linger_close();
    else
        stream_.close();
}

/// False: the connection is done for.
Task<bool> ClientConnection::serve_request(RequestHandler& handler) {
    begun_ = streaming_ = chunked_out_ = head_only_ = false;
    body_ = Body::none;
    arrival_ = Clock::now();
    compact();
    if (parse_head().step == HeadStep::done)
        stream_.set_busy(true);
    else if (!co_await read_head(handler))
        co_return false;
    head_only_ = work_->head.method == "HEAD";
    keep_alive_ = work_->head.keep_alive;
    if (work_->head.has_body()) body_ = Body::unread;

    bool thrown = false;
    try {
        co_await handler.handle(*this);
    } catch (const std::exception& error) {
        log_error(std::string("request failed: ") + error.what());
        thrown = true;
    }
    if (thrown && begun_) abort();
    if (thrown && !begun_)
        co_await refuse(handler,
                        GatewayError(ErrorKind::internal, ErrorSource::gateway, "internal error"));
    cancel_on_leave(nullptr);
    if (!keep_alive_ || left_ || cut_ || stream_.is_cancelled()) {
        lingers_ = body_ == Body::unread || body_ == Body::broken;
        co_return false;
    }
    if (body_ == Body::unread && !co_await skip_body()) co_return false;
    if (work_) {
        work_->body.reset();
        work_->body_share.reset();
    }
    co_return body_ != Body::broken;
}

Task<IoResult> ClientConnection::fill(std::chrono::milliseconds timeout) {
    auto& work = *work_;
    auto got = stream_.try_read(work.buffer.data() + work.end, work.buffer.capacity() - work.end);
    if (got.status == IoStatus::would_block) {
        stream_.set_deadline(after(Clock::now(), timeout));
        got = co_await stream_.read_some(work.buffer.data() + work.end,
                                         work.buffer.capacity() - work.end, true);
    }
    if (got) work.end += got.size;
    co_return got;
}

/// The head stays where it is while its views live; so it begins at the buffer's front.
void ClientConnection::compact() {
    auto& work = *work_;
    if (work.begin > 0) {
        std::memmove(work.buffer.data(), work.buffer.data() + work.begin, work.end - work.begin);
        work.end -= work.begin;
        work.begin = 0;
    }
    if (work.carried == 0) return;
    grow(worker_.buffers(), work.buffer, work.end, work.end + work.carried);
    std::memcpy(work.buffer.data() + work.end, work.carry.data(), work.carried);
    work.end += work.carried;
    work.carry.reset();
    work.carried = 0;
}

/// Reads what is there, once, and parses it.
HeadProgress ClientConnection::parse_head() {
    auto& work = *work_;
    if (work.begin == work.end) {
        const auto got =
            stream_.try_read(work.buffer.data() + work.end, work.buffer.capacity() - work.end);
        if (got) work.end += got.size;
    }
    auto progress =
        parse_request_head({work.buffer.data() + work.begin, work.end - work.begin},
                           {limits_.max_header_bytes, limits_.max_header_count}, work.head);
    work.begin += progress.consumed;
    return progress;
}

Task<bool> ClientConnection::read_head(RequestHandler& handler) {
    auto& work = *work_;
    const auto deadline = after(arrival_, limits_.header_timeout);
    stream_.set_busy(true);
    for (;;) {
        const auto progress = parse_head();
        if (progress.step == HeadStep::done) break;
        if (progress.step == HeadStep::failed) {
            co_await refuse(handler, progress.error);
            co_return false;
        }
        if (work.end == work.buffer.capacity())
            grow(worker_.buffers(), work.buffer, work.end,
                 limits_.max_header_bytes + BufferPool::kSmall);
        stream_.set_deadline(deadline);
        const auto got = co_await stream_.read_some(work.buffer.data() + work.end,
                                                    work.buffer.capacity() - work.end);
        if (got.status == IoStatus::timed_out) {
            co_await refuse(handler, GatewayError(ErrorKind::timeout, ErrorSource::client,
                                                  "the request's header took too long"));
            co_return false;
        }
        if (!got) co_return false;
        work.end += got.size;
    }
    stream_.set_deadline(kNever);
    co_return true;
}

Task<void> ClientConnection::refuse(RequestHandler& handler, const GatewayError& error) {
    keep_alive_ = false;
    lingers_ = true;
    std::string headers;
    std::string body;
    handler.write_error(error, headers, body);
    const Pieces pieces{body};
    co_await respond(error.http_status(), headers, pieces);
}

std::unexpected<GatewayError> ClientConnection::explain(IoStatus status, const char* what) {
    body_ = Body::broken;
    keep_alive_ = false;
    if (status == IoStatus::timed_out)
        return fail(ErrorKind::timeout, std::string(what) + " took too long");
    left_ = true;
    return fail(ErrorKind::client_closed, "the client left before its request was complete");
}

std::unexpected<GatewayError> ClientConnection::no_room() {
    body_ = Body::broken;
    keep_alive_ = false;
    GatewayError error(ErrorKind::unavailable, ErrorSource::gateway,
                       "too many large requests are in memory at the moment");
    error.retry_after = "1";
    return std::unexpected(std::move(error));
}

std::optional<std::string_view> ClientConnection::body_at_hand(std::size_t max_bytes) {
    auto& work = *work_;
    if (body_ == Body::none) return std::string_view{};
    const auto length = work.head.content_length;
    if (work.head.chunked || length > max_bytes || length > work.end - work.begin)
        return std::nullopt;
    body_ = Body::read;
    const std::string_view body(work.buffer.data() + work.begin, static_cast<std::size_t>(length));
    work.begin += body.size();
    return body;
}

Task<Result<std::string_view>> ClientConnection::read_body(std::size_t max_bytes) {
    const auto& head = work_->head;
    if (body_ == Body::none) co_return std::string_view{};
    if (!head.chunked && head.content_length > max_bytes)
        co_return fail(ErrorKind::payload_too_large, "the request's body is too large");
    if (head.expects_continue && work_->begin == work_->end) {
        const Pieces go_on{"HTTP/1.1 100 Continue\r\n\r\n"};
        if (!co_await stream_.write(go_on, limits_.write_timeout))
            co_return explain(IoStatus::closed, "");
    }
    co_return head.chunked ? co_await read_chunked_body(max_bytes) : co_await read_sized_body();
}

Task<Result<std::string_view>> ClientConnection::read_sized_body() {
    auto& work = *work_;
    const auto length = static_cast<std::size_t>(work.head.content_length);
    if (work.begin + length <= work.buffer.capacity()) {
        while (work.end - work.begin < length) {
            const auto got = co_await fill(limits_.body_timeout);
            if (!got) co_return explain(got.status, "the request's body");
        }
        body_ = Body::read;
        const std::string_view body(work.buffer.data() + work.begin, length);
        work.begin += length;
        co_return body;
    }
    if (!work.body_share.raise_to(worker_.body_budget(), length)) co_return no_room();
    // Read into a buffer of the body's size: never more than the body, so what follows stays
    // unread.
    work.body = BorrowedBuffer(worker_.buffers(), length);
    auto have = work.end - work.begin;
    std::memcpy(work.body.data(), work.buffer.data() + work.begin, have);
    work.begin = work.end;
    while (have < length) {
        auto got = stream_.try_read(work.body.data() + have, length - have);
        if (got.status == IoStatus::would_block) {
            stream_.set_deadline(after(Clock::now(), limits_.body_timeout));
            got = co_await stream_.read_some(work.body.data() + have, length - have, true);
        }
        if (!got) co_return explain(got.status, "the request's body");
        have += got.size;
    }
    body_ = Body::read;
    co_return std::string_view(work.body.data(), length);
}

Task<Result<std::string_view>> ClientConnection::read_chunked_body(std::size_t max_bytes) {
    auto& work = *work_;
    std::size_t size = 0;
    // Raw chunks come in a buffer of their own: the head's views must stay.
    BorrowedBuffer raw(worker_.buffers(), BufferPool::kMedium);
    auto have = work.end - work.begin;
    grow(worker_.buffers(), raw, 0, have);
    std::memcpy(raw.data(), work.buffer.data() + work.begin, have);
    ChunkDecoder decoder;
    const auto refuse_body = [&](ErrorKind kind, const char* message) {
        body_ = Body::broken;
        keep_alive_ = false;
        return fail(kind, message);
    };
    for (;;) {
        std::string_view input(raw.data(), have);
        for (auto piece = decoder.take(input); !piece.empty(); piece = decoder.take(input)) {
            if (piece.size() > max_bytes - size)
                co_return refuse_body(ErrorKind::payload_too_large,
                                      "the request's body is too large");
            const auto needed = size + piece.size();
            if (needed > work.body.capacity())
                grow(worker_.buffers(), work.body, size,
                     std::max(needed, 2 * work.body.capacity()));
            std::memcpy(work.body.data() + size, piece.data(), piece.size());
            size = needed;
        }
        if (decoder.is_broken())
            co_return refuse_body(ErrorKind::bad_request,
                                  "the request's chunks are not valid HTTP/1.1");
        std::memmove(raw.data(), input.data(), input.size());
        have = input.size();
        if (!work.body_share.raise_to(worker_.body_budget(), work.body.capacity()))
            co_return no_room();
        if (decoder.is_done()) break;
        stream_.set_deadline(after(Clock::now(), limits_.body_timeout));
        const auto got = co_await stream_.read_some(raw.data() + have, raw.capacity() - have);
        if (!got) co_return explain(got.status, "the request's body");
        have += got.size;
    }
    stream_.set_deadline(kNever);
    // What is left belongs to the next request; this one's head must stay where it is.
    work.begin = work.end;
    work.carried = have;
    if (have > 0) work.carry = std::move(raw);
    body_ = Body::read;
    if (!work.body) work.body = BorrowedBuffer(worker_.buffers(), 1);
    co_return std::string_view(work.body.data(), size);
}

/// Whether what is left of the request can be read and thrown away, to keep the connection.
bool ClientConnection::can_skip_body() const {
    const auto& head = work_->head;
    return body_ != Body::unread ||
           (!head.expects_continue && !head.chunked && head.content_length <= kMaxSkippedBody);
}

/// After an answer that did not need the body. False: it did not come.
Task<bool> ClientConnection::skip_body() {
    const auto body = co_await read_sized_body();
    lingers_ = !body;
    co_return body.has_value();
}

void ClientConnection::write_cors() {
    // As Starlette's CORSMiddleware with all origins and credentials, which LiteLLM installs.
    const auto origin = work_->head.find("origin");
    if (!origin) return;
    auto& out = work_->out;
    if (work_->head.find("cookie") || work_->head.method == "OPTIONS") {
        out.append("access-control-allow-origin: ").append(*origin).append("\r\nvary: Origin\r\n");
    } else {
        out += "access-control-allow-origin: *\r\n";
    }
    out += "access-control-allow-credentials: true\r\n";
}

void ClientConnection::write_head(int status, std::string_view headers, std::size_t length,
                                  bool sized) {
    auto& out = work_->out;
    const bool is_old = work_->head.minor_version == 0;
    chunked_out_ = !sized && !is_old;
    if ((!sized && is_old) || worker_.is_draining() || !can_skip_body()) keep_alive_ = false;
    const auto status_text = status_line(status);
    const auto date = worker_.date_line();
    constexpr std::size_t kMostOfOurs = 96;
    out.clear();
    append_with_pen(out, status_text.size() + date.size() + kMostOfOurs, [&](TextPen& pen) {
        pen.text(status_text).text(date);
        if (sized)
            pen.text("content-length: ").number(length).text("\r\n");
        else if (chunked_out_)
            pen.text("transfer-encoding: chunked\r\n");
        if (!keep_alive_)
            pen.text("connection: close\r\n");
        else if (is_old)
            pen.text("connection: keep-alive\r\n");
    });
    write_cors();
    out += headers;
    out += "\r\n";
}

/// Nothing: some is left, which `write` sends.
std::optional<bool> ClientConnection::write_now(const Pieces& pieces) {
    cursor_ = {};
    const auto sent = stream_.try_write(pieces, cursor_);
    if (sent.status == IoStatus::would_block) return std::nullopt;
    if (!sent) leave();
    return static_cast<bool>(sent);
}

/// The rest of a write that `write_now` began.
Task<bool> ClientConnection::write(const Pieces& pieces) {
    const auto sent = co_await stream_.write_rest(pieces, cursor_, limits_.write_timeout);
    if (!sent) leave();
    co_return static_cast<bool>(sent);
}

Task<bool> ClientConnection::respond(int status, std::string_view headers, const Pieces& body) {
    begun_ = true;
    write_head(status, headers, total_size(body), true);
    auto& pieces = work_->pieces;
    pieces.assign(1, work_->out);
    if (!head_only_) pieces.insert(pieces.end(), body.begin(), body.end());
    if (const auto sent = write_now(pieces)) co_return *sent;
    co_return co_await write(pieces);
}

void ClientConnection::begin_stream(int status, std::string_view headers) {
    streaming_ = true;
    write_head(status, headers, 0, false);
}

/// Puts the head before the first piece and the chunk's frame around each.
void ClientConnection::frame(const Pieces& pieces, bool last) {
    auto& all = work_->pieces;
    all.clear();
    if (!begun_) all.push_back(work_->out);
    begun_ = true;
    const auto size = total_size(pieces);
    if (chunked_out_ && size > 0) {
        char digits[20];
        const auto end = std::to_chars(digits, digits + sizeof digits, size, 16).ptr;
        work_->frame.assign(digits, end).append("\r\n");
        all.push_back(work_->frame);
    }
    all.insert(all.end(), pieces.begin(), pieces.end());
    if (!chunked_out_) return;
    if (size > 0) all.push_back("\r\n");
    if (last) all.push_back("0\r\n\r\n");
}

Task<bool> ClientConnection::send(const Pieces& pieces) {
    frame(pieces, false);
    if (const auto sent = write_now(work_->pieces)) co_return *sent;
    co_return co_await write(work_->pieces);
}

Task<bool> ClientConnection::finish_stream(const Pieces& last) {
    frame(last, true);
    streaming_ = false;
    if (const auto sent = write_now(work_->pieces)) co_return *sent;
    co_return co_await write(work_->pieces);
}

void ClientConnection::release_request() {
    auto& work = *work_;
    work.body.reset();
    work.body_share.reset();
    work.head.clear();
    if (!work.has_more()) {
        work.buffer.reset();
        work.begin = work.end = 0;
    }
}

void ClientConnection::abort() {
    keep_alive_ = false;
    stream_.cancel();
}

void ClientConnection::cancel_on_leave(Cancellable* target) {
    cancel_target_ = target;
    if (target == nullptr) {
        if (watcher_ && watcher_->watch_) {
            // Takes back the wait; its handler finds the watch empty.
            boost::system::error_code ignored;
            stream_.socket().cancel(ignored);
        }
        watcher_.reset();
        return;
    }
    if (left_ || cut_) return target->cancel();
    // The deadline of the last wait must not end the watch of a request that outlasts it.
    stream_.set_deadline(kNever);
    if (!watcher_) watcher_.emplace(*this, worker_.tick());
}

void ClientConnection::arm_watch() {
    auto watch = watcher_->watch_;
    stream_.socket().async_wait(asio::socket_base::wait_read,
                                [watch](const boost::system::error_code& error) {
                                    if (error || watch->connection == nullptr) return;
                                    auto& connection = *watch->connection;
                                    if (connection.stream_.peer_has_left()) connection.leave();
                                    // Else bytes of the next request: they end the watch.
                                });
}

void ClientConnection::leave() {
    left_ = true;
    keep_alive_ = false;
    if (cancel_target_ != nullptr) cancel_target_->cancel();
}

void ClientConnection::drain() {
    if (idle_) stream_.cancel();
}

void ClientConnection::cut() {
    cut_ = true;
    keep_alive_ = false;
    if (cancel_target_ != nullptr)
        cancel_target_->cancel();
    else
        stream_.cancel();
}

}  // namespace tollweir::net
