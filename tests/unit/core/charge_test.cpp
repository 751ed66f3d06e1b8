#include "tollweir/core/charge.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <random>
#include <thread>

namespace tollweir {
namespace {

using namespace std::chrono_literals;

/// Cells as a record has them, and a clock that is set.
class ChargeTest : public testing::Test, protected CellListener {
protected:
    std::shared_ptr<RateCell> add_rate(LimitKind kind, std::int64_t limit,
                                       Enforcement enforcement = Enforcement::always) {
        auto cell = std::make_shared<RateCell>(kind, Scope{.kind = ScopeKind::key, .id = "k"});
        cell->set_limit(limit, enforcement);
        set.cells.push_back(cell);
        return cell;
    }
    std::shared_ptr<SlotCell> add_slots(std::int64_t limit) {
        auto cell = std::make_shared<SlotCell>(Scope{.kind = ScopeKind::key, .id = "k"});
        cell->limit = limit;
        set.cells.push_back(cell);
        return cell;
    }
    std::shared_ptr<BudgetCell> add_budget(Picodollars cap, Picodollars lease) {
        auto cell = std::make_shared<BudgetCell>(Scope{.kind = ScopeKind::key, .id = "k"});
        BudgetLimit limit;
        limit.cap = cap;
        cell->set_terms(std::make_shared<const BudgetLimit>(limit), now, {});
        if (lease > 0) give(*cell, lease);
        set.cells.push_back(cell);
        return cell;
    }
    void give(BudgetCell& cell, Picodollars lease) {
        const auto request = cell.begin_exchange(lease, now);
        ASSERT_TRUE(request);
        LeaseGrant grant;
        grant.granted = request->need;
        grant.own = grant.leased = lease;
        cell.end_exchange(*request, &grant, now);
    }

    bool charge(Reservation& into, Need need = {}) {
        const CellSet* const sets[] = {&set, nullptr, &more};
        return try_charge(sets, need, clock.at(now), clock, this, into, refusal, shortfalls);
    }
    Moment moment() const { return clock.at(now); }

    void on_signals(BudgetCell&, const BudgetCell::Signals& what) override {
        if (what.room_came_back) ++room_came_back;
        if (what.wants_lease) ++wanted_leases;
    }

    RateClock clock;
    TimePoint now{1000s};
    CellSet set;
    CellSet more;
    std::optional<Refusal> refusal;
    Shortfalls shortfalls;
    std::atomic<int> room_came_back = 0;
    std::atomic<int> wanted_leases = 0;
};

TEST_F(ChargeTest, TakesFromEveryLimit) {
    const auto rpm = add_rate(LimitKind::requests, 10);
    const auto tpm = add_rate(LimitKind::tokens, 1000);
    const auto slots = add_slots(2);
    const auto money = add_budget(10'000, 500);
    Reservation held;
    ASSERT_TRUE(charge(held, {.tokens = 300, .cost = 200}));
    EXPECT_EQ(held.charges().size(), 4u);
    EXPECT_EQ(rpm->used(), 1);
    EXPECT_EQ(tpm->used(), 300);
    EXPECT_EQ(slots->used, 1);
    EXPECT_EQ(money->state(now).reserved, 200);
    for (const auto& one : held.charges()) {
        if (one.cell == rpm.get()) {
            EXPECT_EQ(one.limit, 10);
            EXPECT_EQ(one.left, 9);
        }
    }
}

TEST_F(ChargeTest, PutsTheTruthInPlaceOfTheEstimate) {
    const auto rpm = add_rate(LimitKind::requests, 10);
    const auto tpm = add_rate(LimitKind::tokens, 1000);
    const auto slots = add_slots(2);
    const auto money = add_budget(10'000, 500);
    Reservation held;
    ASSERT_TRUE(charge(held, {.tokens = 300, .cost = 200}));
    held.settle({.tokens = 120, .cost = 50}, moment());
    EXPECT_TRUE(held.empty());
    EXPECT_EQ(rpm->used(), 1);
    EXPECT_EQ(tpm->used(), 120);
    EXPECT_EQ(slots->used, 0);
    EXPECT_EQ(money->state(now).reserved, 0);
    EXPECT_EQ(money->state(now).spent, 50);
    EXPECT_EQ(money->state(now).free, 450);
    held.settle({.tokens = 120, .cost = 50}, moment());
    EXPECT_EQ(tpm->used(), 120);
}

TEST_F(ChargeTest, GivesEverythingBackThatWasNotSettled) {
    const auto rpm = add_rate(LimitKind::requests, 10);
    const auto tpm = add_rate(LimitKind::tokens, 1000);
    const auto slots = add_slots(2);
    const auto money = add_budget(10'000, 500);
    {
        Reservation held;
        ASSERT_TRUE(charge(held, {.tokens = 300, .cost = 200}));
        Reservation moved(std::move(held));
        EXPECT_TRUE(held.empty());
        Reservation assigned;
        assigned = std::move(moved);
        EXPECT_EQ(rpm->used(), 1);
    }
    EXPECT_EQ(rpm->used(), 0);
    EXPECT_EQ(tpm->used(), 0);
    EXPECT_EQ(slots->used, 0);
    EXPECT_EQ(money->state(now).free, 500);
    EXPECT_EQ(money->state(now).spent, 0);
    for (const auto& cell : set.cells) EXPECT_EQ(cell->open_charges, 0u);
}

TEST_F(ChargeTest, ChangesNothingWhenOneLimitRefuses) {
    const auto rpm = add_rate(LimitKind::requests, 10);
    const auto money = add_budget(10'000, 500);
    const auto tpm = add_rate(LimitKind::tokens, 100);
    Reservation held;
    EXPECT_FALSE(charge(held, {.tokens = 300, .least_tokens = 101, .cost = 200}));
    EXPECT_TRUE(held.empty());
    EXPECT_EQ(rpm->used(), 0);
    EXPECT_EQ(money->state(now).reserved, 0);
    for (const auto& cell : set.cells) EXPECT_EQ(cell->open_charges, 0u);
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->kind, LimitKind::tokens);
    EXPECT_EQ(refusal->limit, 100);
    EXPECT_EQ(refusal->asked, 101);
    EXPECT_FALSE(refusal->frees_in);  // it asks for more than the limit ever has
}

TEST_F(ChargeTest, SaysWhenARateLimitFrees) {
    add_rate(LimitKind::requests, 1);
    Reservation first;
    ASSERT_TRUE(charge(first));
    now += 10s;
    Reservation second;
    ASSERT_FALSE(charge(second));
    ASSERT_TRUE(refusal && refusal->frees_in);
    EXPECT_EQ(*refusal->frees_in, 51s);
    EXPECT_EQ(refusal->used, 1);
    EXPECT_EQ(refusal->label, "k");
    now += 51s;
    EXPECT_TRUE(charge(second));
}

TEST_F(ChargeTest, TellsTheLimitThatTakesLongestToFree) {
    add_rate(LimitKind::requests, 1);
    Reservation first;
    ASSERT_TRUE(charge(first));
    now += 30s;
    const auto later = add_rate(LimitKind::tokens, 5);
    later->advance(moment().slot);
    later->add(5);
    Reservation second;
    ASSERT_FALSE(charge(second, {.tokens = 1}));
    EXPECT_EQ(refusal->kind, LimitKind::tokens);
}

TEST_F(ChargeTest, TellsOfAUsedUpBudgetBeforeAllElse) {
    const auto rpm = add_rate(LimitKind::requests, 0);
    add_budget(0, 0);
    Reservation held;
    ASSERT_FALSE(charge(held, {.cost = 5}));
    EXPECT_EQ(refusal->kind, LimitKind::budget);
    EXPECT_EQ(rpm->used(), 0);
}

TEST_F(ChargeTest, DoesNotAskTheStoreForACallThatIsRefusedAnyway) {
    add_rate(LimitKind::requests, 0);
    add_budget(100, 0);
    Reservation held;
    ASSERT_FALSE(charge(held, {.cost = 5}));
    EXPECT_EQ(refusal->kind, LimitKind::requests);
    EXPECT_TRUE(shortfalls.empty());
}

TEST_F(ChargeTest, NamesTheBudgetsThatNeedALease) {
    const auto rpm = add_rate(LimitKind::requests, 5);
    const auto rich = add_budget(10'000, 500);
    const auto poor = add_budget(10'000, 10);
    Reservation held;
    ASSERT_FALSE(charge(held, {.cost = 50}));
    EXPECT_FALSE(refusal);
    ASSERT_EQ(shortfalls.size(), 1u);
    EXPECT_EQ(shortfalls[0].cell, poor.get());
    EXPECT_EQ(shortfalls[0].need, 50);
    EXPECT_TRUE(shortfalls[0].asks);
    EXPECT_EQ(rich->state(now).reserved, 0);
    give(*poor, 50);
    EXPECT_TRUE(charge(held, {.cost = 50}));
    EXPECT_EQ(rpm->used(), 1);
}

TEST_F(ChargeTest, AsksNoBudgetForAModelThatCostsNothing) {
    add_budget(0, 0);
    Reservation held;
    EXPECT_FALSE(charge(held, {.cost = 0}));
    EXPECT_TRUE(charge(held, {.cost = 0, .has_budgets = false}));
    EXPECT_TRUE(held.empty());
}

TEST_F(ChargeTest, CountsButDoesNotRefuseWhereALimitDoesNotBind) {
    const auto never = add_rate(LimitKind::requests, 0, Enforcement::never);
    Reservation held;
    EXPECT_TRUE(charge(held));
    EXPECT_EQ(never->used(), 1);
    add_rate(LimitKind::requests, 0, Enforcement::when_failing);
    Reservation other;
    EXPECT_TRUE(charge(other));
    Reservation third;
    EXPECT_FALSE(charge(third, {.model_fails = true}));
}

TEST_F(ChargeTest, ChargesACellOnceThatIsInTwoSets) {
    const auto rpm = add_rate(LimitKind::requests, 5);
    more.cells.push_back(rpm);
    Reservation held;
    ASSERT_TRUE(charge(held));
    EXPECT_EQ(rpm->used(), 1);
}

TEST_F(ChargeTest, AdmitsOneCallAtATimeWhoseAnswerMayNotFit) {
    const auto tpm = add_rate(LimitKind::tokens, 100);
    Reservation first;
    ASSERT_TRUE(charge(first, {.tokens = 4096, .least_tokens = 20}));
    EXPECT_EQ(tpm->used(), 100);
    first.settle({.tokens = 40, .cost = 0}, moment());
    Reservation second;
    ASSERT_TRUE(charge(second, {.tokens = 50, .least_tokens = 20}));
    Reservation third;
    EXPECT_FALSE(charge(third, {.tokens = 50, .least_tokens = 20}));
    ASSERT_TRUE(charge(third, {.tokens = 50, .least_tokens = 10}));
    EXPECT_EQ(tpm->used(), 100);
    third.settle({.tokens = 2, .cost = 0}, moment());
    // 8 are left and none of those under way may use more than it reserved.
    Reservation fourth;
    ASSERT_TRUE(charge(fourth, {.tokens = 9, .least_tokens = 1}));
    EXPECT_EQ(tpm->used(), 100);
    second.settle({.tokens = 45, .cost = 0}, moment());
    Reservation fifth;
    EXPECT_FALSE(charge(fifth, {.tokens = 6, .least_tokens = 1}));
    EXPECT_TRUE(charge(fifth, {.tokens = 5, .least_tokens = 1}));
}

TEST_F(ChargeTest, CountsTokensBeyondTheEstimateWhenTheyWereUsed) {
    const auto tpm = add_rate(LimitKind::tokens, 100);
    Reservation held;
    ASSERT_TRUE(charge(held, {.tokens = 50}));
    now += 90s;
    held.settle({.tokens = 80, .cost = 0}, moment());
    // The 50 have left the window, the 30 have not.
    EXPECT_EQ(tpm->used(), 30);
    now += 61s;
    Reservation other;
    ASSERT_TRUE(charge(other, {.tokens = 100}));
}

TEST_F(ChargeTest, DoesNotTakeBackWhatHasLeftTheWindow) {
    const auto tpm = add_rate(LimitKind::tokens, 100);
    Reservation held;
    ASSERT_TRUE(charge(held, {.tokens = 50}));
    now += 90s;
    Reservation other;
    ASSERT_TRUE(charge(other, {.tokens = 70}));
    held.settle({.tokens = 10, .cost = 0}, moment());
    EXPECT_EQ(tpm->used(), 70);
}

TEST_F(ChargeTest, GrowsInAllBudgetsOrInNone) {
    const auto tpm = add_rate(LimitKind::tokens, 100);
    const auto rich = add_budget(10'000, 500);
    const auto poor = add_budget(10'000, 60);
    Reservation held;
    ASSERT_TRUE(charge(held, {.tokens = 90, .cost = 50}));
    EXPECT_TRUE(held.grow({.tokens = 20, .cost = 10}, moment(), shortfalls));
    EXPECT_FALSE(held.grow({.tokens = 20, .cost = 10}, moment(), shortfalls));
    ASSERT_EQ(shortfalls.size(), 1u);
    EXPECT_EQ(shortfalls[0].cell, poor.get());
    EXPECT_EQ(rich->state(now).reserved, 60);
    EXPECT_EQ(poor->state(now).reserved, 60);
    EXPECT_EQ(tpm->used(), 130);  // tokens are used already
    held.settle({.tokens = 115, .cost = 55}, moment());
    EXPECT_EQ(tpm->used(), 115);
    EXPECT_EQ(rich->state(now).free, 445);
    EXPECT_EQ(poor->state(now).spent, 55);
}

TEST_F(ChargeTest, TellsItsListenerWithoutHoldingACell) {
    const auto money = add_budget(100'000, 0);
    const auto request = money->begin_exchange(1000, now);
    ASSERT_TRUE(request);
    LeaseGrant grant;
    grant.granted = grant.own = grant.leased = request->want;
    money->end_exchange(*request, &grant, now);
    Reservation held;
    ASSERT_TRUE(charge(held, {.cost = 1000}));
    EXPECT_EQ(wanted_leases, 0);
    Reservation other;
    ASSERT_TRUE(charge(other, {.cost = 600}));
    EXPECT_EQ(wanted_leases, 1);
    money->note_waiter();
    held.release();
    EXPECT_EQ(room_came_back, 1);
    other.release();
    EXPECT_EQ(room_came_back, 1);
    EXPECT_EQ(money->open_charges, 0u);
}

TEST(KeyCells, FindsTheLimitsOfAModel) {
    KeyCells cells;
    cells.models.emplace_back("gpt-4o", CellSet{});
    EXPECT_EQ(cells.find_model("gpt-4o"), &cells.models[0].second);
    EXPECT_EQ(cells.find_model("gpt-4"), nullptr);
}

/// Threads that charge, settle, release and grow at random, over sets that overlap.
class ChargeThreadsTest : public ChargeTest {
protected:
    static constexpr int kThreads = 8;

    void run(const std::function<void(int thread, std::minstd_rand& random)>& work) {
        std::vector<std::thread> threads;
        for (int thread = 0; thread < kThreads; ++thread) {
            threads.emplace_back([&work, thread] {
                std::minstd_rand random(static_cast<unsigned>(thread) + 1);
                work(thread, random);
            });
        }
        for (auto& thread : threads) thread.join();
    }
};

TEST_F(ChargeThreadsTest, NeverExceedALimitAndLoseNothing) {
    const auto rpm = add_rate(LimitKind::requests, 5000);
    const auto tpm = add_rate(LimitKind::tokens, 200'000);
    const auto slots = add_slots(5);
    const auto money = add_budget(10'000'000, 4'000'000);
    std::atomic<std::int64_t> requests = 0;
    std::atomic<std::int64_t> tokens = 0;
    std::atomic<std::int64_t> cost = 0;
    std::atomic<bool> exceeded = false;
    run([&](int, std::minstd_rand& random) {
        std::optional<Refusal> why;
        Shortfalls lacks;
        const CellSet* const sets[] = {&set};
        for (int i = 0; i < 4000; ++i) {
            const Need need{.tokens = static_cast<std::int64_t>(random() % 100),
                            .cost = static_cast<Picodollars>(random() % 2000)};
            Reservation held;
            if (!try_charge(sets, need, moment(), clock, this, held, why, lacks)) continue;
            {
                const std::lock_guard look(slots->bit);
                if (slots->used > slots->limit) exceeded = true;
            }
            {
                const std::lock_guard look(tpm->bit);
                if (tpm->used() > tpm->limit()) exceeded = true;
            }
            if (random() % 3 == 0) continue;  // abandoned
            const Spent truth{.tokens = need.tokens / 2, .cost = need.cost / 2};
            requests += 1;
            tokens += truth.tokens;
            cost += truth.cost;
            held.settle(truth, moment());
        }
    });
    EXPECT_FALSE(exceeded);
    EXPECT_EQ(rpm->used(), requests);
    EXPECT_EQ(tpm->used(), tokens);
    EXPECT_EQ(slots->used, 0);
    const auto state = money->state(now);
    EXPECT_EQ(state.reserved, 0);
    EXPECT_EQ(state.spent, cost);
    EXPECT_EQ(state.free - state.owed, 4'000'000 - cost);
    for (const auto& cell : set.cells) EXPECT_EQ(cell->open_charges, 0u);
}

TEST_F(ChargeThreadsTest, HandOutExactlyTheLimit) {
    const auto rpm = add_rate(LimitKind::requests, 1000);
    std::atomic<int> admitted = 0;
    run([&](int, std::minstd_rand&) {
        std::optional<Refusal> why;
        Shortfalls lacks;
        const CellSet* const sets[] = {&set};
        for (int i = 0; i < 1000; ++i) {
            Reservation held;
            if (!try_charge(sets, {}, moment(), clock, this, held, why, lacks)) continue;
            ++admitted;
            held.settle({}, moment());
        }
    });
    EXPECT_EQ(admitted, 1000);
    EXPECT_EQ(rpm->used(), 1000);
}

TEST_F(ChargeThreadsTest, DoNotBlockEachOtherForEverWhateverTheOrderOfTheirSets) {
    for (int i = 0; i < 6; ++i) add_rate(LimitKind::requests, 1'000'000);
    std::atomic<int> done = 0;
    run([&](int thread, std::minstd_rand& random) {
        CellSet own = set;
        std::shuffle(own.cells.begin(), own.cells.end(), random);
        own.cells.resize(3 + static_cast<std::size_t>(thread % 3));
        std::optional<Refusal> why;
        Shortfalls lacks;
        const CellSet* const sets[] = {&own};
        for (int i = 0; i < 5000; ++i) {
            Reservation held;
            if (try_charge(sets, {}, moment(), clock, this, held, why, lacks)) ++done;
        }
    });
    EXPECT_EQ(done, kThreads * 5000);
}

}  // namespace
}  // namespace tollweir
