#include "tollweir/net/stream.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "net/system_calls.hpp"
#include "tollweir/core/short_copy.hpp"
#include "tollweir/net/tls.hpp"

namespace tollweir::net {

namespace {

// Enough for a head, a body in several spliced pieces and a chunk frame; more goes in further
// calls.
constexpr std::size_t kMaxPiecesPerWrite = 64;
// A request or an answer of a usual size with its head.
constexpr std::size_t kGathered = 4 * 1024;
// One TLS record at most (RFC 8446, 5.1); small pieces are gathered so that they share a record.
constexpr std::size_t kTlsRecord = 16 * 1024;

bool is_would_block(int error) {
    return error == EAGAIN || error == EWOULDBLOCK;
}

bool is_done(const Pieces& pieces, Stream::Cursor& cursor) {
    while (cursor.index < pieces.size() && cursor.offset == pieces[cursor.index].size()) {
        ++cursor.index;
        cursor.offset = 0;
    }
    return cursor.index == pieces.size();
}

void advance(const Pieces& pieces, Stream::Cursor& cursor, std::size_t size) {
    while (size > 0) {
        const auto step = std::min(pieces[cursor.index].size() - cursor.offset, size);
        cursor.offset += step;
        size -= step;
        if (cursor.offset == pieces[cursor.index].size()) {
            ++cursor.index;
            cursor.offset = 0;
        }
    }
}

}  // namespace

Stream::Stream(Tick& tick, Socket socket) : tick_(tick), socket_(std::move(socket)) {}

Stream::~Stream() {
    SSL_free(ssl_);
}

void Stream::set_deadline(TimePoint deadline) {
    deadline_ = deadline;
    expired_ = false;
}

void Stream::set_busy(bool busy) {
    // A watch that began while it was idle may have become the wait for an answer.
    looks_at_tick_ = looks_at_tick_ && watch_->is_pending();
    busy ? tick_.add_busy(*this) : tick_.add_idle(*this);
}

void Stream::on_tick(TimePoint now) {
    boost::system::error_code ignored;
    // Bytes have an event of their own, which would come when they have been read already.
    if (looks_at_tick_ && !is_waiting_) {
        looks_at_tick_ = false;
        if (peer_has_left()) socket_.cancel(ignored);
    }
    if (now < deadline_) return;
    deadline_ = kNever;
    expired_ = true;
    socket_.cancel(ignored);
}

void Stream::cancel() {
    cancelled_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

void Stream::close() {
    if (!socket_.is_open()) return;
    if (ssl_ != nullptr && SSL_is_init_finished(ssl_)) {
        ERR_clear_error();
        SSL_shutdown(ssl_);  // non-blocking; an alert that does not fit is lost, which harms nobody
    }
    boost::system::error_code ignored;
    socket_.close(ignored);
}

Task<void> Stream::linger_close() {
    // Bounds by bytes and time what a peer that goes on sending can cost us.
    constexpr std::size_t kMaxDrained = 8 * 1024 * 1024;
    constexpr std::chrono::milliseconds kMaxWait{500};
    if (socket_.is_open() && !cancelled_) {
        if (ssl_ != nullptr && SSL_is_init_finished(ssl_)) {
            ERR_clear_error();
            SSL_shutdown(ssl_);
        }
        ::shutdown(native(), SHUT_WR);
        set_busy(true);
        set_deadline(Clock::now() + kMaxWait);
        std::size_t drained = 0;
        char scratch[2048];
        while (drained < kMaxDrained) {
            const auto got = ::recv(native(), scratch, sizeof scratch, MSG_DONTWAIT);
            if (got == 0 || (got < 0 && !is_would_block(errno))) break;
            if (got > 0)
                drained += static_cast<std::size_t>(got);
            else if (co_await wait(asio::socket_base::wait_read) != IoStatus::ok)
                break;
        }
    }
    close();
}

IoStatus Stream::why_aborted() const {
    if (cancelled_) return IoStatus::cancelled;
    if (expired_) return IoStatus::timed_out;
    return IoStatus::failed;
}

IoStatus Stream::status_of(const boost::system::error_code& error) const {
    if (cancelled_ || expired_) return why_aborted();
    return error ? IoStatus::failed : IoStatus::ok;
}

Task<IoStatus> Stream::wait(asio::socket_base::wait_type what) {
    if (const auto status = status_of({}); status != IoStatus::ok) co_return status;
    is_waiting_ = true;
    const auto error = co_await completion<boost::system::error_code>(
        [&](auto handler) { socket_.async_wait(what, std::move(handler)); });
    is_waiting_ = false;
    co_return status_of(error);
}

Task<IoStatus> Stream::connect(const asio::ip::tcp::endpoint& address) {
    if (cancelled_ || expired_) co_return why_aborted();
    boost::system::error_code error;
    socket_.close(error);
    socket_.open(address.protocol(), error);
    if (error) co_return IoStatus::failed;
    socket_.non_blocking(true, error);
    // Before the handshake: else the first answer waits for the acknowledgement of session tickets.
    socket_.set_option(asio::ip::tcp::no_delay(true), error);
    const auto refused = co_await completion<boost::system::error_code>(
        [&](auto handler) { socket_.async_connect(address, std::move(handler)); });
    if (const auto status = status_of(refused); status != IoStatus::ok) co_return status;
    co_return forget_write_interest(address.protocol()) ? IoStatus::ok : IoStatus::failed;
}

/// Asio goes on asking epoll for writability once it has waited for it, and each later wait for
/// something to read first wakes for that. A socket registered anew asks for reading only.
bool Stream::forget_write_interest(const asio::ip::tcp& protocol) {
    boost::system::error_code error;
    const auto descriptor = socket_.release(error);
    if (error) return true;  // still whole
    socket_.assign(protocol, descriptor, error);
    if (error) ::close(descriptor);
    return !error;
}

bool Stream::has_bytes() const {
    return ssl_ != nullptr && SSL_pending(ssl_) > 0;
}

IoResult Stream::try_read(char* data, std::size_t size) {
    if (ssl_ == nullptr) {
        const auto got = receive(native(), data, size, MSG_DONTWAIT);
        is_empty_ = got < static_cast<ssize_t>(size);
        if (got > 0) return {IoStatus::ok, static_cast<std::size_t>(got)};
        if (got == 0) return {IoStatus::closed};
        return {is_would_block(errno) || errno == EINTR ? IoStatus::would_block : IoStatus::failed};
    }
    ERR_clear_error();
    std::size_t got = 0;
    if (SSL_read_ex(ssl_, data, size, &got) == 1) return {IoStatus::ok, got};
    switch (SSL_get_error(ssl_, 0)) {
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE:  // we never renegotiate; a key update's answer waits for a write
            return {IoStatus::would_block};
        case SSL_ERROR_ZERO_RETURN:
            return {IoStatus::closed};
        default:
            // Without close_notify it is no end but a cut: only framing could tell otherwise, and
            // what is framed does not need the end.
            return {IoStatus::failed};
    }
}

Task<IoResult> Stream::read_some(char* data, std::size_t size, bool wait_first) {
    wait_first = wait_first && (ssl_ == nullptr || SSL_pending(ssl_) == 0);
    for (;;) {
        if (wait_first) {
            if (cancelled_ || expired_) co_return IoResult{why_aborted()};
            if (!watch_ || !watch_->is_pending()) begin_watch(false);
            co_await readable();
            if (cancelled_ || expired_) co_return IoResult{why_aborted()};
        }
        const auto got = try_read(data, size);
        if (got.status != IoStatus::would_block) co_return got;
        wait_first = true;
    }
}

IoResult Stream::try_write(const Pieces& pieces, Cursor& cursor) {
    if (cancelled_) return {IoStatus::cancelled};
    return ssl_ != nullptr ? try_write_tls(pieces, cursor) : try_write_plain(pieces, cursor);
}

Task<IoResult> Stream::write_rest(const Pieces& pieces, Cursor cursor,
                                  std::chrono::milliseconds stall) {
    for (;;) {
        set_deadline(after(Clock::now(), stall));
        const auto waited = co_await wait(write_wants_read_ ? asio::socket_base::wait_read
                                                            : asio::socket_base::wait_write);
        if (waited != IoStatus::ok) co_return IoResult{waited};
        set_deadline(kNever);
        const auto sent = try_write(pieces, cursor);
        if (sent.status != IoStatus::would_block) co_return sent;
    }
}

Task<IoResult> Stream::write(const Pieces& pieces, std::chrono::milliseconds stall) {
    Cursor cursor;
    const auto sent = try_write(pieces, cursor);
    if (sent.status != IoStatus::would_block) co_return sent;
    co_return co_await write_rest(pieces, cursor, stall);
}

IoResult Stream::try_write_plain(const Pieces& pieces, Cursor& cursor) {
    while (!is_done(pieces, cursor)) {
        // A dozen small pieces cost the kernel more one by one than one copy costs us; large ones
        // go from where they are.
        std::array<char, kGathered> together;
        std::size_t gathered = 0;
        std::array<iovec, kMaxPiecesPerWrite> vectors;
        std::size_t count = 0;
        std::size_t total = 0;
        auto i = cursor.index;
        for (; i < pieces.size() && count < vectors.size(); ++i) {
            const auto piece = pieces[i].substr(i == cursor.index ? cursor.offset : 0);
            if (piece.empty()) continue;
            total += piece.size();
            char* const place = together.data() + gathered;
            if (piece.size() > together.size() - gathered) {
                vectors[count++] = {const_cast<char*>(piece.data()), piece.size()};
                continue;
            }
            copy_short(place, piece.data(), piece.size());
            gathered += piece.size();
            auto* const last = count > 0 ? &vectors[count - 1] : nullptr;
            if (last != nullptr && static_cast<char*>(last->iov_base) + last->iov_len == place)
                last->iov_len += piece.size();
            else
                vectors[count++] = {place, piece.size()};
        }
        msghdr message{};
        message.msg_iov = vectors.data();
        message.msg_iovlen = count;
        constexpr int kFlags = MSG_NOSIGNAL | MSG_DONTWAIT;
        const auto sent = count == 1
                              ? send(native(), vectors[0].iov_base, vectors[0].iov_len, kFlags)
                              : send(native(), message, kFlags);
        if (sent >= 0 && static_cast<std::size_t>(sent) == total)
            cursor = {i, 0};
        else if (sent >= 0)
            advance(pieces, cursor, static_cast<std::size_t>(sent));
        else if (errno != EINTR)
            return {is_would_block(errno) ? IoStatus::would_block : IoStatus::failed};
    }
    return {IoStatus::ok};
}

IoResult Stream::try_write_tls(const Pieces& pieces, Cursor& cursor) {
    // Shared by all connections of the thread: between a refused write and its repetition others
    // may use it, so the repetition gathers the same bytes again (ACCEPT_MOVING_WRITE_BUFFER).
    static thread_local std::array<char, kTlsRecord> scratch;
    while (!is_done(pieces, cursor)) {
        const char* data = pieces[cursor.index].data() + cursor.offset;
        auto size = std::min(pieces[cursor.index].size() - cursor.offset, kTlsRecord);
        if (size < kTlsRecord && cursor.index + 1 < pieces.size()) {
            size = 0;
            auto offset = cursor.offset;
            for (auto i = cursor.index; i < pieces.size() && size < kTlsRecord; ++i, offset = 0) {
                const auto step = std::min(pieces[i].size() - offset, kTlsRecord - size);
                std::memcpy(scratch.data() + size, pieces[i].data() + offset, step);
                size += step;
            }
            data = scratch.data();
        }
        ERR_clear_error();
        std::size_t sent = 0;
        if (SSL_write_ex(ssl_, data, size, &sent) == 1) {
            advance(pieces, cursor, sent);
            continue;
        }
        const auto wanted = SSL_get_error(ssl_, 0);
        write_wants_read_ = wanted == SSL_ERROR_WANT_READ;
        return {write_wants_read_ || wanted == SSL_ERROR_WANT_WRITE ? IoStatus::would_block
                                                                    : IoStatus::failed};
    }
    return {IoStatus::ok};
}

void Stream::watch() {
    begin_watch(true);
}

void Stream::begin_watch(bool looks_later) {
    if (!watch_) watch_ = ReadWatch::make();
    auto found = ReadWatch::Found::unknown;
    if (ssl_ == nullptr && is_empty_)
        found = looks_later ? ReadWatch::Found::nothing : ReadWatch::Found::read_empty;
    looks_at_tick_ = found == ReadWatch::Found::nothing;
    watch_->start(socket_, found);
    if (has_bytes()) watch_->fire();
}

bool Stream::peer_has_left() {
    if (ssl_ != nullptr) {
        char byte = 0;
        std::size_t got = 0;
        ERR_clear_error();
        if (SSL_peek_ex(ssl_, &byte, 1, &got) == 1) return false;
        const auto error = SSL_get_error(ssl_, 0);
        return error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE;
    }
    char byte = 0;
    const auto got = ::recv(native(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got == 0 || (got < 0 && !is_would_block(errno) && errno != EINTR);
}

Task<IoResult> Stream::shake_hands() {
    for (;;) {
        ERR_clear_error();
        const auto done = SSL_do_handshake(ssl_);
        if (done == 1) co_return IoResult{IoStatus::ok};
        const auto wanted = SSL_get_error(ssl_, done);
        if (wanted != SSL_ERROR_WANT_READ && wanted != SSL_ERROR_WANT_WRITE)
            co_return IoResult{IoStatus::failed};
        const auto waited =
            co_await wait(wanted == SSL_ERROR_WANT_READ ? asio::socket_base::wait_read
                                                        : asio::socket_base::wait_write);
        if (waited != IoStatus::ok) co_return IoResult{waited};
    }
}

Task<IoResult> Stream::accept_tls(ssl_ctx_st* context) {
    ssl_ = SSL_new(context);
    if (ssl_ == nullptr || SSL_set_fd(ssl_, native()) != 1) co_return IoResult{IoStatus::failed};
    SSL_set_accept_state(ssl_);
    co_return co_await shake_hands();
}

Task<IoResult> Stream::connect_tls(ssl_ctx_st* context, const std::string& host, bool verify,
                                   TlsSessionKeeper* sessions) {
    ssl_ = SSL_new(context);
    if (ssl_ == nullptr || SSL_set_fd(ssl_, native()) != 1) co_return IoResult{IoStatus::failed};
    SSL_set_connect_state(ssl_);
    SSL_set_app_data(ssl_, sessions);
    unsigned char address[16];
    const bool is_address = inet_pton(AF_INET, host.c_str(), address) == 1 ||
                            inet_pton(AF_INET6, host.c_str(), address) == 1;
    if (!is_address) SSL_set_tlsext_host_name(ssl_, host.c_str());
    if (verify) {
        SSL_set_verify(ssl_, SSL_VERIFY_PEER, nullptr);
        if (is_address) {
            X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), host.c_str());
        } else {
            SSL_set_hostflags(ssl_, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
            SSL_set1_host(ssl_, host.c_str());
        }
    }
    if (sessions != nullptr) sessions->offer(ssl_);
    co_return co_await shake_hands();
}

std::string Stream::tls_error() const {
    if (ssl_ == nullptr) return {};
    if (const auto verdict = SSL_get_verify_result(ssl_); verdict != X509_V_OK)
        return X509_verify_cert_error_string(verdict);
    const auto code = ERR_peek_last_error();
    const char* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
    return reason != nullptr ? reason : "the connection ended during the handshake";
}

}  // namespace tollweir::net
