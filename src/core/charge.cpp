#include "tollweir/core/charge.hpp"

#include <algorithm>
#include <functional>
#include <mutex>

namespace tollweir {
namespace {

RateCell& rate(LimitCell& cell) {
    return static_cast<RateCell&>(cell);
}
SlotCell& slots(LimitCell& cell) {
    return static_cast<SlotCell&>(cell);
}
BudgetCell& budget(LimitCell& cell) {
    return static_cast<BudgetCell&>(cell);
}

bool binds(Enforcement enforcement, const Need& need) {
    return enforcement == Enforcement::always ||
           (enforcement == Enforcement::when_failing && need.model_fails);
}

/// A bare refusal: without the texts, which are not made while bits are held.
struct Obstacle {
    LimitCell* cell = nullptr;
    std::int64_t limit = 0;
    std::int64_t used = 0;
    std::int64_t reserved = 0;
    std::int64_t asked = 0;
    std::optional<std::chrono::nanoseconds> frees_in;
};

/// True if `a` is what the caller should hear of rather than `b`: a used up budget, which a retry
/// does not help; else what takes longest to free.
bool outranks(const Obstacle& a, const Obstacle& b) {
    const bool a_is_budget = a.cell->kind() == LimitKind::budget;
    const bool b_is_budget = b.cell->kind() == LimitKind::budget;
    if (a_is_budget != b_is_budget) return a_is_budget;
    constexpr auto kUnknown = std::chrono::nanoseconds(0);
    return a.frees_in.value_or(kUnknown) > b.frees_in.value_or(kUnknown);
}

}  // namespace

/// One attempt to charge: gather, lock, check, charge, unlock.
class Charging {
public:
    Charging(const Need& need, const Moment& now, const RateClock& clock, CellListener* listener,
             Reservation& into, Shortfalls& shortfalls)
        : need_(need),
          now_(now),
          clock_(clock),
          listener_(listener),
          charges_(into.charges_),
          shortfalls_(shortfalls) {
        into.listener_ = listener;
        into.taken_at_ = now.now;
    }

    void gather(std::span<const CellSet* const> sets);
    bool run(std::optional<Refusal>& refusal);

private:
    void lock() {
        for (const auto& charge : charges_) charge.cell->bit.lock();
    }
    void unlock() {
        for (const auto& charge : charges_) charge.cell->bit.unlock();
    }
    void check_all();
    void check(Charge& charge);
    void check_rate(Charge& charge);
    void check_slots(const Charge& charge);
    void check_budget(Charge& charge);
    void take_all();
    void take(Charge& charge, BudgetCell::Signals& signals);
    void note(const Obstacle& obstacle) {
        if (!obstacle_ || outranks(obstacle, *obstacle_)) obstacle_ = obstacle;
    }
    Refusal describe() const;

    const Need& need_;
    const Moment& now_;
    const RateClock& clock_;
    CellListener* const listener_;
    boost::container::small_vector_base<Charge>& charges_;
    Shortfalls& shortfalls_;
    std::optional<Obstacle> obstacle_;
    boost::container::small_vector<std::pair<BudgetCell*, BudgetCell::Signals>, 4> signals_;
};

void Charging::gather(std::span<const CellSet* const> sets) {
    for (const auto* set : sets) {
        if (set == nullptr) continue;
        for (const auto& cell : set->cells) {
            Charge charge;
            charge.cell = cell.get();
            switch (cell->kind()) {
                case LimitKind::requests:
                case LimitKind::slots:
                    charge.amount = 1;
                    break;
                case LimitKind::tokens:
                    charge.amount = std::max<std::int64_t>(need_.tokens, 0);
                    break;
                case LimitKind::budget:
                    if (!need_.has_budgets) continue;
                    // What costs nothing is refused by a used up budget all the same.
                    charge.amount = std::max<Picodollars>(need_.cost, 1);
                    break;
            }
            charges_.push_back(charge);
        }
    }
    const std::less<LimitCell*> before;
    std::ranges::sort(charges_, before, &Charge::cell);
    // A tag that a call names twice is charged once, and its bit taken once.
    const auto doubles = std::ranges::unique(charges_, {}, &Charge::cell);
    charges_.erase(doubles.begin(), doubles.end());
}

bool Charging::run(std::optional<Refusal>& refusal) {
    lock();
    check_all();
    const bool fits = !obstacle_ && shortfalls_.empty();
    if (fits) take_all();
    unlock();
    if (fits) {
        if (listener_ != nullptr)
            for (const auto& [cell, signals] : signals_) listener_->on_signals(*cell, signals);
        return true;
    }
    charges_.clear();
    if (obstacle_) {
        shortfalls_.clear();
        refusal = describe();
    }
    return false;
}

void Charging::check_all() {
    for (auto& charge : charges_) check(charge);
}

void Charging::check(Charge& charge) {
    switch (charge.cell->kind()) {
        case LimitKind::requests:
        case LimitKind::tokens:
            check_rate(charge);
            break;
        case LimitKind::slots:
            check_slots(charge);
            break;
        case LimitKind::budget:
            check_budget(charge);
            break;
    }
}

void Charging::check_rate(Charge& charge) {
    auto& cell = rate(*charge.cell);
    cell.advance(now_.slot);
    if (cell.has_room(charge.amount) || !binds(cell.enforcement(), need_)) return;
    const auto least =
        cell.kind() == LimitKind::tokens ? std::max<std::int64_t>(need_.least_tokens, 1) : 1;
    if (cell.kind() == LimitKind::tokens && cell.has_room(least) && cell.shrunk == 0) {
        charge.amount = cell.limit() - cell.used();
        charge.is_shrunk = true;
        return;
    }
    Obstacle obstacle{&cell, cell.limit(), cell.used(), 0, charge.amount, std::nullopt};
    if (least <= cell.limit()) {
        const auto from = cell.room_from(std::min(charge.amount, cell.limit()));
        obstacle.frees_in = std::max(clock_.begin_of(from) - now_.now, std::chrono::nanoseconds(0));
    } else {
        obstacle.asked = least;
    }
    note(obstacle);
}

void Charging::check_slots(const Charge& charge) {
    const auto& cell = slots(*charge.cell);
    if (cell.used < cell.limit || !binds(cell.enforcement, need_)) return;
    note({charge.cell, cell.limit, cell.used, 0, charge.amount, std::nullopt});
}

void Charging::check_budget(Charge& charge) {
    auto& cell = budget(*charge.cell);
    const auto need = charge.amount;
    switch (cell.room(need, now_.now, charge.amount)) {
        case Room::enough:
            break;
        case Room::shrunk:
            charge.is_shrunk = true;
            break;
        case Room::ask:
            shortfalls_.push_back({&cell, need, true});
            break;
        case Room::wait:
            shortfalls_.push_back({&cell, need, false});
            break;
        case Room::none: {
            Obstacle obstacle{&cell, cell.cap(now_.now), cell.spent(), cell.reserved(),
                              need,  std::nullopt};
            if (cell.period_over() != kNever)
                obstacle.frees_in =
                    std::max(cell.period_over() - now_.now, std::chrono::nanoseconds(0));
            note(obstacle);
            break;
        }
    }
}

void Charging::take_all() {
    for (auto& charge : charges_) {
        BudgetCell::Signals signals;
        take(charge, signals);
        if (signals.any()) signals_.emplace_back(&budget(*charge.cell), signals);
    }
}

void Charging::take(Charge& charge, BudgetCell::Signals& signals) {
    ++charge.cell->open_charges;
    switch (charge.cell->kind()) {
        case LimitKind::requests:
        case LimitKind::tokens: {
            auto& cell = rate(*charge.cell);
            charge.period = cell.add(charge.amount);
            if (charge.is_shrunk) ++cell.shrunk;
            charge.limit = cell.limit();
            charge.left = std::max<std::int64_t>(0, cell.limit() - cell.used());
            break;
        }
        case LimitKind::slots: {
            auto& cell = slots(*charge.cell);
            ++cell.used;
            charge.limit = cell.limit;
            charge.left = std::max<std::int64_t>(0, cell.limit - cell.used);
            break;
        }
        case LimitKind::budget:
            charge.period =
                budget(*charge.cell).take(charge.amount, charge.is_shrunk, now_.now, signals);
            break;
    }
}

Refusal Charging::describe() const {
    const auto& cell = *obstacle_->cell;
    return {cell.kind(),     cell.scope(),        cell.label(),     obstacle_->limit,
            obstacle_->used, obstacle_->reserved, obstacle_->asked, obstacle_->frees_in};
}

bool try_charge(std::span<const CellSet* const> sets, const Need& need, const Moment& now,
                const RateClock& clock, CellListener* listener, Reservation& into,
                std::optional<Refusal>& refusal, Shortfalls& shortfalls) {
    refusal.reset();
    shortfalls.clear();
    Charging charging(need, now, clock, listener, into, shortfalls);
    charging.gather(sets);
    return charging.run(refusal);
}

Reservation::Reservation(Reservation&& other) noexcept
    : listener_(other.listener_), taken_at_(other.taken_at_), charges_(std::move(other.charges_)) {
    other.charges_.clear();
}

Reservation& Reservation::operator=(Reservation&& other) noexcept {
    if (this == &other) return *this;
    release();
    listener_ = other.listener_;
    taken_at_ = other.taken_at_;
    charges_ = std::move(other.charges_);
    other.charges_.clear();
    return *this;
}

void Reservation::settle(const Spent& truth, const Moment& now) {
    for (const auto& charge : charges_) settle_one(charge, &truth, now);
    charges_.clear();
}

void Reservation::release() {
    const Moment then{taken_at_, 0};
    for (const auto& charge : charges_) settle_one(charge, nullptr, then);
    charges_.clear();
}

/// Without a truth nothing was used at all.
void Reservation::settle_one(const Charge& charge, const Spent* truth, const Moment& now) {
    auto& cell = *charge.cell;
    BudgetCell::Signals signals;
    {
        const std::lock_guard held(cell.bit);
        switch (cell.kind()) {
            case LimitKind::requests:
                if (truth == nullptr) rate(cell).remove(charge.amount, charge.period);
                break;
            case LimitKind::tokens: {
                const auto used = truth == nullptr ? 0 : truth->tokens;
                if (charge.is_shrunk) --rate(cell).shrunk;
                if (used <= charge.amount) {
                    rate(cell).remove(charge.amount - used, charge.period);
                } else {
                    rate(cell).advance(now.slot);
                    rate(cell).add(used - charge.amount);
                }
                break;
            }
            case LimitKind::slots:
                --slots(cell).used;
                break;
            case LimitKind::budget:
                budget(cell).settle(charge.amount, truth == nullptr ? 0 : truth->cost,
                                    charge.is_shrunk, charge.period, now.now, signals);
                break;
        }
        // Without an open charge the cell may be dropped, so this is the last that touches it.
        if (!signals.any() || listener_ == nullptr) {
            --cell.open_charges;
            return;
        }
    }
    listener_->on_signals(budget(cell), signals);
    const std::lock_guard held(cell.bit);
    --cell.open_charges;
}

bool Reservation::grow(const Spent& more, const Moment& now, Shortfalls& shortfalls) {
    shortfalls.clear();
    if (more.tokens > 0) {
        for (auto& charge : charges_) {
            if (charge.cell->kind() != LimitKind::tokens) continue;
            auto& cell = rate(*charge.cell);
            const std::lock_guard held(cell.bit);
            cell.advance(now.slot);
            charge.period = cell.add(more.tokens);
            charge.amount += more.tokens;
        }
    }
    return more.cost <= 0 || grow_budgets(more.cost, now.now, shortfalls);
}

bool Reservation::grow_budgets(Picodollars more, TimePoint now, Shortfalls& shortfalls) {
    boost::container::small_vector<std::pair<Charge*, BudgetCell::Signals>, 8> grown;
    for (auto& charge : charges_) {
        if (charge.cell->kind() == LimitKind::budget)
            grown.emplace_back(&charge, BudgetCell::Signals{});
    }
    for (const auto& [charge, signals] : grown) charge->cell->bit.lock();
    for (const auto& [charge, signals] : grown) {
        auto& cell = budget(*charge->cell);
        if (!cell.can_grow(more, charge->period, now)) shortfalls.push_back({&cell, more, true});
    }
    const bool fits = shortfalls.empty();
    for (auto& [charge, signals] : grown) {
        if (!fits) break;
        budget(*charge->cell).grow(more, charge->period, now, signals);
        charge->amount = add_saturated(charge->amount, more);
    }
    for (const auto& [charge, signals] : grown) charge->cell->bit.unlock();
    for (const auto& [charge, signals] : grown) {
        if (signals.any() && listener_ != nullptr)
            listener_->on_signals(budget(*charge->cell), signals);
    }
    return fits;
}

const CellSet* KeyCells::find_model(std::string_view model) const {
    const auto found = std::ranges::find(models, model, &std::pair<std::string, CellSet>::first);
    return found == models.end() ? nullptr : &found->second;
}

}  // namespace tollweir
