#include "tollweir/storage/budgets.hpp"

#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "tollweir/core/lease_account.hpp"
#include "tollweir/core/limit.hpp"
#include "unit/storage/test_store.hpp"

namespace tollweir {
namespace {

constexpr StoreTime kHour = 3'600'000;

class BudgetsTest : public MigratedStores {
protected:
    LeaseGrant exchange(std::string_view process, const LeaseRequest& request) {
        const auto grants = exchange_leases(*sql_, process, {&request, 1});
        EXPECT_TRUE(grants) << grants.error().message;
        return grants ? grants->at(0) : LeaseGrant();
    }
    void book(std::string_view process, std::string_view scope, Period period, PicodollarSum cost) {
        const BudgetBooking booking{process, scope, period, cost};
        EXPECT_TRUE(sql_->transaction([&](Sql& sql) { return book_budgets(sql, {&booking, 1}); }));
    }
    void drop(std::string_view process) {
        EXPECT_TRUE(sql_->transaction([&](Sql& sql) { return drop_leases(sql, process); }));
    }
    BudgetBalance balance(const std::string& scope) {
        const auto found = budget_balances(*sql_, {scope});
        EXPECT_TRUE(found);
        return found ? found->at(0) : BudgetBalance();
    }
    /// As if so much time had gone by.
    void age(StoreTime by) {
        EXPECT_TRUE(
            sql_->run("update tollweir_budget_scope set ends_at = ends_at - $1 where "
                      "ends_at < 9000000000000000000",
                      {by}));
        EXPECT_TRUE(
            sql_->run("update tollweir_budget_lease set expires_at = expires_at - $1", {by}));
    }
};

LeaseRequest request_for(std::string scope, Picodollars cap, Picodollars need) {
    LeaseRequest request;
    request.scope = std::move(scope);
    request.cap = cap;
    request.need = need;
    return request;
}

/// Random books, kept beside the store's by the rules of core/lease_account in times of their own:
/// the store's and what it was aged by.
class Model {
public:
    LeaseGrant exchange(const std::string& process, LeaseRequest request, StoreTime store_now) {
        request.next_end = later(request.next_end);
        request.first_end = later(request.first_end);
        auto found = accounts.find(request.scope);
        if (found == accounts.end())
            found = accounts.emplace(request.scope, new_account(request)).first;
        auto grant = exchange_lease(found->second, process, request, store_now + aged);
        if (grant.ends != kNoEnd) grant.ends -= aged;
        grant.now -= aged;
        return grant;
    }

    std::map<std::string, LeaseAccount> accounts;
    StoreTime aged = 0;

private:
    StoreTime later(StoreTime time) const { return time == kNoEnd ? time : time + aged; }
};

void expect_equal(const LeaseGrant& a, const LeaseGrant& b) {
    EXPECT_EQ(a.granted, b.granted);
    EXPECT_EQ(to_text(a.spent), to_text(b.spent));
    EXPECT_EQ(to_text(a.leased), to_text(b.leased));
    EXPECT_EQ(to_text(a.own), to_text(b.own));
    EXPECT_EQ(a.period, b.period);
    EXPECT_EQ(a.ends, b.ends);
}

TEST_P(BudgetsTest, RandomStepsLeaveTheSameAsTheRulesDoInMemory) {
    std::mt19937_64 random(20261126);
    const auto below = [&](std::int64_t n) {
        return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
    };
    const std::vector<std::string> scopes = {"key:a", "key:b", "team:Zoë", "global"};
    const std::vector<std::string> processes = {"p1", "p2", "p3"};
    Model model;
    StoreTime now = exchange("p1", request_for("clock", 1, 0)).now;

    for (int step = 0; step < 400 && !HasFailure(); ++step) {
        SCOPED_TRACE(step);
        const auto& process = processes[static_cast<std::size_t>(below(3))];
        const auto kind = below(10);
        if (kind < 6) {
            std::vector<LeaseRequest> requests(static_cast<std::size_t>(1 + below(3)));
            for (auto& request : requests) {
                request = request_for(scopes[static_cast<std::size_t>(below(4))],
                                      below(8) == 0 ? 0 : 100'000 + below(1000), below(3000));
                request.want = below(20'000);
                request.owed = below(4) == 0 ? below(2000) : 0;
                request.unused = below(4) == 0 ? below(2000) : 0;
                request.ends = below(10) == 0;
                request.period = below(3) - 1;
                request.spent = below(1000);
                // An hour apart at least: which side of `now` they lie on must not hang on this
                // test's speed.
                request.next_end =
                    below(4) == 0 ? kNoEnd : now + (below(6) - 1) * kHour + kHour / 2;
                request.first_end =
                    below(4) == 0 ? kNoEnd : now + (below(6) - 1) * kHour + kHour / 2;
            }
            const auto grants = exchange_leases(*sql_, process, requests);
            ASSERT_TRUE(grants) << grants.error().message;
            for (std::size_t i = 0; i < requests.size(); ++i)
                expect_equal(model.exchange(process, requests[i], grants->at(i).now),
                             grants->at(i));
            now = grants->back().now;
        } else if (kind < 8) {
            std::vector<BudgetBooking> bookings;
            for (auto count = below(4); count >= 0; --count)
                bookings.push_back({processes[static_cast<std::size_t>(below(3))],
                                    scopes[static_cast<std::size_t>(below(4))], below(4) - 1,
                                    below(5000)});
            ASSERT_TRUE(sql_->transaction([&](Sql& sql) { return book_budgets(sql, bookings); }));
            for (const auto& [who, scope, period, cost] : bookings)
                if (const auto found = model.accounts.find(std::string(scope));
                    found != model.accounts.end())
                    book_spent(found->second, who, period, cost);
        } else if (kind == 8) {
            drop(process);
            for (auto& [scope, account] : model.accounts) drop_lease(account, process);
        } else {
            const auto by = below(2) * kHour + 1;
            age(by);
            model.aged += by;
        }
        for (const auto& scope : scopes) {
            const auto& wanted = model.accounts[scope];
            const auto got = balance(scope);
            if (!got.is_known) {
                model.accounts.erase(scope);
                continue;
            }
            EXPECT_EQ(to_text(got.spent), to_text(wanted.spent)) << scope;
            EXPECT_EQ(to_text(got.leased), to_text(wanted.leased)) << scope;
            EXPECT_EQ(got.period, wanted.period) << scope;
        }
    }
    EXPECT_EQ(model.accounts.size(), scopes.size());
}

TEST_P(BudgetsTest, ManyProcessesTogetherGetNoMoreThanTheCap) {
    constexpr Picodollars kCap = 10'000;
    std::atomic<Picodollars> granted{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&, i] {
            const auto sql = store_->connect();
            const auto process = "p" + std::to_string(i);
            for (int round = 0; round < 40; ++round) {
                // Scopes named in different orders, and new ones on the way.
                std::vector<LeaseRequest> requests = {
                    request_for("key:a", kCap, 100), request_for("key:b", kNoCap, 1),
                    request_for("new:" + std::to_string(round), kCap, 1)};
                if (i % 2 == 1) std::swap(requests[0], requests[2]);
                const auto grants = exchange_leases(*sql, process, requests);
                ASSERT_TRUE(grants) << grants.error().message;
                granted += grants->at(i % 2 == 1 ? 2 : 0).granted;
            }
        });
    for (auto& thread : threads) thread.join();

    EXPECT_EQ(granted.load(), kCap);
    EXPECT_EQ(balance("key:a").leased, PicodollarSum(kCap));
    EXPECT_EQ(balance("key:b").leased, PicodollarSum(160));
    EXPECT_EQ(balance("new:39").leased, PicodollarSum(4));
}

TEST_P(BudgetsTest, BooksWhatWasSpentFromTheLeaseOfItsProcess) {
    exchange("p1", request_for("key:a", 1000, 300));
    exchange("p2", request_for("key:a", 1000, 200));

    book("p1", "key:a", 0, 250);
    book("p1", "key:unknown", 0, 250);
    book("p2", "key:a", 7, 100);  // of another period

    const auto now = balance("key:a");
    EXPECT_EQ(now.spent, PicodollarSum(250));
    EXPECT_EQ(now.leased, PicodollarSum(250));
    EXPECT_FALSE(balance("key:unknown").is_known);
}

TEST_P(BudgetsTest, AProcessThatIsGoneHoldsNothing) {
    exchange("p1", request_for("key:a", 1000, 300));
    exchange("p1", request_for("key:b", 1000, 300));
    exchange("p2", request_for("key:a", 1000, 200));

    drop("p1");

    EXPECT_EQ(balance("key:a").leased, PicodollarSum(200));
    EXPECT_EQ(balance("key:b").leased, PicodollarSum(0));
}

TEST_P(BudgetsTest, SpendSetByHandCountsFromTheNextLeaseOn) {
    exchange("p1", request_for("key:a", 1000, 300));
    ASSERT_TRUE(set_budget_spent(*sql_, "key:a", 650));
    ASSERT_TRUE(set_budget_spent(*sql_, "key:unknown", 650));

    EXPECT_EQ(exchange("p2", request_for("key:a", 1000, 300)).granted, 50);
    EXPECT_FALSE(balance("key:unknown").is_known);
}

TEST_P(BudgetsTest, ABudgetThatWasDroppedBeginsAnew) {
    exchange("p1", request_for("key:a", 1000, 300));
    ASSERT_TRUE(drop_budget(*sql_, "key:a"));
    EXPECT_FALSE(balance("key:a").is_known);

    auto request = request_for("key:a", 1000, 2000);
    request.spent = 100;
    const auto grant = exchange("p1", request);

    EXPECT_EQ(grant.granted, 900);
    EXPECT_EQ(grant.own, PicodollarSum(900));
}

TEST_P(BudgetsTest, ABudgetThatWasMovedKeepsWhatWasSpentAndLeased) {
    exchange("p1", request_for("key:a", 1000, 300));
    ASSERT_TRUE(set_budget_spent(*sql_, "key:a", 500));
    ASSERT_TRUE(move_budget(*sql_, "key:a", "key:b"));
    ASSERT_TRUE(move_budget(*sql_, "key:unknown", "key:c"));

    EXPECT_FALSE(balance("key:a").is_known);
    EXPECT_FALSE(balance("key:c").is_known);
    EXPECT_EQ(balance("key:b").spent, PicodollarSum(800));
    EXPECT_EQ(exchange("p1", request_for("key:b", 1000, 900)).granted, 200);
}

TEST_P(BudgetsTest, SumsGoBeyondSixtyFourBitsWhereTheStoreCan) {
    exchange("p1", request_for("key:a", 1, 0));
    const PicodollarSum large = PicodollarSum(9'000'000'000'000'000'000) * 10;
    ASSERT_TRUE(set_budget_spent(*sql_, "key:a", large));
    book("p1", "key:a", 0, large);

    EXPECT_EQ(to_text(balance("key:a").spent),
              is_postgres() ? "180000000000000000000" : "9223372036854775807");
}

TOLLWEIR_BOTH_STORES(BudgetsTest);

}  // namespace
}  // namespace tollweir
