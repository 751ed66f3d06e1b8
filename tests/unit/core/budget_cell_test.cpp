#include "tollweir/core/budget_cell.hpp"

#include <gtest/gtest.h>

#include <mutex>

namespace tollweir {
namespace {

using namespace std::chrono_literals;

constexpr Picodollars kCap = 10'000;

/// A cell and a store that answers as told.
class BudgetCellTest : public testing::Test {
protected:
    void set_terms(BudgetLimit limit) {
        cell.set_terms(std::make_shared<const BudgetLimit>(std::move(limit)), now, wall);
    }
    void set_cap(Picodollars cap) {
        BudgetLimit limit;
        limit.cap = cap;
        set_terms(limit);
    }

    Room room(Picodollars need) {
        const std::lock_guard held(cell.bit);
        return cell.room(need, now, had);
    }
    /// Asks for `need` as a request does, and takes it if it may.
    bool take(Picodollars need) {
        const auto answer = room(need);
        if (answer != Room::enough && answer != Room::shrunk) return false;
        const std::lock_guard held(cell.bit);
        charged_to = cell.take(had, answer == Room::shrunk, now, signals);
        return true;
    }
    void settle(Picodollars amount, Picodollars truth, bool is_shrunk = false) {
        const std::lock_guard held(cell.bit);
        cell.settle(amount, truth, is_shrunk, charged_to, now, signals);
    }
    LeaseRequest ask(Picodollars need) {
        const auto request = cell.begin_exchange(need, now);
        EXPECT_TRUE(request);
        return request.value_or(LeaseRequest{});
    }
    void answer(const LeaseRequest& request, LeaseGrant grant) {
        if (grant.own == 0) grant.own = grant.granted;
        if (grant.leased == 0) grant.leased = grant.own;
        signals = cell.end_exchange(request, &grant, now);
    }
    void lease(Picodollars amount) { answer(ask(amount), {.granted = amount}); }

    BudgetCell cell{{.kind = ScopeKind::key, .id = "k"}};
    TimePoint now{1000s};
    WallTime wall{std::chrono::sys_days(std::chrono::year(2026) / 11 / 26)};
    Picodollars had = 0;
    Period charged_to = 0;
    BudgetCell::Signals signals;
};

TEST_F(BudgetCellTest, AsksTheStoreFirst) {
    set_cap(kCap);
    EXPECT_EQ(room(1), Room::ask);
    lease(100);
    EXPECT_EQ(room(100), Room::enough);
    EXPECT_EQ(room(101), Room::ask);
}

TEST_F(BudgetCellTest, AdmitsNothingWithACapOfZero) {
    set_cap(0);
    EXPECT_EQ(room(1), Room::none);
}

TEST_F(BudgetCellTest, GivesBackWhatACallDidNotUse) {
    set_cap(kCap);
    lease(100);
    ASSERT_TRUE(take(80));
    EXPECT_EQ(room(21), Room::ask);
    settle(80, 30);
    EXPECT_EQ(room(70), Room::enough);
    EXPECT_EQ(cell.state(now).spent, 30);
    EXPECT_EQ(cell.state(now).reserved, 0);
}

TEST_F(BudgetCellTest, OwesWhatACallUsedBeyondTheLease) {
    set_cap(kCap);
    lease(100);
    ASSERT_TRUE(take(80));
    settle(80, 130);
    EXPECT_EQ(cell.state(now).free, 0);
    EXPECT_EQ(cell.state(now).owed, 30);
    EXPECT_TRUE(signals.wants_lease);
    const auto request = ask(50);
    EXPECT_EQ(request.owed, 30);
    EXPECT_EQ(request.need, 50);
    answer(request, {.granted = 50, .own = 180});
    EXPECT_EQ(cell.state(now).owed, 0);
    EXPECT_EQ(cell.state(now).free, 50);
    EXPECT_EQ(cell.state(now).spent, 130);
}

TEST_F(BudgetCellTest, LeasesAheadAtMostAHundredthOfTheCap) {
    set_cap(kCap);
    auto request = ask(10);
    EXPECT_EQ(request.need, 10);
    EXPECT_EQ(request.want, 10 + 40);
    answer(request, {.granted = 50});
    for (int i = 0; i < 10; ++i) {
        request = ask(60);
        EXPECT_LE(request.want, request.need + kCap / 100);
        answer(request, {.granted = request.want});
    }
    EXPECT_EQ(cell.step(), kCap / 100);
}

TEST_F(BudgetCellTest, WantsTheNextLeaseBeforeTheLastIsUsedUp) {
    set_cap(kCap);
    answer(ask(10), {.granted = 50});
    ASSERT_TRUE(take(10));
    EXPECT_FALSE(signals.wants_lease);
    ASSERT_TRUE(take(25));
    EXPECT_TRUE(signals.wants_lease);
}

TEST_F(BudgetCellTest, HandsTheLastOutToOneCallAtATime) {
    set_cap(kCap);
    answer(ask(100), {.granted = 60, .spent = kCap - 60});
    ASSERT_EQ(room(100), Room::shrunk);
    EXPECT_EQ(had, 60);
    ASSERT_TRUE(take(100));
    EXPECT_EQ(room(100), Room::wait);
    settle(60, 20, true);
    ASSERT_EQ(room(100), Room::shrunk);
    EXPECT_EQ(had, 40);
    ASSERT_TRUE(take(100));
    // While that one runs, what others give back is for those whom it suffices.
    settle(40, 45, true);
    EXPECT_EQ(room(1), Room::none);
}

TEST_F(BudgetCellTest, LetsNoSecondCallTakeLessThanItNeeds) {
    set_cap(kCap);
    answer(ask(100), {.granted = 90, .spent = kCap - 90});
    ASSERT_TRUE(take(30));
    ASSERT_TRUE(take(100));
    EXPECT_EQ(had, 60);
    settle(30, 10);
    EXPECT_EQ(room(20), Room::enough);
    EXPECT_EQ(room(21), Room::wait);
}

TEST_F(BudgetCellTest, WaitsForWhatOtherProcessesHoldAndAsksAgainAfterASecond) {
    set_cap(kCap);
    answer(ask(100), {.granted = 0, .spent = kCap - 50, .leased = 50, .own = 0});
    EXPECT_EQ(cell.state(now).others, 50);
    EXPECT_EQ(room(1), Room::wait);
    now += 1s;
    EXPECT_EQ(room(1), Room::ask);
}

TEST_F(BudgetCellTest, BelievesForASecondThatACapIsUsedUp) {
    set_cap(kCap);
    answer(ask(100), {.granted = 0, .spent = kCap});
    EXPECT_EQ(room(1), Room::none);
    now += 999ms;
    EXPECT_EQ(room(1), Room::none);
    now += 1ms;
    EXPECT_EQ(room(1), Room::ask);
}

TEST_F(BudgetCellTest, HasRoomAtOnceWhenTheCapIsRaised) {
    set_cap(kCap);
    answer(ask(100), {.granted = 0, .spent = kCap});
    ASSERT_EQ(room(1), Room::none);
    set_cap(2 * kCap);
    EXPECT_EQ(room(1), Room::ask);
}

TEST_F(BudgetCellTest, GivesItsLeaseBackWhenTheCapIsLowered) {
    set_cap(kCap);
    lease(100);
    ASSERT_TRUE(take(30));
    set_cap(kCap / 2);
    EXPECT_EQ(room(1), Room::ask);
    const auto request = ask(10);
    EXPECT_EQ(request.cap, kCap / 2);
    EXPECT_EQ(request.unused, 70);
    EXPECT_EQ(request.need, 10);
    answer(request, {.granted = 0, .spent = kCap / 2, .own = 30});
    EXPECT_EQ(cell.state(now).free, 0);
    EXPECT_EQ(cell.state(now).reserved, 30);
}

TEST_F(BudgetCellTest, KeepsItsCountersWhenTermsComeAgainUnchanged) {
    set_cap(kCap);
    lease(100);
    ASSERT_TRUE(take(30));
    set_cap(kCap);
    EXPECT_EQ(room(70), Room::enough);
    EXPECT_EQ(cell.state(now).reserved, 30);
}

TEST_F(BudgetCellTest, ForgetsTheOldPeriodWhenTheStoreHasBegunANewOne) {
    set_cap(kCap);
    answer(ask(100), {.granted = 100, .period = 1, .ends = 60'000, .now = 0});
    ASSERT_TRUE(take(70));
    EXPECT_EQ(charged_to, 1);
    now += 59s;
    EXPECT_EQ(room(30), Room::enough);
    now += 1s;
    EXPECT_EQ(room(1), Room::ask);
    const auto request = ask(10);
    EXPECT_EQ(request.need, 10);
    answer(request, {.granted = 10, .period = 2, .ends = 120'000, .now = 60'000});
    EXPECT_EQ(cell.state(now).reserved, 0);
    EXPECT_EQ(cell.state(now).spent, 0);
    // Settled now, the call counts in the old period, not in this one.
    settle(70, 80);
    EXPECT_EQ(cell.state(now).spent, 0);
    EXPECT_EQ(cell.state(now).free, 10);
    EXPECT_EQ(cell.state(now).owed, 0);
}

TEST_F(BudgetCellTest, KeepsItsChargesWhenTheEndOfThePeriodIsMoved) {
    set_cap(kCap);
    lease(100);
    ASSERT_TRUE(take(70));
    answer(ask(50), {.granted = 20, .own = 120, .ends = 60'000, .now = 10'000});
    EXPECT_EQ(cell.state(now).reserved, 70);
    settle(70, 10);
    EXPECT_EQ(cell.state(now).reserved, 0);
    EXPECT_EQ(cell.state(now).free, 110);
}

TEST_F(BudgetCellTest, StopsUsingALeaseBeforeTheStoreGivesItToOthers) {
    set_cap(kCap);
    lease(100);
    ASSERT_TRUE(take(60));
    now += 55min;
    EXPECT_EQ(room(1), Room::ask);
    EXPECT_FALSE(cell.begin_return(now));
}

TEST_F(BudgetCellTest, NoticesALeaseThatTheStoreHasLost) {
    set_cap(kCap);
    lease(100);
    ASSERT_TRUE(take(60));
    now += 55min;
    const auto request = ask(50);
    EXPECT_EQ(request.need, 10);
    // The store had given the 100 to others meanwhile; 10 are all that it holds for us.
    answer(request, {.granted = 10, .own = 10});
    EXPECT_EQ(cell.state(now).free, 0);
    EXPECT_EQ(cell.state(now).owed, 50);
    EXPECT_EQ(room(50), Room::ask);
    EXPECT_EQ(ask(50).owed, 50);
}

TEST_F(BudgetCellTest, CountsWhatIsSpentButNotAppliedYet) {
    set_cap(kCap);
    lease(100);
    ASSERT_TRUE(take(60));
    settle(60, 60);
    // The store has applied 20 of the 60.
    answer(ask(80), {.granted = 40, .spent = 520, .own = 120});
    EXPECT_EQ(cell.state(now).free, 80);
    EXPECT_EQ(cell.state(now).spent, 560);
}

TEST_F(BudgetCellTest, SaysForASecondThatTheStoreIsAwayAndLosesNothing) {
    set_cap(kCap);
    lease(100);
    ASSERT_TRUE(take(40));
    now += 6s;
    const auto request = cell.begin_return(now);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->unused, 60);
    EXPECT_FALSE(cell.begin_exchange(10, now));
    cell.end_exchange(*request, nullptr, now);
    EXPECT_TRUE(cell.is_store_away(now));
    EXPECT_EQ(room(60), Room::enough);
    now += 1s;
    EXPECT_FALSE(cell.is_store_away(now));
    EXPECT_TRUE(cell.begin_exchange(10, now));
}

TEST_F(BudgetCellTest, WaitsForWhatIsOnItsWayToTheStore) {
    set_cap(100);
    answer(ask(100), {.granted = 60});  // the store has no more: the next second none is asked for
    now += 500ms;
    answer(ask(100), {.granted = 0, .own = 60});
    auto back = cell.begin_return(now);
    ASSERT_TRUE(back);
    EXPECT_GT(back->unused, 0);
    while (take(1)) settle(1, 1);
    EXPECT_EQ(room(50), Room::wait) << "the budget is not used up";
    answer(*back, {.spent = 10, .own = 50});
    EXPECT_NE(room(50), Room::none);
}

TEST_F(BudgetCellTest, HasNothingToReturnWhenAllIsInUse) {
    set_cap(kCap);
    lease(100);
    ASSERT_TRUE(take(100));
    EXPECT_FALSE(cell.begin_return(now));
    settle(100, 120);
    const auto request = cell.begin_return(now);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->owed, 20);
    EXPECT_EQ(request->unused, 0);
}

TEST_F(BudgetCellTest, GivesBackWhatIsBeyondTwoStepsAndAllOfItWhenIdle) {
    set_cap(kCap);
    auto request = ask(10);
    answer(request, {.granted = 50});  // 40 ahead
    ASSERT_TRUE(take(10));
    EXPECT_FALSE(cell.begin_return(now));
    settle(10, 10);
    answer(ask(100), {.granted = 200, .own = 250});  // 100 ahead at most
    auto back = cell.begin_return(now);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->unused, 240 - 200);
    answer(*back, {.own = 210});
    now += 6s;
    back = cell.begin_return(now);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->unused, 200);
    answer(*back, {.own = 10});
    EXPECT_FALSE(cell.begin_return(now));
    EXPECT_TRUE(cell.may_hold_lease());
    now += 10min;
    back = cell.begin_return(now);
    ASSERT_TRUE(back);
    EXPECT_TRUE(back->ends);
    cell.end_exchange(*back, nullptr, now);
    EXPECT_TRUE(cell.may_hold_lease());
    now += 1s;
    back = cell.begin_return(now);
    ASSERT_TRUE(back);
    answer(*back, {});
    EXPECT_FALSE(cell.may_hold_lease());
    EXPECT_EQ(room(1), Room::ask);
}

TEST_F(BudgetCellTest, GivesAllBackWhenTheProcessLeaves) {
    set_cap(kCap);
    lease(100);
    ASSERT_TRUE(take(30));
    const auto back = cell.begin_leaving(now);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->unused, 70);
    answer(*back, {.own = 30});
    EXPECT_FALSE(cell.begin_leaving(now));
}

TEST_F(BudgetCellTest, TellsWhoWaitsOnce) {
    set_cap(kCap);
    answer(ask(100), {.granted = 100, .spent = kCap - 100});
    ASSERT_TRUE(take(100));
    cell.note_waiter();
    settle(100, 40);
    EXPECT_TRUE(signals.room_came_back);
    signals = {};
    ASSERT_TRUE(take(60));
    settle(60, 0);
    EXPECT_FALSE(signals.room_came_back);
}

TEST_F(BudgetCellTest, RaisesTheCapUntilAnIncreaseEnds) {
    BudgetLimit limit;
    limit.cap = kCap;
    limit.extra = 500;
    limit.extra_until = wall + 10s;
    set_terms(limit);
    EXPECT_EQ(cell.state(now).cap, kCap + 500);
    answer(ask(100), {.granted = 100});
    EXPECT_EQ(room(100), Room::enough);
    now += 10s;
    EXPECT_EQ(cell.state(now).cap, kCap);
    EXPECT_EQ(room(100), Room::ask);
    EXPECT_EQ(ask(10).unused, 100);
}

TEST_F(BudgetCellTest, IgnoresAnIncreaseThatIsOver) {
    BudgetLimit limit;
    limit.cap = kCap;
    limit.extra = 500;
    limit.extra_until = wall - 1s;
    set_terms(limit);
    EXPECT_EQ(cell.state(now).cap, kCap);
}

TEST_F(BudgetCellTest, AlertsOncePerPeriod) {
    BudgetLimit limit;
    limit.cap = kCap;
    limit.soft_cap = 50;
    set_terms(limit);
    answer(ask(1000), {.granted = 9000, .period = 1, .ends = 60'000, .now = 0});
    ASSERT_TRUE(take(60));
    settle(60, 49);
    EXPECT_FALSE(signals.over_soft_cap);
    ASSERT_TRUE(take(1));
    settle(1, 1);
    EXPECT_TRUE(signals.over_soft_cap);
    EXPECT_FALSE(signals.nearly_used);
    signals = {};
    ASSERT_TRUE(take(8000));
    settle(8000, 7950);
    EXPECT_TRUE(signals.nearly_used);
    EXPECT_FALSE(signals.over_soft_cap);
    signals = {};
    now += 60s;
    answer(ask(10), {.granted = 100, .period = 2, .ends = 120'000, .now = 60'000});
    ASSERT_TRUE(take(60));
    settle(60, 60);
    EXPECT_TRUE(signals.over_soft_cap);
}

TEST_F(BudgetCellTest, NeverStopsACallThatHasOnlyASoftCap) {
    BudgetLimit limit;
    limit.soft_cap = 1000;
    set_terms(limit);
    ASSERT_TRUE(take(600));
    EXPECT_TRUE(signals.wants_lease);
    settle(600, 600);
    EXPECT_EQ(cell.state(now).owed, 600);
    const auto request = ask(0);
    EXPECT_EQ(request.owed, 600);
    EXPECT_EQ(request.cap, kNoCap);
    answer(request, {.granted = 0, .spent = 500, .own = 600});
    EXPECT_TRUE(signals.over_soft_cap);
    EXPECT_EQ(cell.state(now).spent, 1100);
    // Charged before the store told of a period, a call counts in the first one and in no later.
    ASSERT_TRUE(take(10));
    charged_to = kUnknownPeriod;
    settle(10, 10);
    EXPECT_EQ(cell.state(now).spent, 1110);
    answer(ask(0), {.granted = 0, .period = 1});
    settle(10, 10);
    EXPECT_EQ(cell.state(now).spent, 0);
}

TEST_F(BudgetCellTest, GrowsAChargeWithinTheLease) {
    set_cap(kCap);
    lease(100);
    ASSERT_TRUE(take(60));
    const std::lock_guard held(cell.bit);
    EXPECT_FALSE(cell.can_grow(41, charged_to, now));
    ASSERT_TRUE(cell.can_grow(40, charged_to, now));
    cell.grow(40, charged_to, now, signals);
    cell.settle(100, 90, false, charged_to, now, signals);
    EXPECT_EQ(cell.spent(), 90);
    EXPECT_TRUE(cell.can_grow(10, charged_to, now));
    EXPECT_FALSE(cell.can_grow(11, charged_to, now));
}

TEST_F(BudgetCellTest, HoldsAtTheEndsOfItsNumbers) {
    BudgetLimit limit;
    set_terms(limit);
    constexpr auto kMost = std::numeric_limits<Picodollars>::max();
    ASSERT_TRUE(take(kMost));
    ASSERT_TRUE(take(kMost));
    settle(kMost, kMost);
    settle(kMost, kMost);
    EXPECT_EQ(cell.state(now).spent, kMost);
    EXPECT_GE(cell.state(now).free, 0);
}

}  // namespace
}  // namespace tollweir
