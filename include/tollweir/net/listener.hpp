#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tollweir/core/error.hpp"
#include "tollweir/net/task.hpp"
#include "tollweir/net/tls.hpp"
#include "tollweir/net/worker.hpp"

namespace tollweir::net {

/// Accepts on one address and hands each connection to the worker with the fewest: one acceptor,
/// not one a worker, since closing one of several SO_REUSEPORT listeners resets the clients in its
/// backlog. Lives on the first worker.
class Listener {
public:
    /// Binds and listens. Errors (`bad_request`): a busy port, an address that is not ours; the
    /// message is for the operator.
    static Result<std::unique_ptr<Listener>> open(const std::string& host, std::uint16_t port,
                                                  std::span<const std::unique_ptr<Worker>> workers,
                                                  RequestHandler& handler, TlsContext tls,
                                                  std::size_t max_connections);

    /// Begins to accept. Call before the workers run, or on the first worker.
    void start();
    /// Stops accepting. On the first worker's thread.
    void close();

    std::uint16_t port() const { return port_; }

private:
    Listener(std::span<const std::unique_ptr<Worker>> workers, RequestHandler& handler,
             TlsContext tls, std::size_t max_connections);
    Task<void> accept_all();
    Worker& choose();
    std::size_t total() const;
    void refuse(Socket& socket);

    std::vector<Worker*> workers_;
    RequestHandler& handler_;
    TlsContext tls_;
    const std::size_t max_connections_;
    asio::basic_socket_acceptor<asio::ip::tcp, asio::io_context::executor_type> acceptor_;
    std::uint16_t port_ = 0;
};

}  // namespace tollweir::net
