#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "tollweir/core/clock.hpp"
#include "tollweir/net/cancellable.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir::net {

/// One coroutine waits until another part of the same worker says `wake`, a time comes, or it is
/// cancelled. For the few waits that are not a socket's.
class Wake final : public Cancellable {
public:
    enum class Reason : unsigned char { woken, timed_out, cancelled };

    explicit Wake(boost::asio::io_context& context) : timer_(context) {}

    Task<Reason> wait_until(TimePoint when);
    void wake();
    void cancel() override;

private:
    boost::asio::steady_timer timer_;
    bool woken_ = false;
    bool cancelled_ = false;
};

}  // namespace tollweir::net
