#include "tollweir/core/budget_cell.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <utility>

namespace tollweir {
namespace {

using namespace std::chrono_literals;

// The store keeps a lease for an hour (docs/budgets.md); we stop using it some minutes before,
// since it was given while we were still asking.
constexpr auto kLeaseLife = 55min;
// How long the store's "there is no more" is believed: what other processes give back is found
// after that, and an exhausted scope costs one query a second.
constexpr auto kRefusalLife = 1s;
constexpr auto kAwayLife = 1s;

// The part of a cap that a process leases ahead of need, at most.
constexpr Picodollars kAheadParts = 100;
// The lease ahead doubles while exchanges come faster than `kBusy`, and starts anew after `kCalm`.
constexpr auto kBusy = 2s;
constexpr auto kCalm = 30s;
constexpr Picodollars kNeedsAhead = 4;

Picodollars clamped(PicodollarSum amount) {
    return static_cast<Picodollars>(std::clamp<PicodollarSum>(amount, 0, kNoCap));
}

/// True if they differ in what binds; what only starts a scope off does not.
bool is_changed(const BudgetLimit& a, const BudgetLimit& b) {
    return a.cap != b.cap || a.soft_cap != b.soft_cap || a.period != b.period || a.zone != b.zone ||
           a.rolls != b.rolls || a.extra != b.extra || a.extra_until != b.extra_until;
}

}  // namespace

void BudgetCell::set_terms(std::shared_ptr<const BudgetLimit> terms, TimePoint now, WallTime wall) {
    const std::lock_guard held(bit);
    if (!terms_ || is_changed(*terms_, *terms)) {
        cap_ = std::max<Picodollars>(terms->cap, 0);
        extra_ = std::max<Picodollars>(terms->extra, 0);
        extra_until_ =
            extra_ > 0 && terms->extra_until > wall
                ? after(now,
                        std::chrono::ceil<std::chrono::milliseconds>(terms->extra_until - wall))
                : TimePoint{};
        told_soft_cap_ = told_nearly_used_ = false;
        refused_until_ = {};
    }
    terms_.swap(terms);  // the old ones are freed without the bit
}

std::shared_ptr<const BudgetLimit> BudgetCell::terms() const {
    const std::lock_guard held(bit);
    return terms_;
}

BudgetCell::State BudgetCell::state(TimePoint now) const {
    const std::lock_guard held(bit);
    return {cap(now), free_, reserved_, owed_, spent_, others_, window_};
}

Picodollars BudgetCell::cap(TimePoint now) const {
    return now < extra_until_ ? add_saturated(cap_, extra_) : cap_;
}

Picodollars BudgetCell::reserved() const {
    return clamped(reserved_ + others_);
}

bool BudgetCell::knows_window(TimePoint now) const {
    return known_cap_ == cap(now) && now < window_over_ && now < lease_over_;
}

Room BudgetCell::room(Picodollars need, TimePoint now, Picodollars& amount) const {
    amount = need;
    const auto cap_now = cap(now);
    if (cap_now == kNoCap) return Room::enough;
    if (cap_now == 0) return Room::none;
    if (!knows_window(now)) return Room::ask;
    if (free_ >= need) return Room::enough;
    if (now >= refused_until_) return Room::ask;
    // Near its end a budget is handed out to the last picodollar, but the requests that may use
    // more than they could reserve come one at a time: else all in flight would overrun the cap.
    if (free_ > 0 && shrunk_ == 0) {
        amount = free_;
        return Room::shrunk;
    }
    return reserved_ > 0 || others_ > 0 ? Room::wait : Room::none;
}

WindowEnd BudgetCell::take(Picodollars amount, bool is_shrunk, TimePoint now, Signals& signals) {
    reserved_ = add_saturated(reserved_, amount);
    cover(amount);
    if (is_shrunk) ++shrunk_;
    last_use_ = now;
    signal(now, signals);
    return window_;
}

bool BudgetCell::can_grow(Picodollars more, WindowEnd window, TimePoint now) const {
    return free_ >= more || !is_current(window) || now >= window_over_ || cap(now) == kNoCap;
}

void BudgetCell::grow(Picodollars more, WindowEnd window, TimePoint now, Signals& signals) {
    if (!is_current(window)) return;
    reserved_ = add_saturated(reserved_, more);
    cover(more);
    signal(now, signals);
}

void BudgetCell::settle(Picodollars amount, Picodollars truth, bool is_shrunk, WindowEnd window,
                        TimePoint now, Signals& signals) {
    if (!is_current(window)) return;  // that window is over, and nobody waits for it
    if (is_shrunk && shrunk_ > 0) --shrunk_;
    reserved_ = std::max<Picodollars>(0, reserved_ - amount);
    if (truth <= amount) {
        free_ = add_saturated(free_, amount - truth);
    } else {
        cover(truth - amount);
    }
    pay_debt();
    last_use_ = now;
    note_spent(PicodollarSum(spent_) + truth, now, signals);
    signal(now, signals);
    if (has_waiters_ && (free_ > 0 || reserved_ == 0)) {
        has_waiters_ = false;
        signals.room_came_back = true;
    }
}

/// Takes from the lease, and what it does not hold becomes a debt.
void BudgetCell::cover(Picodollars amount) {
    const auto leased = std::min(free_, amount);
    free_ -= leased;
    owed_ = add_saturated(owed_, amount - leased);
}

void BudgetCell::pay_debt() {
    const auto paid = std::min(free_, owed_);
    free_ -= paid;
    owed_ -= paid;
}

void BudgetCell::note_spent(PicodollarSum amount, TimePoint now, Signals& signals) {
    spent_ = clamped(amount);
    if (!terms_) return;
    if (!told_soft_cap_ && terms_->soft_cap && spent_ >= *terms_->soft_cap) {
        told_soft_cap_ = signals.over_soft_cap = true;
    }
    const auto cap_now = cap(now);
    if (!told_nearly_used_ && cap_now != kNoCap && cap_now > 0 &&
        PicodollarSum(spent_) * 5 >= PicodollarSum(cap_now) * 4) {
        told_nearly_used_ = signals.nearly_used = true;
    }
}

void BudgetCell::signal(TimePoint now, Signals& signals) {
    if (is_exchanging_ || now < away_until_) return;
    const bool is_low = free_ < step_ / 2 && now >= refused_until_;
    // A cell without a cap is never asked for before a call, so it asks behind it.
    const bool is_lost = cap(now) == kNoCap && !knows_window(now);
    if (owed_ > 0 || is_low || is_lost) signals.wants_lease = true;
}

Picodollars BudgetCell::most_ahead(TimePoint now) const {
    auto cap_now = cap(now);
    if (terms_ && terms_->soft_cap) cap_now = std::min(cap_now, *terms_->soft_cap);
    return cap_now / kAheadParts;
}

std::optional<LeaseRequest> BudgetCell::begin_exchange(Picodollars need, TimePoint now) {
    const std::lock_guard held(bit);
    if (is_exchanging_) return std::nullopt;
    is_exchanging_ = true;
    if (now - last_exchange_ < kBusy) {
        step_ = add_saturated(step_, step_);
    } else if (now - last_exchange_ > kCalm) {
        step_ = 0;
    }
    const auto needs_ahead = need > kNoCap / kNeedsAhead ? kNoCap : need * kNeedsAhead;
    step_ = std::min(std::max(step_, needs_ahead), most_ahead(now));

    LeaseRequest request;
    request.cap = cap(now);
    request.owed = owed_;
    request.window = window_;
    // What was leased under another cap goes back: there may be less now.
    if (known_cap_ != request.cap) request.unused = std::exchange(free_, 0);
    request.need = now < window_over_ ? std::max<Picodollars>(0, need - free_) : need;
    request.want = add_saturated(request.need, step_);
    return request;
}

std::optional<LeaseRequest> BudgetCell::begin_return(Picodollars keep, TimePoint now) {
    const std::lock_guard held(bit);
    // What is no longer ours cannot be given back.
    if (is_exchanging_ || !knows_window(now) || (free_ <= keep && owed_ == 0)) return std::nullopt;
    is_exchanging_ = true;
    if (keep == 0) step_ = 0;
    LeaseRequest request;
    request.cap = cap(now);
    request.owed = owed_;
    request.window = window_;
    request.unused = std::max<Picodollars>(0, free_ - keep);
    free_ -= request.unused;
    return request;
}

BudgetCell::Signals BudgetCell::end_exchange(const LeaseRequest& request, const LeaseGrant* grant,
                                             TimePoint now) {
    Signals signals;
    const std::lock_guard held(bit);
    is_exchanging_ = false;
    signals.room_came_back = std::exchange(has_waiters_, false);
    if (grant == nullptr) {
        // Perhaps the store did it and the answer was lost: then it has less than we think, and
        // the next answer says so.
        free_ = add_saturated(free_, request.unused);
        away_until_ = now + kAwayLife;
        return signals;
    }
    const bool is_over = request.window != kNoWindow && request.window <= grant->now;
    const bool is_new = is_over && grant->window != request.window;
    if (grant->window != window_) enter_window(grant->window, is_new);
    if (!is_new) owed_ = std::max<Picodollars>(0, owed_ - request.owed);
    free_ = add_saturated(free_, grant->granted);
    pay_debt();

    // What the lease should hold by our count, and what it holds more: spent, but not applied yet.
    const auto ours = PicodollarSum(free_) + reserved_ - owed_;
    if (ours > grant->own) {
        const auto lost = clamped(ours - grant->own);
        cover(lost);
    }
    const auto unapplied = std::max<PicodollarSum>(0, grant->own - ours);
    note_spent(grant->spent + unapplied, now, signals);
    others_ = std::max<PicodollarSum>(0, grant->leased - grant->own);

    known_cap_ = request.cap;
    window_over_ = grant->window == kNoWindow
                       ? kNever
                       : after(now, std::chrono::milliseconds(
                                        std::max<std::int64_t>(0, grant->window - grant->now)));
    lease_over_ = now + kLeaseLife;
    last_exchange_ = now;
    refused_until_ = request.need > grant->granted ? now + kRefusalLife : TimePoint{};
    if (grant->granted < request.want)
        step_ = std::clamp<Picodollars>(grant->granted - request.need, 0, step_);
    return signals;
}

void BudgetCell::enter_window(WindowEnd window, bool is_new) {
    if (is_new) {
        free_ = reserved_ = owed_ = 0;
        shrunk_ = 0;
        refused_until_ = {};
        told_soft_cap_ = told_nearly_used_ = false;
        adopted_ = window;
    } else {
        adopted_ = window_;
    }
    window_ = window;
}

bool BudgetCell::is_store_away(TimePoint now) const {
    const std::lock_guard held(bit);
    return now < away_until_;
}

void BudgetCell::note_waiter() {
    const std::lock_guard held(bit);
    has_waiters_ = true;
}

}  // namespace tollweir
