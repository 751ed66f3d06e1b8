#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tollweir/core/deployment.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/core/splice.hpp"
#include "tollweir/net/cancellable.hpp"
#include "tollweir/net/task.hpp"
#include "tollweir/net/upstream_pool.hpp"

namespace tollweir {

/// One HTTP call to a deployment: connection from the pool or new, request out, answer in. A pooled
/// connection that turns out dead before anything came back is replaced once, silently. Gives the
/// connection back when destroyed. Used by attempts and by health probes.
class DeploymentCall {
public:
    /// `pool` and `slot` outlive the call; through `slot` it can be cancelled at any time.
    DeploymentCall(net::UpstreamPool& pool, net::CancelSlot& slot, const Origin& origin)
        : pool_(pool), slot_(slot), origin_(origin) {}
    DeploymentCall(const DeploymentCall&) = delete;
    DeploymentCall& operator=(const DeploymentCall&) = delete;
    ~DeploymentCall();

    /// Sends the request. `head` and the body's owner outlive the call: a dead pooled connection
    /// means sending again. Errors: as UpstreamPool::connect; bad_gateway when the upstream closed
    /// on us.
    net::Task<Result<void>> send(const UpstreamHead& head, const Pieces& body, TimePoint deadline);
    /// Waits for the answer's head. `timeout` leaves the call intact: it may be asked again.
    net::Task<Result<void>> read_head(TimePoint deadline);
    const net::ResponseHead& head() const { return connection_->head(); }

    /// The whole body, kJsonPadding readable bytes behind it. Errors: bad_gateway (torn, over
    /// `max_bytes`), timeout, client_closed.
    net::Task<Result<std::string_view>> read_whole(std::size_t max_bytes, TimePoint deadline);
    /// The same if it has all come with the head: no coroutine needed.
    std::optional<std::string_view> whole_at_hand();

    /// The connection, for a stream that is relayed as it comes.
    net::UpstreamConnection& connection() { return *connection_; }

private:
    net::Task<Result<void>> connect(TimePoint deadline);
    net::Task<Result<void>> send_fresh();
    void compose();

    net::UpstreamPool& pool_;
    net::CancelSlot& slot_;
    const Origin& origin_;
    net::UpstreamPool::Connection connection_;
    const UpstreamHead* request_ = nullptr;
    const Pieces* body_ = nullptr;
    std::string line_;  // of the request: length, and behind a proxy the authority
};

}  // namespace tollweir
