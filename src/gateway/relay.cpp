#include "tollweir/gateway/relay.hpp"

#include "tollweir/gateway/reserve.hpp"

namespace tollweir {

using net::IoStatus;

namespace {

// Of what comes before the model's first word.
constexpr std::size_t kMaxHeld = 16 * 1024;

std::unexpected<GatewayError> client_left() {
    return fail(ErrorKind::client_closed, "the client left");
}

}  // namespace

TimePoint StreamRelay::next_stop(TimePoint deadline) const {
    if (is_quiet_) return deadline;
    const auto wait = open_ ? terms_.ping : terms_.hold;
    return std::min(deadline, after(silent_since_, wait));
}

net::Task<Result<void>> StreamRelay::send(const Pieces& pieces) {
    auto& client = *context_.client;
    if (!open_) {
        open_ = true;
        client.begin_stream(200, headers_);
    }
    silent_since_ = Clock::now();
    if (!co_await client.send(pieces)) co_return client_left();
    co_return Result<void>{};
}

net::Task<Result<void>> StreamRelay::ping() {
    // What was held back goes out in its place, since the hold has run out.
    const Pieces line{held_.empty() || open_ ? kPing : std::string_view(held_)};
    co_return co_await send(line);
}

net::Task<Result<void>> StreamRelay::await_head(bool is_quiet) {
    is_quiet_ = is_quiet;
    const auto deadline = after(Clock::now(), terms_.first);
    for (;;) {
        auto head = co_await call_.read_head(next_stop(deadline));
        if (head || head.error().kind != ErrorKind::timeout || Clock::now() >= deadline)
            co_return head;
        if (auto pinged = co_await ping(); !pinged) co_return pinged;
    }
}

/// Reads until more has come; pings while it waits.
net::Task<Result<void>> StreamRelay::read_more() {
    auto& connection = call_.connection();
    auto deadline = after(Clock::now(), terms_.gap);
    // The time to the first word runs on whatever else comes.
    if (!editor_.has_content() && terms_.first < terms_.gap)
        deadline = std::min(deadline, after(began_, terms_.first));
    for (;;) {
        connection.stream().set_deadline(in_event_ ? deadline : next_stop(deadline));
        switch (co_await connection.read_more()) {
            case IoStatus::ok:
            case IoStatus::closed:
                co_return Result<void>{};
            case IoStatus::timed_out:
                break;
            case IoStatus::cancelled:
                co_return client_left();
            default:
                co_return fail(ErrorKind::api_connection,
                               "the upstream closed the connection in the middle of its stream",
                               ErrorSource::upstream);
        }
        if (Clock::now() >= deadline)
            co_return fail(ErrorKind::timeout, "the upstream's stream stalled",
                           ErrorSource::upstream);
        if (in_event_) continue;
        if (auto pinged = co_await ping(); !pinged) co_return pinged;
    }
}

void StreamRelay::note_first_token() {
    if (context_.record.first_token || !editor_.has_content()) return;
    context_.record.first_token = std::chrono::duration_cast<std::chrono::microseconds>(
        Clock::now() - context_.client->arrival());
    // Hours may follow: the request's buffers are of use to others.
    if (terms_.keeps_request) return;
    context_.view.clear();
    context_.client->release_request();
}

net::Task<Result<void>> StreamRelay::finish(const Pieces& pieces) {
    auto& client = *context_.client;
    if (!open_) {
        open_ = true;
        client.begin_stream(200, headers_);
    }
    if (!co_await client.finish_stream(pieces)) co_return client_left();
    note_first_token();
    co_return Result<void>{};
}

/// Comments and events without a word of the model's do not commit: they wait for the first one, or
/// until the hold has run out. True: there is nothing to send now.
bool StreamRelay::hold_back(Pieces& pieces) {
    if (open_) return pieces.empty();
    if (editor_.has_content() || held_.size() > kMaxHeld) {
        if (!held_.empty()) pieces.insert(pieces.begin(), held_);
        return pieces.empty();
    }
    keep(pieces);
    return true;
}

/// Comments beyond some kilobytes are dropped: they say nothing.
void StreamRelay::keep(const Pieces& pieces) {
    for (const auto piece : pieces)
        if (editor_.has_event() || held_.size() + piece.size() <= kMaxHeld) held_ += piece;
}

/// The upstream's own error, where the client was not told of it.
const GatewayError* StreamRelay::pending_error() const {
    return editor_.is_done() ? nullptr : editor_.upstream_error();
}

Result<void> StreamRelay::check_size() {
    const auto& connection = call_.connection();
    in_event_ = !connection.body().empty();
    if (connection.body().size() > terms_.max_event_bytes)
        return fail(ErrorKind::bad_gateway, "an event of the upstream's stream is too large",
                    ErrorSource::upstream);
    return {};
}

net::Task<Result<void>> StreamRelay::await_word() {
    is_quiet_ = true;
    auto& connection = call_.connection();
    Pieces pieces;
    while (!editor_.has_content()) {
        if (auto more = co_await read_more(); !more) co_return more;
        pieces.clear();
        const auto used = editor_.feed(connection.body(), pieces);
        keep(pieces);
        if (!used) co_return std::unexpected(used.error());
        if (const auto* error = pending_error(); error != nullptr && !editor_.has_content())
            co_return std::unexpected(*error);
        connection.consume(*used);
        is_whole_ = editor_.is_done();
        if (editor_.has_content()) break;
        if (connection.is_complete()) {
            pieces.clear();
            if (auto ended = editor_.finish(connection.body(), pieces); !ended) co_return ended;
            if (const auto* error = pending_error()) co_return std::unexpected(*error);
            keep(pieces);
            is_whole_ = true;
            break;
        }
        if (auto checked = check_size(); !checked) co_return checked;
    }
    co_return Result<void>{};
}

/// What `await_word` has kept. True: that was all.
net::Task<Result<bool>> StreamRelay::send_kept() {
    open_ = context_.client->is_streaming();
    const auto kept = std::exchange(held_, {});
    const Pieces pieces{kept};
    auto sent = is_whole_ ? co_await finish(pieces) : co_await send(pieces);
    if (!sent) co_return std::unexpected(std::move(sent.error()));
    note_first_token();
    co_return is_whole_;
}

net::Task<Result<void>> StreamRelay::run() {
    auto& connection = call_.connection();
    auto& pieces = context_.pieces;
    if (is_quiet_) {
        is_quiet_ = false;
        const auto ended = co_await send_kept();
        if (!ended) co_return std::unexpected(ended.error());
        if (*ended) co_return Result<void>{};
        if (const auto* error = pending_error()) co_return std::unexpected(*error);
    }
    silent_since_ = open_ ? silent_since_ : context_.client->arrival();
    for (;;) {
        if (auto more = co_await read_more(); !more) co_return more;
        pieces.clear();
        const auto used = editor_.feed(connection.body(), pieces);
        if (!used) {
            // What came whole before the broken event is the client's all the same.
            if (editor_.has_event() && !hold_back(pieces))
                if (auto sent = co_await send(pieces); !sent) co_return sent;
            co_return std::unexpected(used.error());
        }
        if (const auto* error = pending_error(); error != nullptr && !editor_.has_content())
            co_return std::unexpected(*error);
        if (editor_.is_done()) {
            hold_back(pieces);
            co_return co_await finish(pieces);
        }
        if (!hold_back(pieces)) {
            if (auto sent = co_await send(pieces); !sent) co_return sent;
            note_first_token();
            grow_reservation(context_, editor_.tally().chunks());
        }
        if (const auto* error = pending_error()) co_return std::unexpected(*error);
        connection.consume(*used);
        if (connection.is_complete()) {
            pieces.clear();
            auto ended = editor_.finish(connection.body(), pieces);
            if (!ended) co_return ended;
            if (const auto* error = pending_error()) co_return std::unexpected(*error);
            hold_back(pieces);
            co_return co_await finish(pieces);
        }
        if (auto checked = check_size(); !checked) co_return checked;
    }
}

}  // namespace tollweir
