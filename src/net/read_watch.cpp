#include "tollweir/net/read_watch.hpp"

#include <cerrno>
#include <utility>

#include "net/system_calls.hpp"

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

bool has_nothing(int descriptor) {
    char byte = 0;
    const auto got = receive(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace

void ReadWatch::Release::operator()(ReadWatch* watch) const {
    if (!watch->is_pending_)
        delete watch;
    else
        watch->is_orphan_ = true;
}

void ReadWatch::start(Socket& socket, Found found) {
    ec_ = {};
    descriptor_ = socket.native_handle();
    is_pending_ = true;
    has_fired_ = false;
    is_starting_ = true;
    auto& parts = SocketParts::of(socket);
    Service& service = parts.get_service();
    // From now on the kernel tells of what comes. If something is there, the reactor must ask it
    // anew: so it does for operations that it may not try at once, "non-blocking" ones.
    const bool waits_for_news =
        found == Found::nothing || (found == Found::read_empty && has_nothing(descriptor_));
    (service.*ServiceParts::kStart)(parts.get_implementation(), asio::detail::reactor::read_op,
                                    this, false, waits_for_news, false);
    is_starting_ = false;
}

/// The reactor tries it at the start if it has seen an event since the last operation: of bytes
/// that were read meanwhile, or of others.
ReadWatch::status ReadWatch::perform(reactor_op* base) {
    const auto& watch = *static_cast<ReadWatch*>(base);
    return watch.is_starting_ && has_nothing(watch.descriptor_) ? not_done : done_and_exhausted;
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
