#pragma once

#include <boost/asio/detail/reactor_op.hpp>
#include <cstdint>
#include <functional>
#include <memory>

#include "tollweir/net/socket.hpp"

namespace tollweir::net {

/// Waits for something to read on one socket, again and again: with no allocation a wait, and where
/// the socket was read empty before with a look at it instead of the `epoll_ctl` of Asio 1.81's own
/// wait, which cannot know that; a look costs half of it, and a request waits twice. So this is an
/// operation of Asio's reactor like its own ones, built on the parts of `boost::asio::detail` that
/// 1.81 has.
///
/// The reactor keeps it while it is pending, also when its socket is gone: Owner takes care of
/// that. Worker thread only.
class ReadWatch final : private boost::asio::detail::reactor_op {
public:
    struct Release {
        void operator()(ReadWatch* watch) const;
    };
    using Owner = std::unique_ptr<ReadWatch, Release>;

    static Owner make() { return Owner(new ReadWatch); }

    /// What is known of the socket.
    enum class Found : std::uint8_t {
        unknown,     // the kernel is asked, by an epoll_ctl
        read_empty,  // no bytes, perhaps an end that came along with the last ones: it is looked at
        nothing,     // only what comes from now on matters
    };
    /// Begins to wait; none may be pending. Also fired by the end of the stream, by errors and by
    /// `cancel` and `close` of the socket.
    void start(Socket& socket, Found found);
    /// As if something were there already.
    void fire() { has_fired_ = true; }

    bool is_pending() const { return is_pending_; }
    /// Since the last start; stays until the next.
    bool has_fired() const { return has_fired_; }

    /// Called once, when the pending wait ends: a coroutine's continuation.
    void resume(std::move_only_function<void()> waiter) { waiter_ = std::move(waiter); }

private:
    ReadWatch() : reactor_op({}, &ReadWatch::perform, &ReadWatch::complete) {}

    static status perform(reactor_op* base);
    static void complete(void* owner, boost::asio::detail::operation* base,
                         const boost::system::error_code& error, std::size_t size);

    int descriptor_ = -1;
    bool is_starting_ = false;
    bool is_pending_ = false;
    bool has_fired_ = false;
    bool is_orphan_ = false;
    std::move_only_function<void()> waiter_;
};

}  // namespace tollweir::net
