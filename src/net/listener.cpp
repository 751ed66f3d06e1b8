#include "tollweir/net/listener.hpp"

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>

#include "tollweir/core/log.hpp"
#include "tollweir/net/http_status.hpp"

namespace tollweir::net {

using asio::ip::tcp;

namespace {
constexpr int kBacklog = 4096;
// Out of descriptors: the backlog waits instead of the loop spinning.
constexpr std::chrono::milliseconds kPauseAfterFailure{50};
}  // namespace

Listener::Listener(std::span<const std::unique_ptr<Worker>> workers, RequestHandler& handler,
                   TlsContext tls, std::size_t max_connections)
    : handler_(handler),
      tls_(std::move(tls)),
      max_connections_(max_connections),
      acceptor_(workers.front()->context()) {
    for (const auto& worker : workers) workers_.push_back(worker.get());
}

Result<std::unique_ptr<Listener>> Listener::open(const std::string& host, std::uint16_t port,
                                                 std::span<const std::unique_ptr<Worker>> workers,
                                                 RequestHandler& handler, TlsContext tls,
                                                 std::size_t max_connections) {
    const auto where = host + ":" + std::to_string(port);
    boost::system::error_code error;
    tcp::resolver resolver(workers.front()->context());
    auto bare = host;
    if (bare.starts_with('[') && bare.ends_with(']')) bare = bare.substr(1, bare.size() - 2);
    const auto addresses = resolver.resolve(
        bare, std::to_string(port), tcp::resolver::numeric_service | tcp::resolver::passive, error);
    if (error || addresses.empty())
        return fail(ErrorKind::bad_request, "cannot listen on " + where + ": no such address");
    std::unique_ptr<Listener> listener(
        new Listener(workers, handler, std::move(tls), max_connections));
    auto& acceptor = listener->acceptor_;
    const tcp::endpoint endpoint = addresses.begin()->endpoint();
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error && endpoint.protocol() == tcp::v6())
        acceptor.set_option(asio::ip::v6_only(false), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(kBacklog, error);
    if (error)
        return fail(
            ErrorKind::bad_request,
            "cannot listen on " + where + ": " +
                (error == asio::error::address_in_use ? "the port is in use" : error.message()));
    listener->port_ = acceptor.local_endpoint(error).port();
    return listener;
}

void Listener::start() {
    spawn(workers_.front()->context(), accept_all(), [](const std::exception_ptr&) {});
}

void Listener::close() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
}

Worker& Listener::choose() {
    auto* best = workers_.front();
    for (auto* worker : workers_)
        if (worker->connection_count() < best->connection_count()) best = worker;
    return *best;
}

std::size_t Listener::total() const {
    std::size_t count = 0;
    for (const auto* worker : workers_) count += worker->connection_count();
    return count;
}

void Listener::refuse(Socket& socket) {
    if (tls_) return;  // a plain answer would be noise to a TLS client
    std::string headers;
    std::string body;
    GatewayError error(ErrorKind::unavailable, ErrorSource::gateway, "too many connections");
    error.retry_after = "1";
    handler_.write_error(error, headers, body);
    const auto answer = std::string(status_line(error.http_status())) +
                        "content-length: " + std::to_string(body.size()) +
                        "\r\nconnection: close\r\n" + headers + "\r\n" + body;
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    socket.send(asio::buffer(answer), 0, ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
}

Task<void> Listener::accept_all() {
    asio::steady_timer pause(workers_.front()->context());
    while (acceptor_.is_open()) {
        auto& worker = choose();
        Socket socket(worker.context());
        tcp::endpoint peer;
        const auto error = co_await completion<boost::system::error_code>(
            [&](auto handler) { acceptor_.async_accept(socket, peer, std::move(handler)); });
        if (error == asio::error::operation_aborted || !acceptor_.is_open()) break;
        if (error) {
            if (error != asio::error::connection_aborted) {
                log_error("cannot accept a connection: " + error.message());
                pause.expires_after(kPauseAfterFailure);
                co_await completion<boost::system::error_code>(
                    [&](auto handler) { pause.async_wait(std::move(handler)); });
            }
            continue;
        }
        if (total() >= max_connections_) {
            refuse(socket);
            continue;
        }
        boost::system::error_code ignored;
        socket.non_blocking(true, ignored);
        socket.set_option(tcp::no_delay(true), ignored);
        worker.count_ahead();
        auto address = peer.address();
        if (address.is_v6() && address.to_v6().is_v4_mapped())
            address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
        auto name = address.to_string();
        if (&worker == workers_.front()) {
            worker.serve(std::move(socket), std::move(name), tls_.get(), handler_);
        } else {
            // std::function wants copies; the socket has none, so it travels in a shared box.
            auto box = std::make_shared<Socket>(std::move(socket));
            worker.post([this, &worker, box, name] {
                worker.serve(std::move(*box), name, tls_.get(), handler_);
            });
        }
    }
}

}  // namespace tollweir::net
