#include "tollweir/net/wake.hpp"

namespace tollweir::net {

Task<Wake::Reason> Wake::wait_until(TimePoint when) {
    if (!woken_ && !cancelled_) {
        timer_.expires_at(when);
        co_await completion<boost::system::error_code>(
            [this](auto handler) { timer_.async_wait(std::move(handler)); });
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
