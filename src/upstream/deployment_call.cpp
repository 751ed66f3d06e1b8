#include "tollweir/upstream/deployment_call.hpp"

#include <charconv>

namespace tollweir {

using net::IoStatus;
using net::UpstreamConnection;

namespace {

using Outcome = UpstreamConnection::HeadOutcome;

// One write to an upstream that takes nothing: its window is full and stays so.
constexpr std::chrono::milliseconds kWriteStall{60'000};

std::unexpected<GatewayError> broken(std::string message) {
    return fail(ErrorKind::bad_gateway, std::move(message), ErrorSource::upstream);
}

std::unexpected<GatewayError> late() {
    return fail(ErrorKind::timeout, "the upstream did not answer in time", ErrorSource::upstream);
}

std::unexpected<GatewayError> cancelled() {
    return fail(ErrorKind::client_closed, "the client left");
}

}  // namespace

DeploymentCall::~DeploymentCall() {
    slot_.set(nullptr);
    if (connection_) pool_.give_back(origin_, std::move(connection_));
}

net::Task<Result<void>> DeploymentCall::connect(TimePoint deadline) {
    slot_.set(nullptr);
    connection_.reset();
    auto connected = co_await pool_.connect(origin_, deadline, slot_);
    if (!connected) co_return std::unexpected(connected.error());
    connection_ = std::move(*connected);
    co_return Result<void>{};
}

/// Head and body as one gather write; a GET has no body.
void DeploymentCall::compose() {
    line_.clear();
    auto& pieces = connection_->outgoing();
    pieces.assign(1, request_->method);
    if (request_->method != "GET ") {
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, total_size(*body_)).ptr;
        line_.append("Content-Length: ").append(digits, end).append("\r\n");
    }
    line_ += "\r\n";
    const auto length_size = line_.size();
    if (connection_->needs_absolute_target()) {
        const bool is_v6 = origin_.host.contains(':');
        line_.append("http://")
            .append(is_v6 ? "[" : "")
            .append(origin_.host)
            .append(is_v6 ? "]" : "");
        if (origin_.port != 80) line_.append(":").append(std::to_string(origin_.port));
        pieces.push_back(std::string_view(line_).substr(length_size));
    }
    for (const std::string_view piece :
         {std::string_view(request_->path), std::string_view(" HTTP/1.1\r\n"),
          std::string_view(request_->headers), connection_->proxy_authorization_line(),
          std::string_view(line_).substr(0, length_size)})
        pieces.push_back(piece);
    pieces.insert(pieces.end(), body_->begin(), body_->end());
    connection_->begin();
    slot_.set(&connection_->stream());
}

net::Task<Result<void>> DeploymentCall::send(const UpstreamHead& head, const Pieces& body,
                                             TimePoint deadline) {
    request_ = &head;
    body_ = &body;
    connection_ = pool_.take_idle(origin_);
    for (;;) {
        if (!connection_)
            if (auto connected = co_await connect(deadline); !connected) co_return connected;
        compose();
        auto sent = connection_->send_now();
        if (!sent) sent = co_await connection_->send_rest(kWriteStall);
        if (*sent) co_return Result<void>{};
        if (sent->status == IoStatus::cancelled) co_return cancelled();
        if (sent->status == IoStatus::timed_out) co_return late();
        if (!connection_->is_reused()) break;
        connection_.reset();  // a kept connection that is dead: once more on a fresh one
    }
    // It may have answered and closed before it had read all; that answer counts.
    const auto patience = std::min(deadline, Clock::now() + std::chrono::seconds(1));
    if (co_await read_head(patience)) co_return Result<void>{};
    co_return broken("the upstream closed the connection while the request was sent");
}

net::Task<Result<void>> DeploymentCall::read_head(TimePoint deadline) {
    if (connection_->head_is_read()) co_return Result<void>{};
    for (;;) {
        connection_->stream().set_deadline(deadline);
        switch (co_await connection_->read_head()) {
            case Outcome::ok:
                co_return Result<void>{};
            case Outcome::timed_out:
                co_return late();
            case Outcome::cancelled:
                co_return cancelled();
            case Outcome::torn:
                co_return broken("the upstream closed the connection in the middle of its answer");
            case Outcome::malformed:
                co_return broken("the upstream's answer is not valid HTTP");
            case Outcome::silent:
                break;
        }
        if (!connection_->is_reused())
            co_return broken("the upstream closed the connection without an answer");
        // The upstream closed a kept connection just as we used it: a fresh one decides.
        if (auto connected = co_await connect(deadline); !connected) co_return connected;
        if (auto sent = co_await send_fresh(); !sent) co_return sent;
    }
}

net::Task<Result<void>> DeploymentCall::send_fresh() {
    compose();
    auto sent = connection_->send_now();
    if (!sent) sent = co_await connection_->send_rest(kWriteStall);
    if (*sent) co_return Result<void>{};
    if (sent->status == IoStatus::cancelled) co_return cancelled();
    co_return broken("the upstream closed the connection while the request was sent");
}

std::optional<std::string_view> DeploymentCall::whole_at_hand() {
    if (!connection_->take_at_hand()) return std::nullopt;
    return connection_->body();
}

net::Task<Result<std::string_view>> DeploymentCall::read_whole(std::size_t max_bytes,
                                                               TimePoint deadline) {
    auto& connection = *connection_;
    if (head().sized) {
        if (head().content_length > max_bytes)
            co_return broken("the upstream's answer is too large");
        connection.reserve(static_cast<std::size_t>(head().content_length));
    }
    connection.stream().set_deadline(deadline);
    while (!connection.is_complete()) {
        const auto status = co_await connection.read_more();
        if (status == IoStatus::timed_out) co_return late();
        if (status == IoStatus::cancelled) co_return cancelled();
        if (status == IoStatus::failed)
            co_return broken("the upstream closed the connection in the middle of its answer");
        if (connection.body().size() > max_bytes)
            co_return broken("the upstream's answer is too large");
    }
    co_return connection.body();
}

}  // namespace tollweir
