#include "tollweir/net/wake.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>

namespace tollweir::net {

Task<Wake::Reason> Wake::wait_until(TimePoint when) {
    if (!woken_ && !cancelled_) {
        timer_.expires_at(when);
        co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::deferred));
    }
    if (cancelled_) co_return Reason::cancelled;
    if (!woken_) co_return Reason::timed_out;
    woken_ = false;
    co_return Reason::woken;
}

void Wake::wake() {
    woken_ = true;
    timer_.cancel();
}

void Wake::cancel() {
    cancelled_ = true;
    timer_.cancel();
}

}  // namespace tollweir::net
