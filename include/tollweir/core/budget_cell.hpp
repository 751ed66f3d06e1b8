#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "tollweir/core/lease.hpp"
#include "tollweir/core/limit_cell.hpp"

namespace tollweir {

/// What a budget cell says about a charge.
enum class Room : std::uint8_t {
    enough,
    shrunk,  // less than is likely to be used is left; it may be had, by one request at a time
    ask,     // the store must be asked first: no lease, too small a one, the period is over
    wait,    // nothing is left, but some of what is reserved or leased may come back
    none,    // the cap is used up
};

/// A budget of one scope as this process knows it: a lease from the store, and what requests have
/// taken from it. docs/budgets.md tells the rules.
///
/// With M for what the lease still covers (`free + reserved - owed`) and R for the lease as the
/// store has it, R - M is what was spent and not applied yet: never below 0, else the store has
/// lost the lease, and that much is taken back.
class BudgetCell final : public LimitCell {
public:
    /// What the cell holds, for headers, metrics and tests.
    struct State {
        Picodollars cap = 0;  // with a temporary increase
        Picodollars free = 0;
        Picodollars reserved = 0;
        Picodollars owed = 0;
        Picodollars spent = 0;     // as far as known here
        PicodollarSum others = 0;  // leases of other processes
        Period period = kUnknownPeriod;
    };

    /// What somebody else must do about a change; told once the bit is free.
    struct Signals {
        bool room_came_back = false;  // and somebody waits for it
        bool wants_lease = false;     // one ahead of need, or a debt to book
        bool over_soft_cap = false;   // for the first time in this period
        bool nearly_used = false;     // 80 % of the cap, likewise

        bool any() const { return room_came_back || wants_lease || over_soft_cap || nearly_used; }
    };

    explicit BudgetCell(Scope scope) : LimitCell(LimitKind::budget, std::move(scope)) {}

    // --- These take the bit themselves.

    /// Replaces the terms; a changed cap counts from the next request on. `wall` is the time of
    /// day at `now`.
    void set_terms(std::shared_ptr<const BudgetLimit> terms, TimePoint now, WallTime wall);
    std::shared_ptr<const BudgetLimit> terms() const;
    State state(TimePoint now) const;

    /// What to ask the store for so that `need` has room; 0: for a lease ahead of need. Nothing: an
    /// exchange is under way already. Else `end_exchange` must follow. The caller fills in
    /// the period that follows and what `terms` say about a scope that the store does not know.
    std::optional<LeaseRequest> begin_exchange(Picodollars need, TimePoint now);
    /// The same to give back what is not needed, and to book what is owed: all of it when the cell
    /// has not been used for a while. Nothing: there is nothing to tell.
    std::optional<LeaseRequest> begin_return(TimePoint now);
    /// The same at the end of the process, at once.
    std::optional<LeaseRequest> begin_leaving(TimePoint now);
    /// Takes the store's answer in; null: it gave none.
    Signals end_exchange(const LeaseRequest& request, const LeaseGrant* grant, TimePoint now);
    /// The store gave no answer, less than a second ago.
    bool is_store_away(TimePoint now) const;

    /// False once nothing of the lease is left here and the store knows.
    bool may_hold_lease() const;
    /// Whether somebody else points at the cell, to give its lease back. Returns what it was.
    bool set_listed(bool is_listed);

    /// Somebody waits for room: the next change that makes some says so, once.
    void note_waiter();

    // --- These with the bit held.

    /// Whether `need` (above 0) may be charged, and how much of it.
    Room room(Picodollars need, TimePoint now, Picodollars& amount) const;
    /// Charges what `room` allowed. Returns the period it is charged to.
    Period take(Picodollars amount, bool is_shrunk, TimePoint now, Signals& signals);
    /// Whether the lease has room for more of a charge. In a period that is over there always is.
    bool can_grow(Picodollars more, Period period, TimePoint now) const;
    void grow(Picodollars more, Period period, TimePoint now, Signals& signals);
    /// `amount` was charged, `truth` was used.
    void settle(Picodollars amount, Picodollars truth, bool is_shrunk, Period period, TimePoint now,
                Signals& signals);
    Picodollars cap(TimePoint now) const;
    Picodollars spent() const { return spent_; }
    /// What is reserved here, and leased by other processes.
    Picodollars reserved() const;
    /// When the period ends; kNever if it does not.
    TimePoint period_over() const { return period_over_; }
    /// True if nothing would be lost with the cell, open charges aside.
    bool is_settled() const { return !has_row_ && !is_exchanging_ && !is_listed_; }
    /// How much is leased ahead of need.
    Picodollars step() const { return step_; }

private:
    LeaseRequest make_request(TimePoint now);
    /// What of the lease may be reserved.
    Picodollars usable() const { return is_over_ ? 0 : free_; }
    bool is_current(Period period) const {
        return period == period_ || (period == kUnknownPeriod && is_first_);
    }
    bool is_known(TimePoint now) const;
    void cover(Picodollars amount);
    void pay_debt();
    void enter_period(Period period);
    void note_spent(PicodollarSum amount, TimePoint now, Signals& signals);
    void signal(TimePoint now, Signals& signals);
    Picodollars most_ahead(TimePoint now) const;

    std::shared_ptr<const BudgetLimit> terms_;
    Picodollars cap_ = kNoCap;  // without a temporary increase
    Picodollars extra_ = 0;
    TimePoint extra_until_{};
    Picodollars known_cap_ = -1;  // that the last exchange was made under; -1: none was

    Picodollars free_ = 0;      // leased and not reserved
    Picodollars reserved_ = 0;  // by open charges of this period
    Picodollars owed_ = 0;      // taken beyond the lease, not booked by the store yet
    Picodollars spent_ = 0;
    PicodollarSum others_ = 0;  // leased by other processes
    // More was used and leased than the cap allows: what comes free goes back to the store.
    bool is_over_ = false;
    Period period_ = kUnknownPeriod;
    bool is_first_ = true;      // the period is the first that the store told of
    std::uint32_t shrunk_ = 0;  // open charges that got less than they asked for

    TimePoint period_over_ = kNever;
    TimePoint lease_over_{};     // from when on the store may give the lease to others
    TimePoint refused_until_{};  // the store has said that there is no more
    TimePoint away_until_{};     // the store gave no answer
    TimePoint last_exchange_{};
    TimePoint last_use_{};
    Picodollars step_ = 0;
    bool has_row_ = false;  // the store has a lease of ours, be it used up
    bool is_exchanging_ = false;
    bool is_listed_ = false;
    bool has_waiters_ = false;
    bool told_soft_cap_ = false;
    bool told_nearly_used_ = false;
};

}  // namespace tollweir
