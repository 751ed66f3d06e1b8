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

// What lies unused for so long goes back, and after the second time the lease is given up: by then
// the store has applied whatever was spent of it.
constexpr auto kIdle = 5s;
constexpr auto kUnused = 10min;

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
    return {cap(now), free_, reserved_, owed_, spent_, others_, period_};
}

Picodollars BudgetCell::cap(TimePoint now) const {
    return now < extra_until_ ? add_saturated(cap_, extra_) : cap_;
}

Picodollars BudgetCell::reserved() const {
    return clamped(reserved_ + others_);
}

bool BudgetCell::is_known(TimePoint now) const {
    return known_cap_ == cap(now) && now < period_over_ && now < lease_over_;
}

Room BudgetCell::room(Picodollars need, TimePoint now, Picodollars& amount) const {
    amount = need;
    const auto cap_now = cap(now);
    if (cap_now == kNoCap) return Room::enough;
    if (cap_now == 0) return Room::none;
    if (!is_known(now)) return Room::ask;
    if (usable() >= need) return Room::enough;
    if (now >= refused_until_) return Room::ask;
    // Near its end a budget is handed out to the last picodollar, but the requests that may use
    // more than they could reserve come one at a time: else all in flight would overrun the cap.
    if (usable() > 0 && shrunk_ == 0) {
        amount = free_;
        return Room::shrunk;
    }
    // What is on its way to the store or from it is nobody's for a moment.
    const bool is_settling = is_exchanging_ || (is_over_ && free_ > 0);
    return reserved_ > 0 || others_ > 0 || is_settling ? Room::wait : Room::none;
}

Period BudgetCell::take(Picodollars amount, bool is_shrunk, TimePoint now, Signals& signals) {
    reserved_ = add_saturated(reserved_, amount);
    cover(amount);
    if (is_shrunk) ++shrunk_;
    last_use_ = now;
    signal(now, signals);
    return period_;
}

bool BudgetCell::can_grow(Picodollars more, Period period, TimePoint now) const {
    return usable() >= more || !is_current(period) || now >= period_over_ || cap(now) == kNoCap;
}

void BudgetCell::grow(Picodollars more, Period period, TimePoint now, Signals& signals) {
    if (!is_current(period)) return;
    reserved_ = add_saturated(reserved_, more);
    cover(more);
    signal(now, signals);
}

void BudgetCell::settle(Picodollars amount, Picodollars truth, bool is_shrunk, Period period,
                        TimePoint now, Signals& signals) {
    if (!is_current(period)) return;  // that period is over, and nobody waits for it
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
    const bool is_lost = cap(now) == kNoCap && !is_known(now);
    const bool must_return = is_over_ && free_ > 0;
    if (owed_ > 0 || is_low || is_lost || must_return) signals.wants_lease = true;
}

Picodollars BudgetCell::most_ahead(TimePoint now) const {
    auto cap_now = cap(now);
    if (terms_ && terms_->soft_cap) cap_now = std::min(cap_now, *terms_->soft_cap);
    return cap_now / kAheadParts;
}

std::optional<LeaseRequest> BudgetCell::begin_exchange(Picodollars need, TimePoint now) {
    const std::lock_guard held(bit);
    if (is_exchanging_) return std::nullopt;
    last_use_ = now;
    if (now - last_exchange_ < kBusy) {
        step_ = add_saturated(step_, step_);
    } else if (now - last_exchange_ > kCalm) {
        step_ = 0;
    }
    const auto needs_ahead = need > kNoCap / kNeedsAhead ? kNoCap : need * kNeedsAhead;
    step_ = std::min(std::max(step_, needs_ahead), most_ahead(now));

    auto request = make_request(now);
    // What was leased under another cap goes back: there may be less now. So does what would
    // otherwise carry an overrun on.
    if (known_cap_ != request.cap || is_over_) request.unused = std::exchange(free_, 0);
    request.need = now < period_over_ ? std::max<Picodollars>(0, need - free_) : need;
    if (!is_over_ || need > 0) request.want = add_saturated(request.need, step_);
    return request;
}

LeaseRequest BudgetCell::make_request(TimePoint now) {
    is_exchanging_ = true;
    LeaseRequest request;
    request.cap = cap(now);
    request.owed = owed_;
    request.period = period_;
    return request;
}

std::optional<LeaseRequest> BudgetCell::begin_return(TimePoint now) {
    const std::lock_guard held(bit);
    if (is_exchanging_ || !has_row_ || now < away_until_) return std::nullopt;
    const auto unused_for = now - last_use_;
    if (unused_for > kUnused && reserved_ == 0 && owed_ == 0) {
        auto request = make_request(now);
        request.ends = true;
        request.unused = std::exchange(free_, 0);
        return request;
    }
    // What is no longer ours cannot be given back.
    if (!is_known(now)) return std::nullopt;
    if (unused_for > kIdle) step_ = 0;
    const auto keep = add_saturated(step_, step_);
    if (free_ <= keep && owed_ == 0) return std::nullopt;
    auto request = make_request(now);
    request.unused = std::max<Picodollars>(0, free_ - keep);
    free_ -= request.unused;
    return request;
}

std::optional<LeaseRequest> BudgetCell::begin_leaving(TimePoint now) {
    const std::lock_guard held(bit);
    step_ = 0;
    if (is_exchanging_ || !has_row_ || !is_known(now) || (free_ == 0 && owed_ == 0))
        return std::nullopt;
    auto request = make_request(now);
    request.unused = std::exchange(free_, 0);
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
    has_row_ = !request.ends;
    if (request.ends) {
        known_cap_ = -1;
        return signals;
    }
    if (grant->period != period_) enter_period(grant->period);
    if (request.period == grant->period || request.period == kUnknownPeriod)
        owed_ = std::max<Picodollars>(0, owed_ - request.owed);
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
    is_over_ = request.cap != kNoCap && grant->spent + grant->leased > request.cap;

    known_cap_ = request.cap;
    period_over_ =
        grant->ends == kNoEnd
            ? kNever
            : after(now,
                    std::chrono::milliseconds(std::max<std::int64_t>(0, grant->ends - grant->now)));
    lease_over_ = now + kLeaseLife;
    last_exchange_ = now;
    const bool is_refused = is_over_ || request.need > grant->granted;
    refused_until_ = is_refused ? now + kRefusalLife : TimePoint{};
    if (grant->granted < request.want)
        step_ = std::clamp<Picodollars>(grant->granted - request.need, 0, step_);
    // What came up meanwhile could not ask for an exchange of its own.
    if (owed_ > 0 || (is_over_ && free_ > 0)) signals.wants_lease = true;
    return signals;
}

/// What was charged before the store told of any period belongs to the first one.
void BudgetCell::enter_period(Period period) {
    is_first_ = period_ == kUnknownPeriod;
    period_ = period;
    if (is_first_) return;
    free_ = reserved_ = owed_ = 0;
    is_over_ = false;
    shrunk_ = 0;
    refused_until_ = {};
    told_soft_cap_ = told_nearly_used_ = false;
}

bool BudgetCell::is_store_away(TimePoint now) const {
    const std::lock_guard held(bit);
    return now < away_until_;
}

bool BudgetCell::may_hold_lease() const {
    const std::lock_guard held(bit);
    return has_row_ || is_exchanging_;
}

bool BudgetCell::set_listed(bool is_listed) {
    const std::lock_guard held(bit);
    return std::exchange(is_listed_, is_listed);
}

void BudgetCell::note_waiter() {
    const std::lock_guard held(bit);
    has_waiters_ = true;
}

}  // namespace tollweir
