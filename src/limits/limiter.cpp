#include "tollweir/limits/limiter.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "limits/lease_exchange.hpp"
#include "limits/room_waiters.hpp"
#include "tollweir/core/log.hpp"
#include "tollweir/limits/refusal_error.hpp"

namespace tollweir {
namespace {

using namespace std::chrono_literals;

// What other processes hold comes back without a word, so it is looked for.
constexpr auto kLookAgain = 250ms;
// An exchange that has not ended by then counts as none.
constexpr auto kStorePatience = 10s;
// What only other processes hold is waited for no longer than they take to give idle leases back.
constexpr std::chrono::milliseconds kPatienceForOthers{1'000};

std::int64_t to_count(std::uint64_t tokens) {
    constexpr std::uint64_t kMost = std::numeric_limits<std::int32_t>::max();
    return static_cast<std::int64_t>(std::min(tokens, kMost));
}

GatewayError store_away() {
    GatewayError error(ErrorKind::unavailable, ErrorSource::gateway,
                       "The database that keeps budgets cannot be reached, and what this gateway "
                       "holds of the budget is used up. Try again soon.");
    error.retry_after = "1";
    return error;
}

GatewayError client_left() {
    return {ErrorKind::client_closed, ErrorSource::client, "the client left"};
}

/// What people call the bearer: a key by its alias, whoever it belongs to by its id.
std::string label_of(const Scope& scope, std::string_view label) {
    const bool has_id = scope.kind != ScopeKind::key && scope.kind != ScopeKind::deployment;
    return has_id ? std::string() : std::string(label);
}

}  // namespace

Limiter::Limiter(LimiterSettings settings, LeaseSource& source)
    : settings_(std::move(settings)),
      rate_clock_(settings_.rate_window),
      cells_(rate_clock_),
      leases_(std::make_unique<LeaseExchange>(source, settings_.clock,
                                              static_cast<CellListener&>(*this))),
      waiters_(std::make_unique<RoomWaiters>()),
      terms_(std::make_shared<const Terms>()) {}

Limiter::~Limiter() = default;

void Limiter::configure(const LimitsConfig& limits, const BudgetConfig& budgets,
                        int budget_exceeded_status) {
    auto terms = std::make_shared<Terms>();
    terms->limits = limits;
    terms->budgets = budgets;
    terms->zone = TimeZone::find(budgets.timezone).value_or(TimeZone());
    counted_tokens_.store(limits.counted_tokens, std::memory_order_relaxed);
    budget_status_.store(budget_exceeded_status, std::memory_order_relaxed);
    auto set = std::make_unique<const CellSet>(
        bind(gateway_limits(limits, budgets, terms->zone), std::string_view()));
    const std::lock_guard lock(terms_mutex_);
    terms_ = std::move(terms);
    if (!gateway_sets_.empty() && gateway_sets_.back()->cells == set->cells) return;
    gateway_.store(set.get(), std::memory_order_release);
    gateway_sets_.push_back(std::move(set));
}

std::shared_ptr<const Limiter::Terms> Limiter::terms() const {
    const std::lock_guard lock(terms_mutex_);
    return terms_;
}

void Limiter::bind(KeyRecord& record) {
    const auto now = terms();
    const auto limits = limits_of(record, now->zone, now->limits.key_max_parallel_requests,
                                  now->budgets.binds_user_in_teams);
    auto cells = std::make_shared<KeyCells>();
    cells->every = bind(limits.every, record.alias);
    for (const auto& [model, scope_limits] : limits.models)
        cells->models.emplace_back(model, bind(scope_limits, record.alias));
    record.cells = std::move(cells);
}

std::shared_ptr<const CellSet> Limiter::bind(const DeploymentTerms& deployment) {
    const auto now = terms();
    auto set = bind(limits_of(deployment, now->zone), deployment.group);
    const auto of_provider =
        bind(provider_limits(deployment.provider, now->budgets, now->zone), std::string_view());
    set.cells.insert(set.cells.end(), of_provider.cells.begin(), of_provider.cells.end());
    return std::make_shared<const CellSet>(std::move(set));
}

KeyCells Limiter::bind(const Scope& scope, const LimitTerms& limits,
                       const std::vector<ModelTerms>& models) {
    const auto now = terms();
    auto found = limits_of(scope, limits, models, now->zone);
    if (scope.kind == ScopeKind::tag) {
        auto of_file = tag_limits(scope.id, now->budgets, now->zone);
        std::ranges::move(of_file.budgets, std::back_inserter(found.every.budgets));
    }
    KeyCells cells;
    cells.every = bind(found.every, std::string_view());
    for (const auto& [model, scope_limits] : found.models)
        cells.models.emplace_back(model, bind(scope_limits, std::string_view()));
    return cells;
}

CellSet Limiter::bind(const ScopeLimits& limits, std::string_view label) {
    CellSet set;
    for (const auto& rate : limits.rates) bind_rate(set, rate, label);
    for (const auto& budget : limits.budgets) bind_budget(set, budget, label);
    // In the order in which a call takes their bits, so that it has little left to sort.
    std::ranges::sort(set.cells);
    return set;
}

void Limiter::bind_rate(CellSet& set, const RateLimit& rate, std::string_view label) {
    if (rate.kind == LimitKind::slots) {
        auto cell = cells_.slots(rate.scope);
        cell->set_label(label_of(rate.scope, label));
        {
            const std::lock_guard held(cell->bit);
            cell->limit = std::max<std::int64_t>(0, rate.limit);
            cell->enforcement = rate.enforcement;
        }
        set.cells.push_back(std::move(cell));
        return;
    }
    auto cell = cells_.rate(rate.kind, rate.scope);
    cell->set_label(label_of(rate.scope, label));
    {
        const std::lock_guard held(cell->bit);
        cell->set_limit(rate.limit, rate.enforcement);
    }
    set.cells.push_back(std::move(cell));
}

void Limiter::bind_budget(CellSet& set, const BudgetLimit& budget, std::string_view label) {
    auto cell = cells_.budget(budget.scope);
    cell->set_label(label_of(budget.scope, label));
    cell->set_terms(std::make_shared<const BudgetLimit>(budget), settings_.clock.steady(),
                    settings_.clock.wall());
    set.cells.push_back(std::move(cell));
}

Limiter::Sets Limiter::sets_of(const ReserveRequest& request) const {
    Sets sets;
    if (request.key != nullptr) {
        sets.push_back(&request.key->every);
        if (!request.key->models.empty()) {
            sets.push_back(request.key->find_model(request.model));
            // As LiteLLM looks model budgets up: by the name as sent, then without its provider.
            if (const auto slash = request.model.find('/');
                sets.back() == nullptr && slash != std::string_view::npos)
                sets.push_back(request.key->find_model(request.model.substr(slash + 1)));
        }
    }
    for (const auto* set : request.more) sets.push_back(set);
    if (request.binds_gateway) sets.push_back(gateway_.load(std::memory_order_acquire));
    return sets;
}

std::int64_t Limiter::counted(std::uint64_t prompt, std::uint64_t cached,
                              std::uint64_t completion) const {
    // Cached prompt tokens do not count, as LiteLLM has it (spec/data-plane.md, section 7.2).
    const auto input = to_count(prompt - std::min(cached, prompt));
    switch (counted_tokens_.load(std::memory_order_relaxed)) {
        case CountedTokens::input:
            return input;
        case CountedTokens::output:
            return to_count(completion);
        case CountedTokens::total:
            break;
    }
    return input + to_count(completion);
}

Need Limiter::need_of(const ReserveRequest& request) const {
    Need need;
    need.tokens = counted(request.prompt_tokens, 0, request.completion_tokens);
    need.least_tokens = counted(request.prompt_tokens, 0, 0);
    need.cost = request.cost;
    need.has_budgets = !request.is_free;
    need.model_fails = request.model_fails;
    return need;
}

std::optional<Result<Reservation>> Limiter::try_reserve(const ReserveRequest& request,
                                                        TimePoint now) {
    Shortfalls shortfalls;
    return attempt(request, now, shortfalls);
}

std::optional<Result<Reservation>> Limiter::attempt(const ReserveRequest& request, TimePoint now,
                                                    Shortfalls& shortfalls) {
    const auto sets = sets_of(request);
    const auto need = need_of(request);
    const auto moment = rate_clock_.at(now);
    std::optional<Refusal> refusal;
    for (int turn = 0; turn < 2; ++turn) {
        Result<Reservation> reserved;
        if (try_charge({sets.data(), sets.size()}, need, moment, rate_clock_, this, *reserved,
                       refusal, shortfalls))
            return reserved;
        if (refusal)
            return std::unexpected(to_error(
                *refusal, budget_status_.load(std::memory_order_relaxed), settings_.clock.wall()));
        if (turn == 0) leases_->ask({shortfalls.data(), shortfalls.size()}, now);
    }
    return std::nullopt;
}

net::Task<Result<Reservation>> Limiter::reserve(const ReserveRequest& request, net::Worker& worker,
                                                net::CancelSlot& slot) {
    const auto begin = settings_.clock.steady();
    auto waiter = std::make_shared<RoomWaiter>(worker);
    slot.set(&waiter->wake);
    std::optional<Result<Reservation>> answer;
    Shortfalls shortfalls;
    for (;;) {
        answer = attempt(request, settings_.clock.steady(), shortfalls);
        if (answer) break;
        // From here on a change is told; one that came before is found by one more try.
        const Shortfalls awaited = shortfalls;
        waiters_->add({awaited.data(), awaited.size()}, waiter);
        for (const auto& shortfall : awaited) shortfall.cell->note_waiter();
        const auto now = settings_.clock.steady();
        answer = attempt(request, now, shortfalls);
        if (!answer) answer = give_up(shortfalls, begin, now);
        if (!answer) {
            auto until = now + kLookAgain;
            if (const auto end = begin + settings_.patience; end > now)
                until = std::min(until, end);
            const auto reason = co_await waiter->wake.wait_until(until);
            if (reason == net::Wake::Reason::cancelled) answer = std::unexpected(client_left());
        }
        waiters_->remove({awaited.data(), awaited.size()}, *waiter);
        if (answer) break;
    }
    slot.set(nullptr);
    co_return std::move(*answer);
}

/// The error of a call that has waited long enough; nothing while it may wait on.
std::optional<Result<Reservation>> Limiter::give_up(const Shortfalls& shortfalls, TimePoint begin,
                                                    TimePoint now) const {
    for (const auto& shortfall : shortfalls) {
        if (shortfall.asks) {
            if (shortfall.cell->is_store_away(now) || now - begin >= kStorePatience)
                return std::unexpected(store_away());
            continue;
        }
        const auto state = shortfall.cell->state(now);
        // Nothing held by anybody: it came back since the last try, so the next one decides.
        const bool others_hold = state.reserved == 0 && state.others > 0;
        const auto patience =
            others_hold ? std::min(settings_.patience, kPatienceForOthers) : settings_.patience;
        if (now - begin < patience) continue;
        Refusal refusal;
        refusal.kind = LimitKind::budget;
        refusal.scope = shortfall.cell->scope();
        refusal.label = shortfall.cell->label();
        refusal.limit = state.cap;
        refusal.used = state.spent;
        refusal.reserved =
            add_saturated(state.reserved,
                          static_cast<Picodollars>(std::min<PicodollarSum>(state.others, kNoCap)));
        refusal.asked = shortfall.need;
        return std::unexpected(to_error(refusal, budget_status_.load(std::memory_order_relaxed),
                                        settings_.clock.wall()));
    }
    return std::nullopt;
}

bool Limiter::grow(Reservation& reservation, const Usage& more, Picodollars cost, TimePoint now) {
    Shortfalls shortfalls;
    Spent spent;
    spent.tokens = counted(more.prompt_tokens, more.cached_tokens, more.completion_tokens);
    spent.cost = cost;
    const auto moment = rate_clock_.at(now);
    if (reservation.grow(spent, moment, shortfalls)) return true;
    leases_->ask({shortfalls.data(), shortfalls.size()}, now);
    spent.tokens = 0;  // counted already
    return reservation.grow(spent, moment, shortfalls);
}

void Limiter::settle(Reservation& reservation, const Usage& usage, Picodollars cost,
                     TimePoint now) {
    Spent spent;
    spent.tokens = counted(usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens);
    spent.cost = cost;
    reservation.settle(spent, rate_clock_.at(now));
}

void Limiter::on_signals(BudgetCell& cell, const BudgetCell::Signals& signals) {
    // Those who wait find the exchange under way: a debt may hide what the store has left.
    if (signals.wants_lease) leases_->ask_ahead(cell, settings_.clock.steady());
    if (signals.room_came_back) waiters_->wake(cell);
    if (signals.over_soft_cap) tell(cell, BudgetAlert::Kind::soft_budget);
    if (signals.nearly_used) tell(cell, BudgetAlert::Kind::nearly_used);
}

void Limiter::tell(BudgetCell& cell, BudgetAlert::Kind kind) {
    const auto state = cell.state(settings_.clock.steady());
    const auto terms_of_cell = cell.terms();
    BudgetAlert alert;
    alert.kind = kind;
    alert.scope = cell.scope();
    alert.label = cell.label();
    alert.spent = state.spent;
    if (state.cap != kNoCap) alert.cap = state.cap;
    if (terms_of_cell) alert.soft_cap = terms_of_cell->soft_cap;
    log_warning(describe(alert));
    if (settings_.on_alert) settings_.on_alert(alert);
}

void Limiter::tick(TimePoint now) {
    leases_->tidy(now);
    cells_.sweep(now);
}

void Limiter::leave() {
    leases_->leave(settings_.clock.steady());
}

}  // namespace tollweir
