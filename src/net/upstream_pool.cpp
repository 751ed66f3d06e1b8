#include "tollweir/net/upstream_pool.hpp"

#include <algorithm>
#include <functional>

#include "tollweir/core/log.hpp"

namespace tollweir::net {

namespace {

constexpr std::chrono::milliseconds kFinishWithin{1000};

std::unexpected<GatewayError> unreachable(ErrorKind kind, std::string message) {
    return fail(kind, std::move(message), ErrorSource::upstream);
}

std::unexpected<GatewayError> cancelled() {
    return fail(ErrorKind::client_closed, "the client left");
}

/// `host:port` as in a request line; IPv6 in brackets.
std::string authority(const Origin& origin) {
    const auto host = origin.host.contains(':') ? "[" + origin.host + "]" : origin.host;
    return host + ":" + std::to_string(origin.port);
}

}  // namespace

std::size_t UpstreamPool::OriginHash::operator()(const Origin& origin) const {
    return std::hash<std::string>{}(origin.host) * 31 + origin.port * 2u + (origin.tls ? 1 : 0);
}

UpstreamPool::UpstreamPool(asio::io_context& context, Tick& tick, BufferPool& buffers,
                           Resolver& resolver, const UpstreamLimits& limits, UpstreamTls& tls,
                           const ProxyTable& proxies)
    : context_(context),
      tick_(tick),
      buffers_(buffers),
      resolver_(resolver),
      limits_(limits),
      tls_(tls),
      proxies_(proxies) {}

UpstreamPool::~UpstreamPool() = default;

UpstreamPool::Shelf& UpstreamPool::shelf(const Origin& origin) {
    auto& found = shelves_[origin];
    if (!found) found = std::make_unique<Shelf>();
    return *found;
}

UpstreamPool::Connection UpstreamPool::take_idle(const Origin& origin) {
    const auto found = shelves_.find(origin);
    if (found == shelves_.end()) return nullptr;
    auto& idle = found->second->idle;
    while (!idle.empty()) {
        auto connection = std::move(idle.back());
        idle.pop_back();
        // Bytes that nobody asked for must not become the next client's answer.
        if (!connection->stream().watch_has_fired()) return connection;
    }
    return nullptr;
}

Task<Result<UpstreamPool::Connection>> UpstreamPool::connect(const Origin& origin,
                                                             TimePoint deadline, CancelSlot& slot) {
    deadline = std::min(deadline, after(Clock::now(), limits_.connect_timeout));
    auto connection = std::make_unique<UpstreamConnection>(tick_, buffers_, context_);
    connection->stream().set_busy(true);
    const auto* proxy = proxies_.proxy_for(origin);
    const auto& host = proxy != nullptr ? proxy->host : origin.host;
    const auto port = proxy != nullptr ? proxy->port : origin.port;
    if (auto reached = co_await reach(*connection, host, port, deadline, slot); !reached)
        co_return std::unexpected(reached.error());

    connection->stream().set_deadline(deadline);
    slot.set(&connection->stream());
    Result<void> prepared;
    if (proxy != nullptr && origin.tls) {
        prepared = co_await tunnel(*connection, origin, *proxy);
    } else if (proxy != nullptr) {
        connection->set_absolute_target(
            proxy->authorization.empty()
                ? std::string()
                : "Proxy-Authorization: " + proxy->authorization.reveal() + "\r\n");
    }
    if (prepared && origin.tls) {
        auto* context = tls_.context();
        if (context == nullptr) {
            prepared = unreachable(ErrorKind::bad_gateway, "TLS to the upstream is not available");
        } else {
            const auto shaken = co_await connection->stream().connect_tls(
                context, origin.host, tls_.verify(), &shelf(origin).sessions);
            if (shaken.status == IoStatus::timed_out)
                prepared = unreachable(ErrorKind::timeout, "connecting to the upstream timed out");
            else if (shaken.status == IoStatus::cancelled)
                prepared = cancelled();
            else if (!shaken)
                prepared = unreachable(ErrorKind::bad_gateway,
                                       "the TLS handshake with the upstream failed: " +
                                           connection->stream().tls_error());
        }
    }
    slot.set(nullptr);
    if (!prepared) co_return std::unexpected(prepared.error());
    connection->stream().set_deadline(kNever);
    co_return connection;
}

Task<Result<void>> UpstreamPool::reach(UpstreamConnection& connection, const std::string& host,
                                       std::uint16_t port, TimePoint deadline, CancelSlot& slot) {
    const auto addresses = co_await resolver_.resolve(host, port, deadline, slot);
    if (addresses.empty()) {
        if (Clock::now() >= deadline)
            co_return unreachable(ErrorKind::timeout, "looking up the upstream's name timed out");
        co_return unreachable(ErrorKind::api_connection,
                              "the upstream could not be reached: its name was not found");
    }
    slot.set(&connection.stream());
    auto outcome = IoStatus::failed;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        // Each address gets its share of the time left, so that one dead address does not use it
        // up.
        const auto now = Clock::now();
        const auto share = (deadline - now) / static_cast<int>(addresses.size() - i);
        connection.stream().set_deadline(now + share);
        outcome = co_await connection.stream().connect(addresses[i]);
        if (outcome == IoStatus::ok || outcome == IoStatus::cancelled) break;
    }
    slot.set(nullptr);
    if (outcome == IoStatus::ok) co_return Result<void>{};
    if (outcome == IoStatus::cancelled) co_return cancelled();
    if (outcome == IoStatus::timed_out)
        co_return unreachable(ErrorKind::timeout, "connecting to the upstream timed out");
    co_return unreachable(ErrorKind::api_connection,
                          "the upstream could not be reached: connection refused");
}

Task<Result<void>> UpstreamPool::tunnel(UpstreamConnection& connection, const Origin& origin,
                                        const Proxy& proxy) {
    using Outcome = UpstreamConnection::HeadOutcome;
    const auto target = authority(origin);
    auto request = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
    if (!proxy.authorization.empty())
        request += "Proxy-Authorization: " + proxy.authorization.reveal() + "\r\n";
    request += "\r\n";
    connection.begin();
    connection.outgoing().assign(1, request);
    auto sent = connection.send_now();
    if (!sent) sent = co_await connection.send_rest(limits_.connect_timeout);
    if (!*sent) co_return unreachable(ErrorKind::bad_gateway, "the proxy closed the connection");
    const auto outcome = co_await connection.read_head(true);
    if (outcome == Outcome::timed_out)
        co_return unreachable(ErrorKind::timeout, "the proxy did not answer in time");
    if (outcome == Outcome::cancelled) co_return cancelled();
    if (outcome != Outcome::ok)
        co_return unreachable(ErrorKind::bad_gateway, "the proxy's answer is not HTTP");
    if (connection.head().status / 100 != 2)
        co_return unreachable(ErrorKind::bad_gateway,
                              "the proxy refused the connection with status " +
                                  std::to_string(connection.head().status));
    co_return Result<void>{};
}

void UpstreamPool::keep(const Origin& origin, Connection connection) {
    auto& idle = shelf(origin).idle;
    if (idle.size() >= limits_.max_idle_per_origin) return;
    connection->set_idle_since(tick_.last());
    connection->stream().watch();
    idle.push_back(std::move(connection));
}

void UpstreamPool::give_back(const Origin& origin, Connection connection) {
    if (connection->is_reusable()) return keep(origin, std::move(connection));
    if (connection->is_complete() || connection->stream().is_cancelled() ||
        !connection->head().keep_alive)
        return;
    finishing_.insert(connection.get());
    spawn(context_, finish(*this, origin, std::move(connection)), [](const std::exception_ptr&) {});
}

void UpstreamPool::cancel_finishing() {
    for (auto* connection : finishing_) connection->stream().cancel();
}

Task<void> UpstreamPool::finish(UpstreamPool& pool, Origin origin, Connection connection) {
    connection->stream().set_deadline(Clock::now() + kFinishWithin);
    // More than a frame's rest is not worth waiting for.
    for (int reads = 0; reads < 4; ++reads) {
        const auto status = co_await connection->read_more();
        connection->consume(connection->body().size());
        if (status != IoStatus::ok) break;
    }
    pool.finishing_.erase(connection.get());
    if (connection->is_reusable()) pool.keep(origin, std::move(connection));
}

void UpstreamPool::sweep(TimePoint now) {
    for (auto& [origin, shelf] : shelves_) {
        std::erase_if(shelf->idle, [&](const Connection& connection) {
            return now - connection->idle_since() > limits_.idle_timeout ||
                   connection->stream().watch_has_fired();
        });
    }
}

void UpstreamPool::close_idle() {
    for (auto& [origin, shelf] : shelves_) shelf->idle.clear();
}

std::size_t UpstreamPool::idle_count() const {
    std::size_t count = 0;
    for (const auto& [origin, shelf] : shelves_) count += shelf->idle.size();
    return count;
}

}  // namespace tollweir::net
