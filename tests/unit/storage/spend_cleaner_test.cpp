#include "tollweir/storage/spend_cleaner.hpp"

#include <gtest/gtest.h>

#include "storage/spend_cleanup.hpp"
#include "tollweir/core/time_text.hpp"
#include "tollweir/storage/store_pool.hpp"
#include "unit/storage/test_store.hpp"

namespace tollweir {
namespace {

using namespace std::chrono_literals;

class SpendCleanerTest : public BothStores {
protected:
    void SetUp() override {
        BothStores::SetUp();
        if (!store_) return;
        auto opened = StorePool::open(store_->options());
        ASSERT_TRUE(opened) << opened.error().message;
        pool_ = std::move(*opened);
        ASSERT_TRUE(becomes_true([this] { return pool_->is_reachable(); }));
    }

    template <class Condition>
    static bool becomes_true(Condition condition) {
        const auto deadline = Clock::now() + 20s;
        while (!condition()) {
            if (Clock::now() > deadline) return false;
            std::this_thread::sleep_for(2ms);
        }
        return true;
    }

    template <class Work>
    auto run(Work work) {
        auto done = pool_->run_blocking(StoreLane::admin, std::move(work));
        EXPECT_TRUE(done) << done.error().message;
        return done;
    }

    void add_row(const std::string& id, WallTime start) {
        run([&](Sql& sql) {
            return sql.run(
                "insert into \"LiteLLM_SpendLogs\" (\"request_id\", \"call_type\", \"startTime\", "
                "\"endTime\") values ($1, 'acompletion', $2, $2)",
                {id, start});
        });
    }

    std::string ids() {
        const auto rows = *run([](Sql& sql) {
            return sql.run("select \"request_id\" from \"LiteLLM_SpendLogs\" order by 1");
        });
        std::string out;
        for (std::size_t row = 0; row < rows.size(); ++row) out += rows.text(row, 0);
        return out;
    }

    bool take(const std::string& holder, WallTime now, WallTime due) {
        const TaskClaim claim{kSpendCleanup, holder, now, now + 5min};
        return *run([&](Sql& sql) { return claim.take(sql, due); });
    }

    Result<std::size_t> remove(const std::string& holder, std::size_t count) {
        const TaskClaim claim{kSpendCleanup, holder, now_, now_ + 5min};
        return pool_->run_blocking(StoreLane::admin, [&](Sql& sql) {
            return delete_old_spend(sql, claim, now_ - 24h, count);
        });
    }

    void end(const std::string& holder, bool all_done) {
        const TaskClaim claim{kSpendCleanup, holder, now_, now_};
        run([&](Sql& sql) { return claim.end(sql, all_done); });
    }

    const WallTime now_ = *parse_rfc3339("2026-11-26T12:00:00Z");
    std::unique_ptr<StorePool> pool_;
};
TOLLWEIR_BOTH_STORES(SpendCleanerTest);

TEST_P(SpendCleanerTest, DeletesTheOldestFirstAndNothingYounger) {
    add_row("c", now_ - 25h);
    add_row("a", now_ - 27h);
    add_row("b", now_ - 26h);
    add_row("d", now_ - 24h);
    add_row("e", now_ - 1h);
    ASSERT_TRUE(take("me", now_, now_ - 1h));

    EXPECT_EQ(remove("me", 2).value_or(0), 2U);
    EXPECT_EQ(ids(), "cde");
    EXPECT_EQ(remove("me", 2).value_or(0), 1U);
    EXPECT_EQ(ids(), "de");
}

TEST_P(SpendCleanerTest, OneProcessAtATimeCleans) {
    ASSERT_TRUE(take("first", now_, now_ - 1h));
    EXPECT_FALSE(take("second", now_ + 1min, now_ + 1h));

    end("first", true);

    EXPECT_FALSE(take("second", now_ + 2min, now_ - 58min)) << "begun since it was due";
    EXPECT_TRUE(take("second", now_ + 1h + 1min, now_ + 1min));
}

TEST_P(SpendCleanerTest, TheClaimOfADeadProcessRunsOut) {
    ASSERT_TRUE(take("dead", now_ - 6min, now_ - 1h));

    EXPECT_TRUE(take("second", now_, now_ - 1h));

    const auto removed = remove("dead", 10);
    ASSERT_FALSE(removed);
    EXPECT_EQ(removed.error().kind, ErrorKind::conflict);
}

TEST_P(SpendCleanerTest, WhoWorksKeepsTheClaim) {
    ASSERT_TRUE(take("me", now_ - 4min, now_ - 1h));
    ASSERT_TRUE(remove("me", 10));

    EXPECT_FALSE(take("second", now_ + 4min, now_ + 4min - 1h));
}

TEST_P(SpendCleanerTest, WhatIsLeftMayBeDoneAtOnce) {
    ASSERT_TRUE(take("me", now_, now_ - 1h));
    end("me", false);

    EXPECT_TRUE(take("second", now_ + 1min, now_ - 59min));
}

TEST_P(SpendCleanerTest, ThreadDeletesAsTheConfigurationSaysAndStops) {
    const auto now = WallClock::now();
    for (int i = 0; i < 5; ++i) add_row("old" + std::to_string(i), now - 48h);
    add_row("young", now - 1h);
    SpendConfig spend;
    spend.cleanup_batch_rows = 2;
    SpendCleaner cleaner(*pool_);
    cleaner.configure(spend);
    cleaner.start();
    EXPECT_EQ(ids(), "old0old1old2old3old4young") << "nothing is said of an age";

    spend.retention = 24h;
    cleaner.configure(spend);

    EXPECT_TRUE(becomes_true([this] { return ids() == "young"; })) << ids();
    cleaner.stop();
}

TEST_P(SpendCleanerTest, ARunEndsAtItsBound) {
    const auto now = WallClock::now();
    for (int i = 0; i < 5; ++i) add_row(std::to_string(i), now - 48h + std::chrono::minutes(i));
    SpendConfig spend;
    spend.retention = 24h;
    spend.cleanup_batch_rows = 2;
    spend.cleanup_batches = 1;
    SpendCleaner cleaner(*pool_);
    cleaner.configure(spend);
    cleaner.start();

    // The claim is given back at the end of the run.
    const auto has_ended = [this] {
        const auto rows = *run([](Sql& sql) {
            return sql.run("select 1 from tollweir_task where held_until is null");
        });
        return !rows.empty();
    };
    EXPECT_TRUE(becomes_true(has_ended));
    EXPECT_EQ(ids(), "234");
    cleaner.stop();
}

}  // namespace
}  // namespace tollweir
