#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "tollweir/config/budget_config.hpp"
#include "tollweir/config/limits_config.hpp"
#include "tollweir/core/charge.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/core/limit.hpp"
#include "tollweir/core/usage.hpp"
#include "tollweir/limits/budget_alert.hpp"
#include "tollweir/limits/cell_table.hpp"
#include "tollweir/limits/lease_source.hpp"
#include "tollweir/limits/limit_clock.hpp"
#include "tollweir/limits/scope_limits.hpp"
#include "tollweir/net/cancellable.hpp"
#include "tollweir/net/task.hpp"

namespace tollweir {

namespace net {
class Worker;
}
class LeaseExchange;
class RoomWaiters;

/// What stays for the life of the process.
struct LimiterSettings {
    std::chrono::milliseconds rate_window{60'000};  // LITELLM_RATE_LIMIT_WINDOW_SIZE
    // How long a call waits where a budget has money left that calls under way hold reserved.
    std::chrono::milliseconds patience{5'000};
    LimitClock clock;
    BudgetAlertSink on_alert;  // beside a line in the log; may be empty
};

/// One call, before it is made. Views and pointers must live until the reservation is there.
struct ReserveRequest {
    const KeyCells* key = nullptr;         // null: a master key
    std::string_view model;                // the model group, for limits of a model
    std::span<const CellSet* const> more;  // of the deployment, the customer, tags ...; null: none
    bool binds_gateway = true;             // the limits of the whole gateway as well

    std::uint64_t prompt_tokens = 0;      // counted or estimated
    std::uint64_t completion_tokens = 0;  // likely (CompletionBounds)
    Picodollars cost = 0;                 // of both
    bool is_free = false;                 // every deployment costs nothing: no budget is asked
    bool model_fails = false;             // `dynamic` limits bind
};

/// The limits of everybody: finds them when records are bound, charges them when requests come.
/// One a process; outlives the workers, and its source's answers.
class Limiter final : private CellListener {
public:
    Limiter(LimiterSettings settings, LeaseSource& source);
    ~Limiter();

    // --- Binding: when a configuration is loaded, when a record enters a cache. Any thread. Cells
    // keep what they have counted; the limits count from now on.

    /// At the start and at each reload, before anything is bound under the new configuration.
    void configure(const LimitsConfig& limits, const BudgetConfig& budgets,
                   int budget_exceeded_status);
    /// Fills `record.cells`.
    void bind(KeyRecord& record);
    /// Cells of a deployment and of its provider; what they bind is charged by each attempt.
    std::shared_ptr<const CellSet> bind(const DeploymentTerms& deployment);
    /// Of what requests name beside their key: a customer, a tag.
    KeyCells bind(const Scope& scope, const LimitTerms& limits,
                  const std::vector<ModelTerms>& models);
    CellSet bind(const ScopeLimits& limits, std::string_view label);

    // --- Requests. Any thread.

    /// Charges all limits or none. Nothing: a budget must be asked for first; then `reserve` does.
    /// Errors: `rate_limited`, `budget_exceeded`, with the headers and `Retry-After` that fit.
    std::optional<Result<Reservation>> try_reserve(const ReserveRequest& request, TimePoint now);
    /// The same, waiting for the store and, where a budget is only held by calls under way, a
    /// while for them. Further errors: `unavailable` (the store is away), `client_closed`
    /// (cancelled).
    net::Task<Result<Reservation>> reserve(const ReserveRequest& request, net::Worker& worker,
                                           net::CancelSlot& slot);
    /// More for a call that outgrows its reservation. False: not now; the leases that were too
    /// small are asked for, so the next step may succeed.
    bool grow(Reservation& reservation, const Usage& more, Picodollars cost, TimePoint now);
    void settle(Reservation& reservation, const Usage& usage, Picodollars cost, TimePoint now);

    // --- Chores.

    /// Gives back what is not needed and drops what is not used; twice a second, never at once by
    /// two threads.
    void tick(TimePoint now);
    /// Gives all leases back, at the end of the process: before the store's pool is stopped.
    void leave();

    /// The limits of the whole gateway; null: none are configured yet.
    const CellSet* of_gateway() const { return gateway_.load(std::memory_order_acquire); }
    const RateClock& rate_clock() const { return rate_clock_; }
    CellTable& cells() { return cells_; }

private:
    using Sets = boost::container::small_vector<const CellSet*, 8>;

    void on_signals(BudgetCell& cell, const BudgetCell::Signals& signals) override;
    Sets sets_of(const ReserveRequest& request) const;
    Need need_of(const ReserveRequest& request) const;
    std::int64_t counted(std::uint64_t prompt, std::uint64_t cached,
                         std::uint64_t completion) const;
    void tell(BudgetCell& cell, BudgetAlert::Kind kind);
    /// One try, and one more after the leases that it lacks were asked for.
    std::optional<Result<Reservation>> attempt(const ReserveRequest& request, TimePoint now,
                                               Shortfalls& shortfalls);
    std::optional<Result<Reservation>> give_up(const Shortfalls& shortfalls, TimePoint begin,
                                               TimePoint now) const;

    /// Of a configuration, for binding.
    struct Terms {
        LimitsConfig limits;
        BudgetConfig budgets;
        TimeZone zone;
    };
    std::shared_ptr<const Terms> terms() const;
    void bind_rate(CellSet& set, const RateLimit& rate, std::string_view label);
    void bind_budget(CellSet& set, const BudgetLimit& budget, std::string_view label);

    const LimiterSettings settings_;
    const RateClock rate_clock_;
    CellTable cells_;
    std::unique_ptr<LeaseExchange> leases_;
    std::unique_ptr<RoomWaiters> waiters_;

    std::atomic<CountedTokens> counted_tokens_{CountedTokens::total};
    std::atomic<int> budget_status_{429};
    // Read by every request, so a bare pointer. Sets of earlier configurations are kept: a few
    // pointers each time the limits of the gateway change.
    std::atomic<const CellSet*> gateway_{nullptr};
    mutable std::mutex terms_mutex_;  // for binding, never taken by a request on its way
    std::shared_ptr<const Terms> terms_;
    std::vector<std::unique_ptr<const CellSet>> gateway_sets_;
};

}  // namespace tollweir
