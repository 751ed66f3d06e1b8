#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tollweir/core/time_text.hpp"
#include "tollweir/limits/limiter.hpp"
#include "tollweir/limits/memory_leases.hpp"
#include "unit/limits/fake_clock.hpp"

// Money under load, with a clock that is set: several processes on one store, calls whose cost is
// not known before, journals that are applied late, processes that die. What docs/budgets.md says
// of caps is computed here call by call and held against what was spent.

namespace tollweir {
namespace {

using namespace std::chrono_literals;
using Charged = std::map<std::pair<std::string, Period>, Picodollars>;

/// A call as the upstream's ledger has it.
struct Call {
    TimePoint began{};
    TimePoint ended{};
    TimePoint known{};  // to the store, if it used more than it had reserved
    Picodollars truth = 0;
    Charged charged;  // what it had reserved when it ended
};

struct Load {
    unsigned seed = 1;
    int processes = 2;
    int at_once = 100;  // calls under way
    Picodollars key_cap = 1'000'000;
    Picodollars model_cap = 700'000;
    Picodollars gateway_cap = 1'500'000;
    std::string period{};      // of the key's budget
    std::string zone = "UTC";  // in which periods end
    WallTime begin = FakeClock::kUsual;
    Picodollars estimate = 10'000;  // of a call, on average
    double truth_share = 0.5;       // of the estimate, on average
    bool kills = false;             // a process dies now and then
    std::chrono::seconds length{120};
};

class Simulation {
public:
    explicit Simulation(const Load& load) : load_(load), random_(load.seed) {
        for (int i = 0; i < load.processes; ++i) start_process();
    }

    void run() {
        const auto end = clock_.now() + load_.length;
        while (clock_.now() < end) step(true);
        // No more load than is needed to use up what is left; all journals are applied.
        for (int i = 0; i < 4000; ++i) step(i % 10 == 0);
        while (!under_way_.empty()) step(false);
        for (int i = 0; i < 100; ++i) step(false);
        apply(true);
    }

    /// The caps and what was spent of them, by scope and period.
    void check(double least_share) const {
        std::map<std::pair<std::string, Period>, std::vector<const Call*>> by_scope;
        for (const auto& call : done_)
            for (const auto& [where, amount] : call.charged) by_scope[where].push_back(&call);
        ASSERT_FALSE(by_scope.empty());
        for (const auto& [where, calls] : by_scope) {
            SCOPED_TRACE(where.first + " period " + std::to_string(where.second));
            const auto cap = cap_of(where.first);
            const auto spent = spent_of(calls);
            EXPECT_LE(spent, cap + bound_of(where, calls));
            if (least_share > 0 && where.first == tightest())
                EXPECT_GE(static_cast<double>(spent), least_share * static_cast<double>(cap));
        }
    }

    /// After everything was applied the store has what the ledger has, and no lease is left over.
    void check_books() const {
        for (const auto& scope :
             {std::string("key:k"), std::string("key:k:model:m"), std::string("global")}) {
            SCOPED_TRACE(scope);
            Picodollars spent = 0;
            for (const auto& call : done_)
                for (const auto& [where, amount] : call.charged)
                    if (where.first == scope && where.second == last_period(scope))
                        spent += call.truth;
            EXPECT_EQ(book_.balance(scope).spent, spent);
        }
    }

    std::size_t admitted() const { return done_.size(); }
    std::size_t periods_of_key() const {
        std::set<Period> periods;
        for (const auto& call : done_)
            for (const auto& [where, amount] : call.charged)
                if (where.first == "key:k") periods.insert(where.second);
        return periods.size();
    }
    /// Calls that were reserved in one period and settled in the next.
    std::size_t calls_across(WallTime end) const {
        const auto at = FakeClock(load_.begin).now() + (end - load_.begin);
        return static_cast<std::size_t>(std::ranges::count_if(
            done_, [&](const Call& call) { return call.began < at && call.ended >= at; }));
    }
    std::size_t killed() const { return killed_; }

private:
    struct Process {
        std::string name;
        std::unique_ptr<MemoryLeases> leases;
        std::unique_ptr<Limiter> limiter;
        KeyRecord key;
        TimePoint next_tick{};
    };
    struct Running {
        std::size_t process = 0;
        Reservation held;
        Call call;
    };
    /// A line of a journal.
    struct Booking {
        std::string process, scope;
        Period period = 0;
        Picodollars cost = 0;
        TimePoint due{};
        bool ends_process = false;
    };

    std::uint64_t draw(std::uint64_t below) {
        return std::uniform_int_distribution<std::uint64_t>(0, below - 1)(random_);
    }

    void start_process() {
        Process process;
        process.name = "p" + std::to_string(++names_);
        process.leases = std::make_unique<MemoryLeases>(book_, process.name);
        LimiterSettings settings;
        settings.clock = clock_.clock();
        process.limiter = std::make_unique<Limiter>(settings, *process.leases);
        BudgetConfig budgets;
        budgets.max_budget = load_.gateway_cap;
        budgets.timezone = load_.zone;
        process.limiter->configure({}, budgets, 429);
        process.key.hash = "k";
        process.key.limits.max_budget = load_.key_cap;
        process.key.limits.budget_duration = load_.period;
        process.key.model_limits.push_back({"m", load_.model_cap, "", std::nullopt, std::nullopt});
        process.limiter->bind(process.key);
        processes_.push_back(std::move(process));
    }

    void step(bool may_call) {
        clock_.pass(std::chrono::milliseconds(1 + draw(20)));
        if (may_call && static_cast<int>(under_way_.size()) < load_.at_once) call();
        end_calls();
        apply(false);
        note_room();
        for (auto& process : processes_) {
            if (clock_.now() < process.next_tick) continue;
            process.next_tick = clock_.now() + 500ms;
            process.limiter->tick(clock_.now());
        }
        if (load_.kills && may_call && draw(400) == 0) kill();
    }

    void call() {
        Running running;
        running.process = draw(processes_.size());
        auto& process = processes_[running.process];
        ReserveRequest request;
        request.key = process.key.cells.get();
        request.model = draw(3) == 0 ? "other" : "m";
        request.cost =
            static_cast<Picodollars>(1 + draw(2 * static_cast<std::uint64_t>(load_.estimate)));
        auto held = process.limiter->try_reserve(request, clock_.now());
        if (!held || !*held) return;
        running.held = std::move(**held);
        running.call.began = clock_.now();
        running.call.ended =
            clock_.now() + std::chrono::milliseconds(draw(draw(20) == 0 ? 20'000 : 800));
        // One call in ten uses more than was likely.
        const auto most = static_cast<double>(request.cost) * load_.truth_share * 2;
        running.call.truth = static_cast<Picodollars>(draw(static_cast<std::uint64_t>(most) + 1) *
                                                      (draw(10) == 0 ? 3 : 1));
        under_way_.push_back(std::move(running));
    }

    Charged charged_of(const Reservation& held) const {
        Charged charged;
        for (const auto& charge : held.charges())
            if (charge.cell->kind() == LimitKind::budget)
                charged[{charge.cell->key(), charge.period}] += charge.amount;
        return charged;
    }

    void end_calls() {
        for (std::size_t i = 0; i < under_way_.size();) {
            auto& running = under_way_[i];
            if (running.call.ended > clock_.now()) {
                ++i;
                continue;
            }
            end(running);
            running = std::move(under_way_.back());
            under_way_.pop_back();
        }
    }

    void end(Running& running) {
        auto& process = processes_[running.process];
        auto& call = running.call;
        if (draw(20) == 0) call.truth = 0;  // failed upstream
        if (draw(4) == 0) {                 // a stream asks for more as it goes on
            const auto more = call.truth / 4;
            process.limiter->grow(running.held, {}, more, clock_.now());
        }
        call.charged = charged_of(running.held);
        call.known = call.ended + 1s;
        for (const auto& [where, amount] : call.charged) write(process.name, where, call.truth);
        process.limiter->settle(running.held, {}, call.truth, clock_.now());
        done_.push_back(call);
    }

    void write(const std::string& process, const std::pair<std::string, Period>& where,
               Picodollars cost) {
        journal_.push_back({process, where.first, where.second, cost,
                            clock_.now() + std::chrono::milliseconds(draw(3000)), false});
    }

    /// Journals reach the store in their order, some time after they were written.
    void apply(bool all) {
        std::map<std::string, bool> waits;
        std::erase_if(journal_, [&](const Booking& line) {
            if (!all && (waits[line.process] || line.due > clock_.now())) {
                waits[line.process] = true;
                return false;
            }
            if (line.ends_process) {
                book_.drop_leases(line.process);
            } else {
                book_.book(line.process, line.scope, line.period, line.cost);
            }
            return true;
        });
    }

    /// Its calls are booked at their estimate, and its leases stay until that is applied.
    void kill() {
        const auto victim = draw(processes_.size());
        for (std::size_t i = 0; i < under_way_.size();) {
            auto& running = under_way_[i];
            if (running.process != victim) {
                ++i;
                continue;
            }
            auto& call = running.call;
            call.charged = charged_of(running.held);
            call.truth = call.charged.empty() ? 0 : call.charged.begin()->second;
            for (const auto& [where, amount] : call.charged) {
                call.truth = std::max(call.truth, amount);
            }
            for (const auto& [where, amount] : call.charged)
                write(processes_[victim].name, where, call.truth);
            call.ended = clock_.now();
            call.known = clock_.now() + kAdoption;
            done_.push_back(call);
            graveyard_.push_back(std::move(running.held));
            running = std::move(under_way_.back());
            under_way_.pop_back();
        }
        Booking last{processes_[victim].name, {}, 0, 0, clock_.now() + kAdoption, true};
        journal_.push_back(last);
        start_process();
        dead_.push_back(std::move(processes_[victim]));
        processes_[victim] = std::move(processes_.back());
        processes_.pop_back();
        ++killed_;
    }

    Picodollars cap_of(const std::string& scope) const {
        if (scope == "global") return load_.gateway_cap;
        return scope == "key:k" ? load_.key_cap : load_.model_cap;
    }
    std::string tightest() const { return load_.key_cap <= load_.gateway_cap ? "key:k" : "global"; }
    Period last_period(const std::string& scope) const {
        Period last = 0;
        for (const auto& call : done_)
            for (const auto& [where, amount] : call.charged)
                if (where.first == scope) last = std::max(last, where.second);
        return last;
    }
    static Picodollars spent_of(const std::vector<const Call*>& calls) {
        Picodollars spent = 0;
        for (const auto* call : calls) spent += call->truth;
        return spent;
    }
    /// What calls used beyond what they had reserved, of those that the store had not heard of when
    /// it last had something to hand out.
    Picodollars bound_of(const std::pair<std::string, Period>& where,
                         const std::vector<const Call*>& calls) const {
        const auto found = last_room_.find(where);
        const auto last = found == last_room_.end() ? TimePoint{} : found->second;
        Picodollars bound = 0;
        for (const auto* call : calls) {
            if (call->known < last) continue;
            bound += std::max<Picodollars>(0, call->truth - call->charged.at(where));
        }
        return bound;
    }
    void note_room() {
        for (const auto* scope : {"key:k", "key:k:model:m", "global"}) {
            const auto balance = book_.balance(scope);
            if (balance.spent + balance.leased <= cap_of(scope))
                last_room_[{scope, balance.period}] = clock_.now();
        }
    }

    // After which the journal of a dead process is applied.
    static constexpr auto kAdoption = 5s;

    const Load load_;
    std::minstd_rand random_;
    FakeClock clock_{load_.begin};
    LeaseBook book_{[this] { return clock_.wall(); }};
    int names_ = 0;
    // Limiters outlive what is reserved of them.
    std::vector<Process> processes_;
    std::vector<Process> dead_;
    std::vector<Running> under_way_;
    std::vector<Reservation> graveyard_;
    std::vector<Booking> journal_;
    std::vector<Call> done_;
    // When the store last had money left that nobody had leased.
    std::map<std::pair<std::string, Period>, TimePoint> last_room_;
    std::size_t killed_ = 0;
};

class MoneyTest : public testing::TestWithParam<unsigned> {};

TEST_P(MoneyTest, HoldsEveryCapAndUsesItUp) {
    for (const int processes : {1, 2, 5}) {
        SCOPED_TRACE(std::to_string(processes) + " processes");
        Load load;
        load.seed = GetParam();
        load.processes = processes;
        Simulation simulation(load);
        simulation.run();
        simulation.check(0.95);
        simulation.check_books();
        EXPECT_GT(simulation.admitted(), 100u);
    }
}

TEST_P(MoneyTest, UsesACapUpThoughEstimatesAreFarTooHigh) {
    Load load;
    load.seed = GetParam();
    load.truth_share = 0.05;
    load.at_once = 40;
    load.length = 600s;
    Simulation simulation(load);
    simulation.run();
    simulation.check(0.95);
    simulation.check_books();
}

TEST_P(MoneyTest, HoldsACapOfAFewCalls) {
    Load load;
    load.seed = GetParam();
    load.key_cap = 30'000;
    load.model_cap = 20'000;
    Simulation simulation(load);
    simulation.run();
    simulation.check(0.95);
    simulation.check_books();
}

TEST_P(MoneyTest, HoldsEveryCapWhenProcessesDie) {
    Load load;
    load.seed = GetParam();
    load.processes = 3;
    load.kills = true;
    Simulation simulation(load);
    simulation.run();
    simulation.check(0.95);
    simulation.check_books();
    EXPECT_GT(simulation.killed(), 2u);
}

TEST_P(MoneyTest, HoldsTheCapOfEachPeriod) {
    Load load;
    load.seed = GetParam();
    load.key_cap = 200'000;
    load.gateway_cap = 100'000'000;
    load.model_cap = 100'000'000;
    load.period = "1m";
    load.length = 900s;
    Simulation simulation(load);
    simulation.run();
    simulation.check(0);
    simulation.check_books();
}

/// The day on which summer time ends there, two hours after the month began.
TEST_P(MoneyTest, HoldsTheCapsOfBothMonthsWhereOneEnds) {
    const auto end = *parse_rfc3339("2026-11-01T04:00:00Z");
    Load load;
    load.seed = GetParam();
    load.key_cap = 200'000;
    load.gateway_cap = 100'000'000;
    load.model_cap = 100'000'000;
    load.period = "1mo";
    load.zone = "America/New_York";
    load.begin = end - 400ms;  // the cap is used up, its calls are under way
    load.length = 60s;
    Simulation simulation(load);
    simulation.run();
    simulation.check(0);
    simulation.check_books();
    EXPECT_EQ(simulation.periods_of_key(), 2u);
    EXPECT_GT(simulation.calls_across(end), 0u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, MoneyTest, testing::Range(1u, 6u));

}  // namespace
}  // namespace tollweir
