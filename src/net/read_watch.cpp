#include "tollweir/net/read_watch.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace tollweir::net {

namespace {

using Service = asio::detail::reactive_socket_service_base;

/// Way to what a socket and its service keep for classes derived from them.
struct SocketParts : Socket {
    static auto& of(Socket& socket) { return socket.*(&SocketParts::impl_); }
};
struct ServiceParts : Service {
    static constexpr auto kStart = &ServiceParts::start_op;
};

}  // namespace

void ReadWatch::Release::operator()(ReadWatch* watch) const {
    if (!watch->is_pending_)
        delete watch;
    else
        watch->is_orphan_ = true;
}

void ReadWatch::start(Socket& socket, bool is_empty) {
    ec_ = {};
    descriptor_ = socket.native_handle();
    is_pending_ = true;
    has_fired_ = false;
    is_starting_ = true;
    auto& parts = SocketParts::of(socket);
    Service& service = parts.get_service();
    // Asio calls it "non-blocking": whether the operation may be tried before it is queued. If not,
    // the reactor asks the kernel anew.
    (service.*ServiceParts::kStart)(parts.get_implementation(), asio::detail::reactor::read_op,
                                    this, false, is_empty, false);
    is_starting_ = false;
}

/// The reactor tries it at the start if it has seen an event since the last operation, which may
/// have told of bytes that were read meanwhile: so look. Later it tries at an event only.
ReadWatch::status ReadWatch::perform(reactor_op* base) {
    const auto& watch = *static_cast<ReadWatch*>(base);
    if (!watch.is_starting_) return done_and_exhausted;
    char byte = 0;
    const auto got = ::recv(watch.descriptor_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    const bool has_none = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    return has_none ? not_done : done_and_exhausted;
}

/// `owner` is null when the loop is gone: whoever waits is not resumed but destroyed.
void ReadWatch::complete(void* owner, asio::detail::operation* base,
                         const boost::system::error_code& /*error*/, std::size_t /*size*/) {
    auto* watch = static_cast<ReadWatch*>(base);
    auto waiter = std::exchange(watch->waiter_, nullptr);
    watch->is_pending_ = false;
    watch->has_fired_ = true;
    if (watch->is_orphan_) delete watch;
    if (owner != nullptr && waiter) waiter();
}

}  // namespace tollweir::net
