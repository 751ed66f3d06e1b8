#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>
#include <vector>

#include "tollweir/core/clock.hpp"
#include "tollweir/net/cancellable.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir::net {

/// Look-ups of one worker. `getaddrinfo` runs on a thread of Asio's, never on the loop; a look-up
/// that outlasts its caller's patience is left to end by itself. Worker thread only.
class Resolver {
public:
    explicit Resolver(boost::asio::io_context& context);
    ~Resolver();

    using Addresses = std::vector<boost::asio::ip::tcp::endpoint>;

    /// All addresses of a host, in the system's order; empty when there are none by the deadline or
    /// the caller was cancelled. It can be cancelled through `slot`.
    Task<Addresses> resolve(std::string host, std::uint16_t port, TimePoint deadline,
                            CancelSlot& slot);

private:
    boost::asio::io_context& context_;
    std::unique_ptr<boost::asio::ip::tcp::resolver> resolver_;
};

}  // namespace tollweir::net
