#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tollweir/core/error.hpp"
#include "tollweir/core/splice.hpp"
#include "tollweir/net/buffer.hpp"
#include "tollweir/net/http_request.hpp"
#include "tollweir/net/stream.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir::net {

class Worker;
class ClientConnection;

/// What answers requests; the gateway.
class RequestHandler {
public:
    virtual ~RequestHandler() = default;
    /// Called once a request, on the connection's worker, with the head read. Must end with an
    /// answer (`respond`, or a stream that is finished) or with `abort`.
    virtual Task<void> handle(ClientConnection& client) = 0;
    /// The head or body could not be read: writes the body of the error answer. `headers` are
    /// complete lines.
    virtual void write_error(const GatewayError& error, std::string& headers,
                             std::string& body) const = 0;
};

/// Limits and times of one connection; see ServerConfig for what they mean.
struct ClientLimits {
    std::size_t max_header_bytes;
    std::size_t max_header_count;
    std::size_t max_body_bytes;
    std::chrono::milliseconds header_timeout;
    std::chrono::milliseconds body_timeout;
    std::chrono::milliseconds idle_timeout;
    std::chrono::milliseconds write_timeout;
};

/// What a request needs while it runs; lent by the worker, so that an idle connection holds none.
struct RequestWork {
    BorrowedBuffer buffer;  // head, then as much of the body and of later requests as came with it
    std::size_t begin = 0;  // bytes [begin, end) are not consumed yet
    std::size_t end = 0;
    RequestHead head;
    BorrowedBuffer body;  // a body that did not fit behind the head
    BodyShare body_share;
    BorrowedBuffer carry;  // bytes of later requests that came with a chunked body
    std::size_t carried = 0;

    bool has_more() const { return begin < end || carried > 0; }
    std::string out;    // head of the answer
    std::string frame;  // a chunk's frame
    Pieces pieces;
};

/// One client connection: reads requests, hands them to the handler, writes answers. Owned by its
/// own coroutine; never leaves its worker.
class ClientConnection {
public:
    ClientConnection(Worker& worker, Socket socket, std::string peer, ssl_ctx_st* tls);
    ~ClientConnection();

    /// The life of the connection.
    Task<void> serve(RequestHandler& handler);

    Worker& worker() { return worker_; }
    const RequestHead& head() const { return work_->head; }
    /// Address of the client, without port.
    const std::string& peer() const { return peer_; }
    TimePoint arrival() const { return arrival_; }

    /// The body if it is there already, as is usual: then no coroutine is needed. Else `read_body`.
    std::optional<std::string_view> body_at_hand(std::size_t max_bytes);
    /// The whole body, bounded, kJsonPadding readable bytes behind it. Valid until the answer ends
    /// or `release_request`. Errors: payload_too_large, timeout, client_closed, bad_request.
    Task<Result<std::string_view>> read_body(std::size_t max_bytes);

    /// The whole answer in one write. `headers` are complete lines. False if the client has gone.
    Task<bool> respond(int status, std::string_view headers, const Pieces& body);
    /// Says how a streamed answer begins; it goes out with the first piece.
    void begin_stream(int status, std::string_view headers);
    Task<bool> send(const Pieces& pieces);
    Task<bool> finish_stream(const Pieces& last);
    /// Anything has been sent of this answer.
    bool has_begun() const { return begun_; }
    bool is_streaming() const { return streaming_; }
    /// Gives back the request's buffers: a stream may last for hours. All views of it are dead.
    void release_request();
    /// Ends the connection without (the rest of) an answer.
    void abort();
    void close_after_answer() { keep_alive_ = false; }

    /// From now on the client is watched: when it leaves, `target` is cancelled (at once if it has
    /// left already). Null ends that. The watch itself begins once a request has run 50 ms.
    void cancel_on_leave(Cancellable* target);
    bool has_left() const { return left_; }

    /// Draining: closes now if idle, else after the current answer.
    void drain();
    /// Drain's time is up: whatever waits is cancelled.
    void cut();
    bool is_cut() const { return cut_; }

private:
    /// Learns that the client has left while nothing is read from it. The wait's handler may come
    /// after the connection has gone; it holds only this.
    struct Watch {
        ClientConnection* connection;
    };
    /// The tick's view of a request that is being watched.
    class Watcher final : public TickItem {
    public:
        Watcher(ClientConnection& connection, Tick& tick);
        ~Watcher();
        void on_tick(TimePoint now) override;

        ClientConnection& connection_;
        std::shared_ptr<Watch> watch_;  // set once the wait is armed
    };
    enum class Body : unsigned char { none, unread, read, broken };

    Task<bool> serve_request(RequestHandler& handler);
    Task<bool> read_head(RequestHandler& handler);
    void compact();
    HeadProgress parse_head();
    std::optional<bool> write_now(const Pieces& pieces);
    void frame(const Pieces& pieces, bool last);
    Task<void> refuse(RequestHandler& handler, const GatewayError& error);
    Task<IoResult> fill(std::chrono::milliseconds timeout);
    Task<Result<std::string_view>> read_sized_body();
    Task<Result<std::string_view>> read_chunked_body(std::size_t max_bytes);
    bool can_skip_body() const;
    Task<bool> skip_body();
    Task<bool> write(const Pieces& pieces);
    void write_head(int status, std::string_view headers, std::size_t length, bool sized);
    void write_cors();
    void arm_watch();
    void leave();
    std::unexpected<GatewayError> no_room();
    std::unexpected<GatewayError> explain(IoStatus status, const char* what);

    Worker& worker_;
    Stream stream_;
    ssl_ctx_st* tls_;
    std::string peer_;
    const ClientLimits& limits_;
    std::unique_ptr<RequestWork> work_;
    std::optional<Watcher> watcher_;
    Cancellable* cancel_target_ = nullptr;
    Stream::Cursor cursor_;  // of a write that has to wait
    TimePoint arrival_{};
    Body body_ = Body::none;
    bool idle_ = true;
    bool keep_alive_ = true;
    bool begun_ = false;
    bool streaming_ = false;
    bool chunked_out_ = false;
    bool head_only_ = false;
    bool left_ = false;
    bool cut_ = false;
    bool lingers_ = false;  // bytes of the client may be unread: close so that the answer survives
};

}  // namespace tollweir::net
