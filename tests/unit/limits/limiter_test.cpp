#include "tollweir/limits/limiter.hpp"

#include <gtest/gtest.h>

#include "tollweir/core/time_text.hpp"
#include "tollweir/limits/memory_leases.hpp"
#include "unit/limits/fake_clock.hpp"
#include "unit/limits/pending_leases.hpp"

namespace tollweir {
namespace {

using namespace std::chrono_literals;

class LimiterTest : public testing::Test {
protected:
    LimiterSettings settings() {
        LimiterSettings settings;
        settings.clock = clock.clock();
        settings.on_alert = [this](const BudgetAlert& alert) { alerts.push_back(alert); };
        return settings;
    }
    KeyRecord key(std::string id = "k") {
        KeyRecord record;
        record.hash = std::move(id);
        return record;
    }
    KeyRecord bound(KeyRecord record) {
        limiter.bind(record);
        return record;
    }
    ReserveRequest request_of(const KeyRecord& record) const {
        ReserveRequest request;
        request.key = record.cells.get();
        request.model = "gpt-4o";
        request.prompt_tokens = 10;
        request.completion_tokens = 20;
        request.cost = 1000;
        return request;
    }
    std::optional<Result<Reservation>> reserve(const ReserveRequest& request) {
        return limiter.try_reserve(request, clock.now());
    }
    /// Reserves and drops it; the error, or none.
    std::string refusal(const ReserveRequest& request) {
        auto held = reserve(request);
        if (!held) return "must wait";
        return *held ? "" : held->error().message;
    }
    std::int64_t used(LimitKind kind, const Scope& scope) {
        const auto cell = limiter.cells().rate(kind, scope);
        const std::lock_guard held(cell->bit);
        return cell->used();
    }
    BudgetCell::State budget(const Scope& scope) {
        return limiter.cells().budget(scope)->state(clock.now());
    }

    FakeClock clock;
    LeaseBook book{[this] { return clock.wall(); }};
    MemoryLeases leases{book, "p1"};
    std::vector<BudgetAlert> alerts;
    Limiter limiter{settings(), leases};
    const Scope key_scope{.kind = ScopeKind::key, .id = "k"};
};

TEST_F(LimiterTest, LetsAKeyWithoutLimitsPass) {
    const auto record = bound(key());
    auto held = reserve(request_of(record));
    ASSERT_TRUE(held && *held);
    EXPECT_TRUE((*held)->empty());
    EXPECT_EQ(refusal({}), "");
}

TEST_F(LimiterTest, ChargesKeyModelAndGatewayTogether) {
    LimitsConfig limits;
    limits.rpm = 100;
    limiter.configure(limits, {}, 429);
    auto record = key();
    record.limits.rpm_limit = 10;
    record.model_limits.push_back({"gpt-4o", std::nullopt, "", 1, std::nullopt});
    record = bound(std::move(record));
    auto held = reserve(request_of(record));
    ASSERT_TRUE(held && *held);
    EXPECT_EQ((*held)->charges().size(), 3u);
    EXPECT_NE(refusal(request_of(record)).find("model_per_key: k:gpt-4o"), std::string::npos);
    // The refused call took nothing of the other two.
    EXPECT_EQ(used(LimitKind::requests, key_scope), 1);
    EXPECT_EQ(used(LimitKind::requests, {.kind = ScopeKind::global}), 1);
    auto other = request_of(record);
    other.model = "gpt-4";
    EXPECT_EQ(refusal(other), "");
}

TEST_F(LimiterTest, FindsAModelsLimitsWithoutItsProvidersName) {
    auto record = key();
    record.model_limits.push_back({"gpt-4o", std::nullopt, "", 0, std::nullopt});
    record = bound(std::move(record));
    auto request = request_of(record);
    request.model = "openai/gpt-4o";
    EXPECT_NE(refusal(request), "");
    request.model = "openai/gpt-4";
    EXPECT_EQ(refusal(request), "");
}

TEST_F(LimiterTest, LeavesTheGatewaysLimitsToOneOfTwoReservations) {
    LimitsConfig limits;
    limits.rpm = 100;
    limiter.configure(limits, {}, 429);
    DeploymentTerms terms;
    terms.id = "d1";
    terms.max_parallel_requests = 1;
    const auto deployment = limiter.bind(terms);
    const CellSet* const more[] = {deployment.get()};
    ReserveRequest request;
    request.more = more;
    request.binds_gateway = false;
    auto held = reserve(request);
    ASSERT_TRUE(held && *held);
    EXPECT_EQ((*held)->charges().size(), 1u);
    EXPECT_EQ(used(LimitKind::requests, {.kind = ScopeKind::global}), 0);
    EXPECT_NE(refusal(request).find("deployment"), std::string::npos);
}

TEST_F(LimiterTest, KeepsCountsWhenARecordIsReplaced) {
    auto record = key();
    record.limits.rpm_limit = 2;
    auto first = bound(record);
    auto held = reserve(request_of(first));
    ASSERT_TRUE(held && *held);
    record.limits.rpm_limit = 1;
    const auto second = bound(record);
    EXPECT_NE(refusal(request_of(second)), "");
    EXPECT_NE(refusal(request_of(first)), "");
    first.cells.reset();
    (*held)->settle({}, limiter.rate_clock().at(clock.now()));
    record.limits.rpm_limit = 3;
    EXPECT_EQ(refusal(request_of(bound(record))), "");
    EXPECT_EQ(used(LimitKind::requests, key_scope), 1);
}

TEST_F(LimiterTest, TakesNewGatewayLimitsAtAReload) {
    LimitsConfig limits;
    limits.rpm = 1;
    limiter.configure(limits, {}, 429);
    auto held = reserve({});
    ASSERT_TRUE(held && *held);
    EXPECT_NE(refusal({}), "");
    limits.rpm = 5;
    limiter.configure(limits, {}, 429);
    EXPECT_EQ(refusal({}), "");
    limits.rpm.reset();
    limiter.configure(limits, {}, 429);
    auto free = reserve({});
    ASSERT_TRUE(free && *free);
    EXPECT_TRUE((*free)->empty());
}

TEST_F(LimiterTest, CountsTokensAsItIsTold) {
    LimitsConfig limits;
    limits.tpm = 1000;
    Usage usage;
    usage.prompt_tokens = 12;
    usage.cached_tokens = 5;
    usage.completion_tokens = 8;
    const Scope gateway{.kind = ScopeKind::global};
    std::int64_t before = 0;
    for (const auto& [counted, estimate, truth] :
         {std::tuple{CountedTokens::total, 30, 15}, std::tuple{CountedTokens::input, 10, 7},
          std::tuple{CountedTokens::output, 20, 8}}) {
        limits.counted_tokens = counted;
        limiter.configure(limits, {}, 429);
        const auto record = bound(key());
        auto held = reserve(request_of(record));
        ASSERT_TRUE(held && *held);
        EXPECT_EQ(used(LimitKind::tokens, gateway) - before, estimate);
        limiter.settle(**held, usage, 0, clock.now());
        EXPECT_EQ(used(LimitKind::tokens, gateway) - before, truth);
        before += truth;
    }
}

TEST_F(LimiterTest, LeasesWithoutWaitingWhereThereIsNoStore) {
    auto record = key();
    record.limits.max_budget = 5000;
    record = bound(std::move(record));
    auto held = reserve(request_of(record));
    ASSERT_TRUE(held && *held);
    EXPECT_EQ(budget(key_scope).reserved, 1000);
    limiter.settle(**held, {}, 400, clock.now());
    EXPECT_EQ(budget(key_scope).spent, 400);
}

TEST_F(LimiterTest, SpendsACapToItsEndAndNoFurther) {
    auto record = key();
    record.limits.max_budget = 10'000;
    record = bound(std::move(record));
    const auto request = request_of(record);
    Picodollars spent = 0;
    for (int i = 0; i < 100; ++i) {
        auto held = reserve(request);
        ASSERT_TRUE(held);
        if (!*held) break;
        limiter.settle(**held, {}, 700, clock.now());
        spent += 700;
    }
    // The last one could not reserve all it used: less than one call beyond the cap.
    EXPECT_EQ(spent, 10'500);
    EXPECT_EQ(refusal(request),
              "Budget has been exceeded! Current cost: 0.0000000105, Max budget: 0.00000001");
}

TEST_F(LimiterTest, AdmitsNothingWithABudgetOfZero) {
    auto record = key();
    record.limits.max_budget = 0;
    record = bound(std::move(record));
    EXPECT_NE(refusal(request_of(record)), "");
    auto request = request_of(record);
    request.cost = 0;
    EXPECT_NE(refusal(request), "");
    request.is_free = true;
    EXPECT_EQ(refusal(request), "");
}

TEST_F(LimiterTest, TakesSpendBeforeItsTimeFromTheRecord) {
    auto record = key();
    record.limits.max_budget = 10'000;
    record.limits.spend = 9'500;
    record = bound(std::move(record));
    auto held = reserve(request_of(record));
    ASSERT_TRUE(held && *held);
    EXPECT_EQ(budget(key_scope).reserved, 500);
    EXPECT_EQ(budget(key_scope).spent, 9500);
}

TEST_F(LimiterTest, ForgetsSpendOfAPeriodThatWasOverWhenTheRecordCame) {
    auto record = key();
    record.limits.max_budget = 10'000;
    record.limits.spend = 10'000;
    record.limits.budget_duration = "1d";
    record.limits.budget_reset_at = clock.wall() - 1h;
    record = bound(std::move(record));
    EXPECT_EQ(refusal(request_of(record)), "");
    EXPECT_EQ(budget(key_scope).spent, 0);
}

TEST_F(LimiterTest, BeginsAnewAtTheResetByTheCalendar) {
    auto record = key();
    record.limits.max_budget = 1000;
    record.limits.budget_duration = "1d";
    record = bound(std::move(record));
    auto held = reserve(request_of(record));
    ASSERT_TRUE(held && *held);
    limiter.settle(**held, {}, 1000, clock.now());
    EXPECT_NE(refusal(request_of(record)), "");
    clock.pass(14h - 1s);  // it was ten in the morning
    EXPECT_NE(refusal(request_of(record)), "");
    clock.pass(1s);
    EXPECT_EQ(refusal(request_of(record)), "");
    EXPECT_EQ(budget(key_scope).spent, 0);
}

TEST_F(LimiterTest, ResetsInTheZoneOfTheConfiguration) {
    BudgetConfig budgets;
    budgets.timezone = "Asia/Tokyo";  // nine hours ahead: seven in the evening there
    limiter.configure({}, budgets, 429);
    auto record = key();
    record.limits.max_budget = 1000;
    record.limits.budget_duration = "1d";
    record = bound(std::move(record));
    auto held = reserve(request_of(record));
    limiter.settle(**held, {}, 1000, clock.now());
    clock.pass(5h);
    EXPECT_EQ(refusal(request_of(record)), "");
}

TEST_F(LimiterTest, BeginsAnewAtMonthsEndsOfAZoneWithSummerTimeWithCallsUnderWay) {
    BudgetConfig budgets;
    budgets.timezone = "America/New_York";
    limiter.configure({}, budgets, 429);
    auto record = key();
    record.limits.max_budget = 3000;
    record.limits.budget_duration = "1mo";
    record = bound(std::move(record));
    // Summer time begins on 14 March and ends on 7 November.
    for (const char* end : {"2026-12-01T05:00:00Z", "2027-03-01T05:00:00Z", "2027-04-01T04:00:00Z",
                            "2027-11-01T04:00:00Z", "2027-12-01T05:00:00Z"}) {
        SCOPED_TRACE(end);
        clock.pass(*parse_rfc3339(end) - clock.wall() - 1s);
        auto first = reserve(request_of(record));
        ASSERT_TRUE(first && *first);
        limiter.settle(**first, {}, 2000, clock.now());
        auto under_way = reserve(request_of(record));
        ASSERT_TRUE(under_way && *under_way);
        EXPECT_NE(refusal(request_of(record)), "");
        clock.pass(1s);
        auto whole = request_of(record);
        whole.cost = 3000;
        EXPECT_EQ(refusal(whole), "");
        limiter.settle(**under_way, {}, 1000, clock.now());
        EXPECT_EQ(budget(key_scope).spent, 0);
        EXPECT_EQ(refusal(whole), "");
    }
}

TEST_F(LimiterTest, RunsAModelsWindowFromItsFirstUse) {
    auto record = key();
    record.model_limits.push_back({"gpt-4o", 1000, "1d", std::nullopt, std::nullopt});
    record = bound(std::move(record));
    auto held = reserve(request_of(record));
    limiter.settle(**held, {}, 1000, clock.now());
    clock.pass(24h - 1s);
    EXPECT_NE(refusal(request_of(record)).find("exceeded budget for model=gpt-4o"),
              std::string::npos);
    clock.pass(1s);
    EXPECT_EQ(refusal(request_of(record)), "");
}

TEST_F(LimiterTest, AnswersTheStatusOfTheConfiguration) {
    limiter.configure({}, {}, 400);
    auto record = key();
    record.limits.max_budget = 0;
    record = bound(std::move(record));
    auto held = reserve(request_of(record));
    ASSERT_TRUE(held && !*held);
    EXPECT_EQ(held->error().http_status(), 400);
}

TEST_F(LimiterTest, AlertsOfASoftBudgetOnce) {
    auto record = key();
    record.alias = "ci-runner";
    record.limits.soft_budget = 1500;
    record = bound(std::move(record));
    for (int i = 0; i < 4; ++i) {
        auto held = reserve(request_of(record));
        ASSERT_TRUE(held && *held);
        limiter.settle(**held, {}, 1000, clock.now());
    }
    ASSERT_EQ(alerts.size(), 1u);
    EXPECT_EQ(alerts[0].kind, BudgetAlert::Kind::soft_budget);
    EXPECT_EQ(alerts[0].label, "ci-runner");
    EXPECT_EQ(alerts[0].spent, 2000);
    EXPECT_EQ(describe(alerts[0]),
              "api_key ci-runner has spent $0.000000002, beyond its soft budget of "
              "$0.0000000015");
}

TEST_F(LimiterTest, GrowsAStreamUntilTheCapAndCountsItsTokens) {
    auto record = key();
    record.limits.max_budget = 3000;
    record.limits.tpm_limit = 1000;
    record = bound(std::move(record));
    auto held = reserve(request_of(record));
    ASSERT_TRUE(held && *held);
    Usage more;
    more.completion_tokens = 20;
    EXPECT_TRUE(limiter.grow(**held, more, 1000, clock.now()));
    EXPECT_TRUE(limiter.grow(**held, more, 1000, clock.now()));
    EXPECT_FALSE(limiter.grow(**held, more, 1000, clock.now()));
    EXPECT_EQ(used(LimitKind::tokens, key_scope), 90);
    EXPECT_EQ(budget(key_scope).reserved, 3000);
}

TEST_F(LimiterTest, GivesLeasesBackThatLieUnused) {
    auto record = key();
    record.limits.max_budget = 1'000'000;
    record = bound(std::move(record));
    auto held = reserve(request_of(record));
    limiter.settle(**held, {}, 1000, clock.now());
    EXPECT_GT(budget(key_scope).free, 0);
    limiter.tick(clock.now());
    EXPECT_GT(budget(key_scope).free, 0);
    clock.pass(6s);
    limiter.tick(clock.now());
    EXPECT_EQ(budget(key_scope).free, 0);
    EXPECT_EQ(book.balance("key:k").leased, 1000);  // spent and not applied
    clock.pass(11min);
    limiter.tick(clock.now());
    EXPECT_EQ(book.balance("key:k").leased, 0);
}

TEST_F(LimiterTest, DropsCellsThatNobodyUses) {
    {
        auto record = key();
        record.limits.rpm_limit = 1;
        record.limits.max_budget = 1'000'000;
        record = bound(std::move(record));
        EXPECT_EQ(refusal(request_of(record)), "");
    }
    EXPECT_EQ(limiter.cells().size(), 2u);
    for (int i = 0; i < 200; ++i) {
        clock.pass(10s);
        limiter.tick(clock.now());
    }
    EXPECT_EQ(limiter.cells().size(), 0u);
}

TEST_F(LimiterTest, GivesEverythingBackWhenTheProcessLeaves) {
    auto record = key();
    record.limits.max_budget = 1'000'000;
    record = bound(std::move(record));
    auto held = reserve(request_of(record));
    limiter.leave();
    EXPECT_EQ(book.balance("key:k").leased, 1000);
    (*held)->release();
    limiter.leave();
    EXPECT_EQ(book.balance("key:k").leased, 0);
}

/// The same in front of a store that answers later.
class LimiterBeforeStoreTest : public LimiterTest {
protected:
    PendingLeases store{book, "p2"};
    Limiter slow{settings(), store};

    KeyRecord slow_bound(KeyRecord record) {
        slow.bind(record);
        return record;
    }
    KeyRecord with_budget(Picodollars cap) {
        auto record = key();
        record.limits.max_budget = cap;
        return slow_bound(std::move(record));
    }
};

TEST_F(LimiterBeforeStoreTest, AsksTheStoreOnceHoweverManyCallsWantIt) {
    const auto record = with_budget(1'000'000);
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(slow.try_reserve(request_of(record), clock.now()));
    EXPECT_EQ(store.asked(), 1);
    EXPECT_EQ(store.answer(), 1);
    auto held = slow.try_reserve(request_of(record), clock.now());
    ASSERT_TRUE(held && *held);
}

TEST_F(LimiterBeforeStoreTest, RenewsALeaseBeforeItIsUsedUp) {
    const auto record = with_budget(1'000'000);
    slow.try_reserve(request_of(record), clock.now());
    store.answer();
    std::vector<Reservation> held;
    while (store.asked() == 1) {
        auto one = slow.try_reserve(request_of(record), clock.now());
        ASSERT_TRUE(one && *one) << "used up before it was renewed";
        held.push_back(std::move(**one));
    }
    EXPECT_EQ(store.answer(), 1);
}

TEST_F(LimiterBeforeStoreTest, GoesOnWithItsLeaseWhileTheStoreIsAwayAndNoFurther) {
    const auto record = with_budget(1'000'000);
    slow.try_reserve(request_of(record), clock.now());
    store.answer();
    int admitted = 0;
    for (int i = 0; i < 100; ++i) {
        auto held = slow.try_reserve(request_of(record), clock.now());
        store.fail();
        if (!held || !*held) continue;
        slow.settle(**held, {}, 1000, clock.now());
        ++admitted;
    }
    EXPECT_EQ(admitted, 5);  // what the first call asked for, and four of its kind ahead
}

}  // namespace
}  // namespace tollweir
