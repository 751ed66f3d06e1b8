#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "tollweir/core/deployment.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/net/proxy.hpp"
#include "tollweir/net/resolver.hpp"
#include "tollweir/net/task.hpp"
#include "tollweir/net/tls.hpp"
#include "tollweir/net/upstream_connection.hpp"

namespace tollweir::net {

struct UpstreamLimits {
    std::chrono::milliseconds connect_timeout;
    std::chrono::milliseconds idle_timeout;
    std::size_t max_idle_per_origin;
};

/// The upstream connections of one worker: idle ones an origin, the warmest first. One call a
/// connection at a time (HTTP/1.1); the interface does not promise that for ever.
class UpstreamPool {
public:
    UpstreamPool(asio::io_context& context, Tick& tick, BufferPool& buffers, Resolver& resolver,
                 const UpstreamLimits& limits, UpstreamTls& tls, const ProxyTable& proxies);
    ~UpstreamPool();

    using Connection = std::unique_ptr<UpstreamConnection>;

    /// An idle connection, or null. No I/O.
    Connection take_idle(const Origin& origin);
    /// A new connection: addresses tried in turn, TLS, proxy. Can be cancelled through
    /// `slot`. Errors: api_connection (DNS, refused), bad_gateway (TLS, proxy), timeout,
    /// client_closed (cancelled).
    Task<Result<Connection>> connect(const Origin& origin, TimePoint deadline, CancelSlot& slot);
    /// After a call: kept if it may carry another; else closed. One whose answer is complete but
    /// for its last frame is read to the end first, for at most a second.
    void give_back(const Origin& origin, Connection connection);

    /// Closes what idles too long or died meanwhile. Called about once a second.
    void sweep(TimePoint now);
    void close_idle();
    std::size_t idle_count() const;
    /// Connections being read to their answer's end.
    std::size_t finishing_count() const { return finishing_.size(); }
    void cancel_finishing();

private:
    struct Shelf {
        std::vector<Connection> idle;
        TlsSessionKeeper sessions;
    };
    struct OriginHash {
        std::size_t operator()(const Origin& origin) const;
    };

    Shelf& shelf(const Origin& origin);
    void keep(const Origin& origin, Connection connection);
    Task<Result<void>> reach(UpstreamConnection& connection, const std::string& host,
                             std::uint16_t port, TimePoint deadline, CancelSlot& slot);
    Task<Result<void>> tunnel(UpstreamConnection& connection, const Origin& origin,
                              const Proxy& proxy);
    static Task<void> finish(UpstreamPool& pool, Origin origin, Connection connection);

    asio::io_context& context_;
    Tick& tick_;
    BufferPool& buffers_;
    Resolver& resolver_;
    const UpstreamLimits limits_;
    UpstreamTls& tls_;
    const ProxyTable& proxies_;
    std::unordered_map<Origin, std::unique_ptr<Shelf>, OriginHash> shelves_;
    std::unordered_set<UpstreamConnection*> finishing_;
};

}  // namespace tollweir::net
