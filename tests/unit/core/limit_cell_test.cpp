#include "tollweir/core/limit_cell.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>

namespace tollweir {
namespace {

using namespace std::chrono_literals;

TEST(RateCell, CountsWhatItWasGivenAndKnowsItsRoom) {
    RateCell cell(LimitKind::requests, {});
    cell.set_limit(3, Enforcement::always);
    cell.advance(100);
    EXPECT_TRUE(cell.has_room(3));
    EXPECT_FALSE(cell.has_room(4));
    EXPECT_EQ(cell.add(2), 100);
    EXPECT_TRUE(cell.has_room(1));
    EXPECT_FALSE(cell.has_room(2));
    EXPECT_EQ(cell.used(), 2);
}

TEST(RateCell, KeepsAChargeForSixtyWholeSlots) {
    RateCell cell(LimitKind::requests, {});
    cell.set_limit(1, Enforcement::always);
    cell.advance(100);
    cell.add(1);
    cell.advance(160);
    EXPECT_FALSE(cell.has_room(1));
    EXPECT_EQ(cell.room_from(1), 161);
    cell.advance(161);
    EXPECT_TRUE(cell.has_room(1));
}

TEST(RateCell, ForgetsAllAfterALongPause) {
    RateCell cell(LimitKind::tokens, {});
    cell.set_limit(10, Enforcement::always);
    for (std::int64_t slot = 100; slot < 110; ++slot) {
        cell.advance(slot);
        cell.add(1);
    }
    cell.advance(1'000'000);
    EXPECT_EQ(cell.used(), 0);
}

TEST(RateCell, IgnoresAClockThatIsBehind) {
    RateCell cell(LimitKind::requests, {});
    cell.set_limit(1, Enforcement::always);
    cell.advance(100);
    cell.advance(99);
    EXPECT_EQ(cell.add(1), 100);
    cell.advance(98);
    EXPECT_FALSE(cell.has_room(1));
}

TEST(RateCell, TakesBackOnlyWhatStillCounts) {
    RateCell cell(LimitKind::tokens, {});
    cell.set_limit(100, Enforcement::always);
    cell.advance(100);
    const auto slot = cell.add(60);
    cell.remove(20, slot);
    EXPECT_EQ(cell.used(), 40);
    cell.remove(1000, slot);
    EXPECT_EQ(cell.used(), 0);
    cell.add(50);
    cell.advance(161);
    cell.add(7);
    cell.remove(50, 100);
    EXPECT_EQ(cell.used(), 7);
    cell.remove(5, 999);
    EXPECT_EQ(cell.used(), 7);
}

TEST(RateCell, SaysWhenThereIsRoomAgain) {
    RateCell cell(LimitKind::tokens, {});
    cell.set_limit(100, Enforcement::always);
    cell.advance(100);
    cell.add(40);
    cell.advance(110);
    cell.add(60);
    EXPECT_EQ(cell.room_from(0), 110);
    EXPECT_EQ(cell.room_from(40), 161);
    EXPECT_EQ(cell.room_from(41), 171);
    EXPECT_EQ(cell.room_from(100), 171);
    EXPECT_EQ(cell.room_from(101), std::numeric_limits<std::int64_t>::max());
}

TEST(RateCell, KeepsItsCountWhenTheLimitChanges) {
    RateCell cell(LimitKind::requests, {});
    cell.set_limit(10, Enforcement::always);
    cell.advance(100);
    cell.add(5);
    cell.set_limit(3, Enforcement::always);
    EXPECT_FALSE(cell.has_room(1));
    cell.set_limit(6, Enforcement::always);
    EXPECT_TRUE(cell.has_room(1));
    EXPECT_FALSE(cell.has_room(2));
}

TEST(RateCell, SurvivesNumbersBeyondItsSlots) {
    RateCell cell(LimitKind::tokens, {});
    cell.set_limit(std::numeric_limits<std::int64_t>::max(), Enforcement::always);
    cell.advance(100);
    cell.add(std::numeric_limits<std::int64_t>::max());
    cell.add(5);
    EXPECT_FALSE(cell.has_room(1));
    cell.advance(161);
    EXPECT_EQ(cell.used(), 0);
    cell.set_limit(-5, Enforcement::always);
    EXPECT_FALSE(cell.has_room(1));
}

/// In any sixty seconds, wherever they begin, no more than the limit, and never less than the
/// limit can be had where the past allows it.
TEST(RateCell, HoldsTheLimitInEveryWindowOfARandomRun) {
    std::minstd_rand random(7);
    const RateClock clock;
    for (const std::int64_t limit : {1, 5, 40}) {
        RateCell cell(LimitKind::requests, {});
        cell.set_limit(limit, Enforcement::always);
        std::deque<std::chrono::nanoseconds> taken;  // when
        TimePoint now(1000s);
        int refused = 0;
        for (int i = 0; i < 20'000; ++i) {
            now += std::chrono::milliseconds(random() % (i % 3 == 0 ? 5000 : 50));
            cell.advance(clock.at(now).slot);
            while (!taken.empty() && now.time_since_epoch() - taken.front() >= 60s)
                taken.pop_front();
            if (cell.has_room(1)) {
                cell.add(1);
                taken.push_back(now.time_since_epoch());
                ASSERT_LE(static_cast<std::int64_t>(taken.size()), limit);
                continue;
            }
            ++refused;
            // Whole slots cost at most one of them: a refusal means a full window of 61 seconds.
            ASSERT_EQ(cell.used(), limit);
            const auto again = clock.begin_of(cell.room_from(1));
            ASSERT_GT(again, now);
            ASSERT_LE(again - now, 61s);
        }
        EXPECT_GT(refused, 0) << limit;
    }
}

TEST(RateClock, DividesItsWindowIntoSixty) {
    EXPECT_EQ(RateClock().at(TimePoint(61s)).slot, 61);
    EXPECT_EQ(RateClock(120s).at(TimePoint(61s)).slot, 30);
    EXPECT_EQ(RateClock(0s).at(TimePoint(1s)).slot, 60);
    EXPECT_EQ(RateClock(120s).begin_of(30), TimePoint(60s));
    EXPECT_EQ(RateClock(120s).window(), 120s);
}

TEST(LimitCell, IsIdleOnceNothingOfItCounts) {
    RateCell cell(LimitKind::requests, {});
    cell.set_limit(5, Enforcement::always);
    const RateClock clock;
    const TimePoint start(1000s);
    EXPECT_TRUE(cell.is_idle(clock.at(start)));
    cell.advance(clock.at(start).slot);
    cell.add(1);
    EXPECT_FALSE(cell.is_idle(clock.at(start + 30s)));
    EXPECT_TRUE(cell.is_idle(clock.at(start + 61s)));
    cell.open_charges = 1;
    EXPECT_FALSE(cell.is_idle(clock.at(start + 61s)));
}

TEST(LimitCell, IsCalledByItsIdUntilItHasALabel) {
    SlotCell cell({.kind = ScopeKind::key, .id = "88dc"});
    EXPECT_EQ(cell.label(), "88dc");
    cell.set_label("ci-runner");
    EXPECT_EQ(cell.label(), "ci-runner");
    cell.set_label("");
    EXPECT_EQ(cell.label(), "88dc");
}

}  // namespace
}  // namespace tollweir
