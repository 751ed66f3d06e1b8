#include "tollweir/net/upstream_connection.hpp"

#include <algorithm>
#include <cstring>

namespace tollweir::net {

namespace {
// What providers send is a tenth of this; more is not an API's answer.
constexpr std::size_t kMaxHeadBytes = 64 * 1024;
constexpr std::size_t kMaxFields = 256;
// 100 and 103 before one answer; a hundred are an attack.
constexpr int kMaxInterim = 100;
}  // namespace

UpstreamConnection::UpstreamConnection(Tick& tick, BufferPool& buffers, asio::io_context& context)
    : buffers_(buffers), stream_(tick, Socket(context)) {}

void UpstreamConnection::set_absolute_target(std::string proxy_authorization_line) {
    absolute_target_ = true;
    proxy_authorization_line_ = std::move(proxy_authorization_line);
}

void UpstreamConnection::begin() {
    decoded_ = raw_begin_ = raw_end_ = 0;
    complete_ = head_is_read_ = false;
    stream_.set_busy(true);
}

std::optional<IoResult> UpstreamConnection::send_now() {
    cursor_ = {};
    const auto sent = stream_.try_write(outgoing_, cursor_);
    if (sent.status == IoStatus::would_block) return std::nullopt;
    if (!sent) broken_ = true;
    return sent;
}

Task<IoResult> UpstreamConnection::send_rest(std::chrono::milliseconds stall) {
    const auto sent = co_await stream_.write_rest(outgoing_, cursor_, stall);
    if (!sent) broken_ = true;
    co_return sent;
}

/// What the bytes so far are; interim answers are passed over.
HeadStep UpstreamConnection::parse_head() {
    for (;;) {
        if (raw_end_ == 0) return HeadStep::need_more;
        const auto progress =
            parse_response_head({buffer_.data(), raw_end_}, {kMaxHeadBytes, kMaxFields}, head_);
        if (progress.step != HeadStep::done || head_.status / 100 != 1) {
            raw_begin_ = progress.consumed;
            return progress.step;
        }
        if (head_.status == 101 || ++interim_ > kMaxInterim) return HeadStep::failed;
        std::memmove(buffer_.data(), buffer_.data() + progress.consumed,
                     raw_end_ - progress.consumed);
        raw_end_ -= progress.consumed;
    }
}

Task<UpstreamConnection::HeadOutcome> UpstreamConnection::read_head(bool is_connect) {
    interim_ = 0;
    for (auto step = parse_head(); step != HeadStep::done; step = parse_head()) {
        if (step == HeadStep::failed) {
            broken_ = true;
            co_return HeadOutcome::malformed;
        }
        if (!buffer_) buffer_ = BorrowedBuffer(buffers_, BufferPool::kSmall);
        if (raw_end_ == buffer_.capacity()) grow(buffers_, buffer_, raw_end_, raw_end_ * 2);
        const auto got = co_await stream_.read_some(buffer_.data() + raw_end_,
                                                    buffer_.capacity() - raw_end_, true);
        if (got.status == IoStatus::timed_out) co_return HeadOutcome::timed_out;
        if (got.status == IoStatus::cancelled) co_return HeadOutcome::cancelled;
        if (!got) {
            broken_ = true;
            co_return raw_end_ > 0 || interim_ > 0 ? HeadOutcome::torn : HeadOutcome::silent;
        }
        raw_end_ += got.size;
        drained_ = raw_end_ < buffer_.capacity();
    }
    head_is_read_ = true;
    decoder_ = {};
    decoded_ = 0;
    left_ = head_.content_length;
    if (is_connect && head_.status / 100 == 2) {
        complete_ = true;
        co_return raw_begin_ == raw_end_ ? HeadOutcome::ok : HeadOutcome::malformed;
    }
    complete_ = head_.sized && left_ == 0;
    co_return HeadOutcome::ok;
}

bool UpstreamConnection::take_at_hand() {
    if (!complete_) take_raw();
    return complete_;
}

void UpstreamConnection::reserve(std::size_t size) {
    // The raw bytes behind the head move with it; they become the body's beginning.
    grow(buffers_, buffer_, raw_end_, size + raw_begin_ + 1);
}

/// Decodes what was read. `would_block`: nothing new yet.
IoStatus UpstreamConnection::take_raw() {
    if (raw_begin_ == raw_end_) return IoStatus::would_block;
    const auto before = decoded_;
    if (head_.chunked) {
        std::string_view input(buffer_.data() + raw_begin_, raw_end_ - raw_begin_);
        for (auto piece = decoder_.take(input); !piece.empty(); piece = decoder_.take(input)) {
            std::memmove(buffer_.data() + decoded_, piece.data(), piece.size());
            decoded_ += piece.size();
        }
        raw_begin_ = raw_end_ - input.size();
        if (decoder_.is_broken()) {
            broken_ = true;
            return IoStatus::failed;
        }
        complete_ = decoder_.is_done();
    } else {
        const auto there = raw_end_ - raw_begin_;
        const auto take =
            head_.sized ? static_cast<std::size_t>(std::min<std::uint64_t>(left_, there)) : there;
        if (decoded_ != raw_begin_)
            std::memmove(buffer_.data() + decoded_, buffer_.data() + raw_begin_, take);
        decoded_ += take;
        raw_begin_ += take;
        left_ -= head_.sized ? take : 0;
        complete_ = head_.sized && left_ == 0;
    }
    if (complete_ && raw_begin_ < raw_end_) broken_ = true;  // bytes nobody asked for
    if (raw_begin_ == raw_end_) raw_begin_ = raw_end_ = decoded_;
    return decoded_ > before ? IoStatus::ok : IoStatus::would_block;
}

/// Room behind the raw bytes.
void UpstreamConnection::make_room() {
    if (!buffer_) {
        buffer_ = BorrowedBuffer(buffers_, BufferPool::kSmall);
        return;
    }
    if (raw_end_ < buffer_.capacity()) return;
    if (raw_begin_ > decoded_) {
        std::memmove(buffer_.data() + decoded_, buffer_.data() + raw_begin_, raw_end_ - raw_begin_);
        raw_end_ -= raw_begin_ - decoded_;
        raw_begin_ = decoded_;
        return;
    }
    grow(buffers_, buffer_, raw_end_, buffer_.capacity() * 2);
}

Task<IoStatus> UpstreamConnection::read_more() {
    for (;;) {
        if (complete_) co_return IoStatus::closed;
        if (const auto taken = take_raw(); taken != IoStatus::would_block) co_return taken;
        if (complete_) co_return IoStatus::closed;
        make_room();
        const auto got = co_await stream_.read_some(buffer_.data() + raw_end_,
                                                    buffer_.capacity() - raw_end_, drained_);
        if (got.status == IoStatus::closed && !head_.sized && !head_.chunked) {
            complete_ = true;
            broken_ = true;  // nothing more can come over it
            co_return IoStatus::closed;
        }
        if (got.status == IoStatus::timed_out || got.status == IoStatus::cancelled)
            co_return got.status;
        if (!got) {
            broken_ = true;
            co_return IoStatus::failed;
        }
        raw_end_ += got.size;
        drained_ = raw_end_ < buffer_.capacity();
    }
}

void UpstreamConnection::consume(std::size_t size) {
    // What stays is the tail of a cut event, and raw bytes only when a chunk's head was cut.
    if (size == 0) return;
    std::memmove(buffer_.data(), buffer_.data() + size, decoded_ - size);
    decoded_ -= size;
    if (raw_begin_ == raw_end_) raw_begin_ = raw_end_ = decoded_;
    if (raw_end_ == 0 && buffer_.capacity() > BufferPool::kSmall) buffer_.reset();
}

bool UpstreamConnection::is_reusable() const {
    return complete_ && !broken_ && head_.keep_alive && !stream_.is_cancelled();
}

void UpstreamConnection::set_idle_since(TimePoint when) {
    idle_since_ = when;
    reused_ = true;
    buffer_.reset();
    decoded_ = raw_begin_ = raw_end_ = 0;
    stream_.set_deadline(kNever);
    stream_.set_busy(false);
}

}  // namespace tollweir::net
