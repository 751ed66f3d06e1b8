#include "tollweir/limits/cell_table.hpp"

#include <gtest/gtest.h>

#include <mutex>

namespace tollweir {
namespace {

using namespace std::chrono_literals;

constexpr int kShards = 64;

class CellTableTest : public testing::Test {
protected:
    void sweep_all() {
        for (int i = 0; i < kShards; ++i) table.sweep(now);
    }

    RateClock clock;
    CellTable table{clock};
    TimePoint now{10'000s};
    Scope key{.kind = ScopeKind::key, .id = "k"};
};

TEST_F(CellTableTest, GivesEveryoneTheSameCellOfAScope) {
    const auto first = table.rate(LimitKind::requests, key);
    EXPECT_EQ(table.rate(LimitKind::requests, key), first);
    EXPECT_NE(table.rate(LimitKind::requests, {.kind = ScopeKind::user, .id = "k"}), first);
    const auto tokens = table.rate(LimitKind::tokens, key);
    EXPECT_NE(tokens, first);
    EXPECT_EQ(tokens->kind(), LimitKind::tokens);
    EXPECT_EQ(table.slots(key)->kind(), LimitKind::slots);
    EXPECT_EQ(table.budget(key)->key(), "key:k");
    EXPECT_EQ(table.size(), 5u);
}

TEST_F(CellTableTest, DropsWhatNobodyHasPointedAtForAWhile) {
    auto cell = table.slots(key);
    sweep_all();
    now += 1h;
    sweep_all();
    EXPECT_EQ(table.size(), 1u);
    cell.reset();
    sweep_all();
    now += 9min;
    sweep_all();
    EXPECT_EQ(table.size(), 1u);
    now += 1min;
    sweep_all();
    EXPECT_EQ(table.size(), 0u);
}

TEST_F(CellTableTest, BeginsTheWhileAnewWhenACellIsAskedFor) {
    table.slots(key);
    sweep_all();
    now += 9min;
    table.slots(key);
    sweep_all();
    now += 9min;
    sweep_all();
    EXPECT_EQ(table.size(), 1u);
}

TEST_F(CellTableTest, KeepsWhatIsCharged) {
    {
        const auto cell = table.slots(key);
        const std::lock_guard held(cell->bit);
        cell->open_charges = 1;
    }
    sweep_all();
    now += 1h;
    sweep_all();
    ASSERT_EQ(table.size(), 1u);
    {
        const auto cell = table.slots(key);
        const std::lock_guard held(cell->bit);
        cell->open_charges = 0;
    }
    sweep_all();
    now += 10min;
    sweep_all();
    EXPECT_EQ(table.size(), 0u);
}

TEST_F(CellTableTest, KeepsCountsThatStillBind) {
    {
        const auto cell = table.rate(LimitKind::requests, key);
        const std::lock_guard held(cell->bit);
        cell->set_limit(5, Enforcement::always);
        cell->advance(clock.at(now + 10min).slot);
        cell->add(1);
    }
    sweep_all();
    now += 10min;
    sweep_all();
    EXPECT_EQ(table.size(), 1u);
    now += 61s;
    sweep_all();
    EXPECT_EQ(table.size(), 0u);
}

TEST_F(CellTableTest, KeepsABudgetThatHoldsALease) {
    {
        const auto cell = table.budget(key);
        cell->set_terms(std::make_shared<const BudgetLimit>(), now, {});
        ASSERT_TRUE(cell->begin_exchange(5, now));
    }
    sweep_all();
    now += 1h;
    sweep_all();
    EXPECT_EQ(table.size(), 1u);
}

}  // namespace
}  // namespace tollweir
