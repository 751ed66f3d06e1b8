#pragma once

#include <cstdint>
#include <string_view>

#include "tollweir/core/clock.hpp"
#include "tollweir/core/splice.hpp"
#include "tollweir/net/cancellable.hpp"
#include "tollweir/net/read_watch.hpp"
#include "tollweir/net/socket.hpp"
#include "tollweir/net/task.hpp"
#include "tollweir/net/tick.hpp"

struct ssl_st;
struct ssl_ctx_st;

namespace tollweir::net {

class TlsSessionKeeper;

enum class IoStatus : std::uint8_t {
    ok,
    closed,       // the other side ended the stream properly
    timed_out,    // the deadline came; the stream is intact and may be read on
    cancelled,    // cancel() was called
    failed,       // reset, broken pipe, TLS error
    would_block,  // only from try_read
};

struct IoResult {
    IoStatus status = IoStatus::ok;
    std::size_t size = 0;
    explicit operator bool() const { return status == IoStatus::ok; }
};

/// A TCP connection, with or without TLS, on one worker. System calls are ours, Asio only waits: so
/// no buffer is held while idle, and a deadline is a value that the worker's Tick looks at. One
/// read and one write at a time.
class Stream final : public TickItem, public Cancellable {
public:
    Stream(Tick& tick, Socket socket);
    ~Stream();

    Socket& socket() { return socket_; }
    bool is_tls() const { return ssl_ != nullptr; }
    int native() { return socket_.native_handle(); }

    /// Opens a socket of the address's family and connects it, without delay for small writes.
    Task<IoStatus> connect(const asio::ip::tcp::endpoint& address);

    /// TLS on the connected socket. As a client `host` is sent as SNI (if not an address) and
    /// checked against the certificate when `verify`. `sessions` (may be null) outlives the stream.
    Task<IoResult> accept_tls(ssl_ctx_st* context);
    Task<IoResult> connect_tls(ssl_ctx_st* context, const std::string& host, bool verify,
                               TlsSessionKeeper* sessions);
    /// Why the handshake failed, for a log line; no secret in it.
    std::string tls_error() const;
    ssl_st* ssl() const { return ssl_; }

    /// What is there now, without waiting.
    IoResult try_read(char* data, std::size_t size);
    /// Waits for the first byte when `wait_first` (nothing is expected to be there yet), else tries
    /// at once. `closed` at the end of the stream.
    Task<IoResult> read_some(char* data, std::size_t size, bool wait_first = false);
    /// The wait of an idle connection in three steps, so that it needs no frame of its own: that
    /// would sit in a recycled block of a far bigger one for hours. An end that came along with the
    /// last bytes is seen at the next tick.
    bool has_bytes() const;  // decrypted ones: nothing to wait for
    auto readable() {
        if (!watch_ || !watch_->is_pending()) begin_watch(true);
        return completion<>(
            [watch = watch_.get()](auto handler) { watch->resume(std::move(handler)); });
    }
    IoStatus status_of(const boost::system::error_code& error) const;

    /// Where a gather write stands.
    struct Cursor {
        std::size_t index = 0;
        std::size_t offset = 0;
    };
    /// Writes what goes at once; `would_block` when some is left. Most writes need no coroutine.
    IoResult try_write(const Pieces& pieces, Cursor& cursor);
    /// Writes the rest. The deadline counts from the last progress.
    Task<IoResult> write_rest(const Pieces& pieces, Cursor cursor, std::chrono::milliseconds stall);
    /// Both.
    Task<IoResult> write(const Pieces& pieces, std::chrono::milliseconds stall);

    /// Watches a connection that should be silent: while nobody waits, and on into the next wait
    /// for something to read, which then costs no system call of its own. An end that came along
    /// with the last bytes is seen at the next tick.
    void watch();
    /// Data or an end came while nobody waited: a pooled connection is dead.
    bool watch_has_fired() const { return watch_ && watch_->has_fired(); }
    /// The other side has closed or reset; bytes that wait are not read.
    bool peer_has_left();

    /// Waits that run over it end with `timed_out`. Cleared by `kNever`.
    void set_deadline(TimePoint deadline);
    void set_busy(bool busy);  // which of the tick's lists looks after it
    void cancel() override;
    bool is_cancelled() const { return cancelled_; }
    /// Ends the connection at once, a TLS one with close_notify if that does not block.
    void close();
    /// Closes so that the peer still gets what was written although it may be sending: shutdown,
    /// then a short drain. RFC 9112, 9.6.
    Task<void> linger_close();

    void on_tick(TimePoint now) override;

private:
    void begin_watch(bool looks_later);
    Task<IoStatus> wait(asio::socket_base::wait_type what);
    Task<IoResult> shake_hands();
    IoResult try_write_plain(const Pieces& pieces, Cursor& cursor);
    IoResult try_write_tls(const Pieces& pieces, Cursor& cursor);
    IoStatus why_aborted() const;
    bool forget_write_interest(const asio::ip::tcp& protocol);

    Tick& tick_;
    Socket socket_;
    ssl_st* ssl_ = nullptr;
    TimePoint deadline_ = kNever;
    bool expired_ = false;
    ReadWatch::Owner watch_;         // null until first used
    bool is_empty_ = true;           // plain: the last read took all there was
    bool looks_at_tick_ = false;     // whether an end came along with it
    bool is_waiting_ = false;        // by Asio's own wait, which a look must not end
    bool write_wants_read_ = false;  // TLS has to read before it can write on
    bool cancelled_ = false;
};

}  // namespace tollweir::net
