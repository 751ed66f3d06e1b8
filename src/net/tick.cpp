#include "tollweir/net/tick.hpp"

#include <algorithm>

namespace tollweir::net {

void TickItem::unlink() {
    previous_->next_ = next_;
    next_->previous_ = previous_;
    previous_ = next_ = this;
}

void TickItem::link_before(TickItem& other) {
    unlink();
    previous_ = other.previous_;
    next_ = &other;
    previous_->next_ = this;
    other.previous_ = this;
}

Tick::Tick(boost::asio::io_context& context) : timer_(context) {}

void Tick::add_busy(TickItem& item) {
    item.link_before(busy_);
    saw_busy_ = true;
    if (fast_ || stopped_ || due_ == kNever) return;
    fast_ = true;
    arm(Clock::now() + kFast);
}

void Tick::add_idle(TickItem& item) {
    item.link_before(idle_);
}

void Tick::start() {
    note(Clock::now());
    last_slow_ = last_;
    fast_ = true;
    arm(last_ + kFast);
}

void Tick::stop() {
    stopped_ = true;
    timer_.cancel();
}

void Tick::hurry() {
    last_busy_ = Clock::now();
    fast_ = true;
    if (!stopped_) arm(last_busy_);
}

void Tick::arm(TimePoint when) {
    due_ = when;
    timer_.expires_at(when);  // cancels the wait before, whose handler then does nothing
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) run();
    });
}

void Tick::note(TimePoint now) {
    last_ = now;
    last_wall_ = WallClock::now();
}

void Tick::visit(Anchor& list, TimePoint now) {
    for (auto* item = list.next_; item != &list;) {
        auto* next = item->next_;  // the item may move itself to the other list
        item->on_tick(now);
        item = next;
    }
}

void Tick::run() {
    if (stopped_) return;
    const auto now = Clock::now();
    note(now);
    lag_ = now - due_;
    max_lag_ = std::max(max_lag_, lag_);
    visit(busy_, now);
    if (now - last_slow_ >= kSlow - kFast) {
        last_slow_ = now;
        visit(idle_, now);
    }
    for (auto& chore : chores_) chore(now);
    if (stopped_) return;
    if (busy_.next_ != &busy_ || saw_busy_) last_busy_ = now;
    saw_busy_ = false;
    // Stays fast for a second after the last busy item: re-arming for each request of a lone client
    // would cost a system call a request.
    fast_ = now - last_busy_ < kSlow;
    arm(now + (fast_ ? kFast : kSlow));
}

}  // namespace tollweir::net
