#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tollweir/core/budget_cell.hpp"
#include "tollweir/core/limit_cell.hpp"

namespace tollweir {

/// The limits that bind something together: all of them are charged, or none.
struct CellSet {
    std::vector<std::shared_ptr<LimitCell>> cells;

    bool empty() const { return cells.empty(); }
};

/// The limits of a key and of all it belongs to, as its record points at them.
struct KeyCells {
    CellSet every;                                        // bind every call
    std::vector<std::pair<std::string, CellSet>> models;  // bind calls of one model; few

    /// Null: none of its own.
    const CellSet* find_model(std::string_view model) const;
};

/// What a call takes before it is made.
struct Need {
    // As the token limits count them: what is likely, and what is certain (the prompt). Where the
    // likely does not fit and the certain does, one call at a time may have what is left.
    std::int64_t tokens = 0;
    std::int64_t least_tokens = 0;
    Picodollars cost = 0;
    bool has_budgets = true;   // false: the model costs nothing, so no budget is asked
    bool model_fails = false;  // limits that bind only then do
};

/// What it took in the end.
struct Spent {
    std::int64_t tokens = 0;
    Picodollars cost = 0;
};

/// What one cell was charged.
struct Charge {
    LimitCell* cell = nullptr;
    std::int64_t amount = 0;
    std::int64_t period = 0;  // RateCell: the slot; BudgetCell: its period
    std::int64_t left = 0;    // what the limit still had then; 0 for budgets
    std::int64_t limit = 0;   // 0 for budgets
    bool is_shrunk = false;
};

/// Why a call may not be made now.
struct Refusal {
    LimitKind kind = LimitKind::requests;
    Scope scope;
    std::string label;          // what people call the scope
    std::int64_t limit = 0;     // requests, tokens, slots; or picodollars
    std::int64_t used = 0;      // of a budget: spent
    std::int64_t reserved = 0;  // of a budget: in the hands of calls under way
    std::int64_t asked = 0;
    // When the limit will have room again if nothing else comes; nothing: not known, or never.
    std::optional<std::chrono::nanoseconds> frees_in;
};

/// A budget that has no room now, but may have once the store was asked, or others are done.
struct Shortfall {
    BudgetCell* cell = nullptr;
    Picodollars need = 0;
    bool asks = false;  // Room::ask; else Room::wait
};
using Shortfalls = boost::container::small_vector<Shortfall, 2>;

/// Who hears what became of cells: `limits`. Called without any bit held, by any thread; must not
/// block.
class CellListener {
public:
    virtual void on_signals(BudgetCell& cell, const BudgetCell::Signals& signals) = 0;

protected:
    ~CellListener() = default;
};

/// What a call holds of its limits from before it is made until it is settled. Whatever was not
/// settled by then the destructor gives back, requests included: so a call that never left, for
/// whatever reason, has consumed nothing. Outlives neither its listener nor the table of cells.
class Reservation {
public:
    Reservation() = default;
    Reservation(const Reservation&) = delete;
    Reservation& operator=(const Reservation&) = delete;
    Reservation(Reservation&& other) noexcept;
    Reservation& operator=(Reservation&& other) noexcept;
    ~Reservation() { release(); }

    bool empty() const { return charges_.empty(); }
    /// For headers, and for the record of what the call is booked on.
    std::span<const Charge> charges() const { return {charges_.data(), charges_.size()}; }

    /// Puts the truth in place of the estimate and gives slots back; empty after it. Tokens beyond
    /// the estimate count from `now` on.
    void settle(const Spent& truth, const Moment& now);
    /// Gives everything back.
    void release();
    /// More for a call that outgrows its estimate. Tokens are added in any case, since they are
    /// used already; money in all budgets or, with false, in none: `shortfalls` names those whose
    /// lease has no room for it.
    bool grow(const Spent& more, const Moment& now, Shortfalls& shortfalls);

private:
    friend class Charging;

    void settle_one(const Charge& charge, const Spent* truth, const Moment& now);
    bool grow_budgets(Picodollars more, TimePoint now, Shortfalls& shortfalls);

    CellListener* listener_ = nullptr;
    TimePoint taken_at_{};
    // In the order of their addresses, which is the order in which bits are taken.
    boost::container::small_vector<Charge, 8> charges_;
};

/// Charges every cell of `sets` into `into`, which must be empty, or none of them. False: `refusal`
/// says why, or it has no value and `shortfalls` names the budgets that must be given room first.
bool try_charge(std::span<const CellSet* const> sets, const Need& need, const Moment& now,
                const RateClock& clock, CellListener* listener, Reservation& into,
                std::optional<Refusal>& refusal, Shortfalls& shortfalls);

}  // namespace tollweir
