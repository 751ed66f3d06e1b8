#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "tollweir/net/buffer.hpp"
#include "tollweir/net/chunk_decoder.hpp"
#include "tollweir/net/http_response.hpp"
#include "tollweir/net/stream.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir::net {

/// One HTTP/1.1 connection to an upstream: one call at a time, kept between calls by the pool.
/// Deadlines are the caller's: it sets them on `stream()` before each step. One worker.
class UpstreamConnection {
public:
    UpstreamConnection(Tick& tick, BufferPool& buffers, asio::io_context& context);

    Stream& stream() { return stream_; }
    /// It has carried a call before: so it may turn out to be dead, and one more try is due.
    bool is_reused() const { return reused_; }
    /// An HTTP proxy wants the whole URL in the request line.
    bool needs_absolute_target() const { return absolute_target_; }
    void set_absolute_target(std::string proxy_authorization_line);
    std::string_view proxy_authorization_line() const { return proxy_authorization_line_; }

    /// Begins a call: nothing has been received for it.
    void begin();
    /// What is sent next; kept so that its storage is reused.
    Pieces& outgoing() { return outgoing_; }
    /// Sends `outgoing`. Nothing: some is left, which `send_rest` sends.
    std::optional<IoResult> send_now();
    Task<IoResult> send_rest(std::chrono::milliseconds stall);

    enum class HeadOutcome : unsigned char {
        ok,
        silent,     // the connection ended and not one byte came back
        torn,       // it ended within the head
        malformed,  // not HTTP/1.x, too large, or contradictory
        timed_out,
        cancelled,
    };
    /// Skips 1xx answers. `is_connect`: an answer to CONNECT, whose 2xx has no body.
    Task<HeadOutcome> read_head(bool is_connect = false);
    const ResponseHead& head() const { return head_; }
    bool head_is_read() const { return head_is_read_; }
    /// The rest of the body, if it came with the head: true if the body is complete.
    bool take_at_hand();

    /// Reads until more of the body is there. `ok`: there is; `closed`: it ended as it should;
    /// `failed`: torn or malformed; `timed_out`: intact, may be called again.
    Task<IoStatus> read_more();
    /// What has come and was not consumed, kJsonPadding readable bytes behind it. Valid until the
    /// next read or consume.
    std::string_view body() const { return {buffer_.data(), decoded_}; }
    void consume(std::size_t size);
    bool is_complete() const { return complete_; }
    /// Makes room for a body that is going to be read whole.
    void reserve(std::size_t size);

    /// May carry another call: the answer was read to its end and the upstream keeps it open.
    bool is_reusable() const;
    void set_idle_since(TimePoint when);
    TimePoint idle_since() const { return idle_since_; }

private:
    HeadStep parse_head();
    IoStatus take_raw();
    void make_room();

    BufferPool& buffers_;
    Stream stream_;
    ChunkDecoder decoder_;
    ResponseHead head_;
    // [0, decoded_) is body; [raw_begin_, raw_end_) are bytes of the wire not decoded yet. Decoding
    // only shrinks, so it happens in place.
    BorrowedBuffer buffer_;
    Pieces outgoing_;
    Stream::Cursor cursor_;
    std::size_t decoded_ = 0;
    std::size_t raw_begin_ = 0;
    std::size_t raw_end_ = 0;
    std::uint64_t left_ = 0;  // of a sized body
    std::string proxy_authorization_line_;
    TimePoint idle_since_{};
    int interim_ = 0;
    bool head_is_read_ = false;
    bool complete_ = true;
    bool reused_ = false;
    bool absolute_target_ = false;
    bool broken_ = false;
    bool drained_ = false;  // the last read took all there was: wait before the next
};

}  // namespace tollweir::net
