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

void DeploymentCall::drop() {
    slot_.set(nullptr);
    connection_.reset();
}

asio::awaitable<Result<void>> DeploymentCall::send(const UpstreamHead& head, const Pieces& body,
                                                   TimePoint deadline) {
    request_ = &head;
    body_ = &body;
    connection_ = pool_.take_idle(origin_);
    if (!connection_) {
        auto connected = co_await pool_.connect(origin_, deadline, slot_);
        if (!connected) co_return std::unexpected(connected.error());
        connection_ = std::move(*connected);
    }
    slot_.set(&connection_->stream());
    co_return co_await transmit(deadline);
}

asio::awaitable<Result<void>> DeploymentCall::transmit(TimePoint deadline) {
    const auto scheme = std::string_view("http://");
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, total_size(*body_)).ptr;
    std::string authority;
    Pieces pieces;
    pieces.reserve(body_->size() + 10);
    pieces.push_back("POST ");
    if (connection_->needs_absolute_target()) {
        authority = origin_.host.contains(':') ? "[" + origin_.host + "]" : origin_.host;
        if (origin_.port != 80) authority += ":" + std::to_string(origin_.port);
        pieces.push_back(scheme);
        pieces.push_back(authority);
    }
    pieces.push_back(request_->path);
    pieces.push_back(" HTTP/1.1\r\n");
    pieces.push_back(request_->headers);
    pieces.push_back(connection_->proxy_authorization_line());
    pieces.push_back("Content-Length: ");
    pieces.push_back({digits, static_cast<std::size_t>(end - digits)});
    pieces.push_back("\r\n\r\n");
    pieces.insert(pieces.end(), body_->begin(), body_->end());
    connection_->begin();
    const auto sent = co_await connection_->send(pieces, kWriteStall);
    if (sent.status == IoStatus::cancelled) co_return cancelled();
    if (sent.status == IoStatus::timed_out) co_return late();
    if (sent) co_return Result<void>{};
    if (!connection_->is_reused()) {
        // It may have answered and closed before it had read all; that answer counts.
        const auto outcome =
            co_await read_head(std::min(deadline, Clock::now() + std::chrono::seconds(1)));
        if (outcome) co_return Result<void>{};
        co_return broken("the upstream closed the connection while the request was sent");
    }
    drop();
    auto connected = co_await pool_.connect(origin_, deadline, slot_);
    if (!connected) co_return std::unexpected(connected.error());
    connection_ = std::move(*connected);
    slot_.set(&connection_->stream());
    co_return co_await transmit(deadline);
}

asio::awaitable<Result<void>> DeploymentCall::read_head(TimePoint deadline) {
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
        drop();
        auto connected = co_await pool_.connect(origin_, deadline, slot_);
        if (!connected) co_return std::unexpected(connected.error());
        connection_ = std::move(*connected);
        slot_.set(&connection_->stream());
        if (auto sent = co_await transmit(deadline); !sent) co_return std::unexpected(sent.error());
    }
}

asio::awaitable<Result<std::string_view>> DeploymentCall::read_whole(std::size_t max_bytes,
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
