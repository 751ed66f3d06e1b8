#include "tollweir/auth/key_cache.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>

namespace tollweir {
namespace {

using namespace std::chrono_literals;
using State = KeyCache::Held::State;

Sha256Digest digest_of(const std::string& key) {
    return sha256(key);
}

/// A store in memory that answers when told to, and a clock that stands still.
class KeyCacheTest : public testing::Test {
protected:
    KeyCacheTest() { options.max_keys = 1'000; }

    KeyCache& cache() {
        if (!cache_)
            cache_.emplace(
                [this](std::vector<Sha256Digest> digests, KeysFound found) {
                    queries.push_back({std::move(digests), std::move(found)});
                    if (answers_at_once) answer();
                },
                [this](KeyRecord&) { ++bound; }, options, [this] { return now; });
        return *cache_;
    }

    void add(const std::string& key, const std::string& team = "") {
        KeyRecord record;
        record.digest = digest_of(key);
        record.hash = to_hex(record.digest);
        record.alias = key;
        record.team_id = team;
        rows[record.digest] = std::move(record);
    }
    void remove(const std::string& key) { rows.erase(digest_of(key)); }

    /// Answers the oldest query from the rows as they are now.
    void answer() {
        auto query = std::move(queries.front());
        queries.erase(queries.begin());
        ++answered;
        if (away) {
            query.found(fail(ErrorKind::unavailable, "away"));
            return;
        }
        std::vector<FoundKey> found;
        for (const auto& digest : query.digests) {
            auto& one = found.emplace_back();
            if (const auto row = rows.find(digest); row != rows.end())
                one.record = std::make_unique<KeyRecord>(row->second);
            if (const auto grace = graces.find(digest); grace != graces.end()) {
                one.record = std::make_unique<KeyRecord>(rows.at(grace->second.first));
                one.ends = grace->second.second;
            }
        }
        query.found(std::move(found));
    }

    /// Nothing: not answered yet. An alias, `none`, or `error`.
    std::optional<std::string>& ask(const std::string& key) {
        auto& said = said_.emplace_back();
        cache().look_up(digest_of(key), [&said](const KeyCache::Outcome& outcome) {
            said = !outcome ? "error" : *outcome ? (*outcome)->record.alias : "none";
        });
        return said;
    }
    State state(const std::string& key) { return cache().find(digest_of(key)).state; }
    void load(const std::string& key) {
        answers_at_once = true;
        ask(key);
        answers_at_once = false;
    }

    struct Query {
        std::vector<Sha256Digest> digests;
        KeysFound found;
    };
    KeyCacheOptions options;
    TimePoint now = Clock::now();
    std::map<Sha256Digest, KeyRecord> rows;
    std::map<Sha256Digest, std::pair<Sha256Digest, WallTime>> graces;
    std::vector<Query> queries;
    bool answers_at_once = false;
    bool away = false;
    int answered = 0;
    int bound = 0;

private:
    std::list<std::optional<std::string>> said_;
    std::optional<KeyCache> cache_;
};

TEST_F(KeyCacheTest, HoldsAKeyUntilItsTimeIsOver) {
    add("sk-a");
    EXPECT_EQ(state("sk-a"), State::missing);
    load("sk-a");
    EXPECT_EQ(state("sk-a"), State::fresh);
    EXPECT_EQ(bound, 1);
    now += 59s;
    EXPECT_EQ(state("sk-a"), State::fresh);
    now += 2s;
    EXPECT_EQ(state("sk-a"), State::stale);
    load("sk-a");
    EXPECT_EQ(state("sk-a"), State::fresh);
    EXPECT_EQ(answered, 2);
}

TEST_F(KeyCacheTest, AsksOnceForACrowd) {
    add("sk-a");
    const auto& first = ask("sk-a");
    const auto& second = ask("sk-a");
    const auto& third = ask("sk-a");
    EXPECT_EQ(queries.size(), 1u);
    answer();
    EXPECT_EQ(first, "sk-a");
    EXPECT_EQ(second, "sk-a");
    EXPECT_EQ(third, "sk-a");
    EXPECT_EQ(bound, 1);
    EXPECT_TRUE(queries.empty());
}

TEST_F(KeyCacheTest, GathersKeysIntoFewQueries) {
    add("sk-1");
    for (int i = 0; i < 100; ++i) ask("sk-" + std::to_string(i));
    ASSERT_EQ(queries.size(), KeyCache::kMaxQueriesAtOnce);
    EXPECT_EQ(queries[0].digests.size(), 1u);
    answer();
    ASSERT_EQ(queries.size(), KeyCache::kMaxQueriesAtOnce);
    EXPECT_EQ(queries[1].digests.size(), 98u) << "all that waited, in one";
}

TEST_F(KeyCacheTest, RemembersForAWhileThatThereIsNoSuchKey) {
    load("sk-wrong");
    EXPECT_EQ(state("sk-wrong"), State::unknown);
    now += 4s;
    EXPECT_EQ(state("sk-wrong"), State::unknown);
    now += 2s;
    EXPECT_EQ(state("sk-wrong"), State::missing);
}

TEST_F(KeyCacheTest, LetsAKeyThatWasJustCreatedWorkAtOnce) {
    load("sk-new");
    ASSERT_EQ(state("sk-new"), State::unknown);
    add("sk-new");
    cache().forget("LiteLLM_VerificationToken", to_hex(digest_of("sk-new")));
    EXPECT_EQ(state("sk-new"), State::missing);
    load("sk-new");
    EXPECT_EQ(state("sk-new"), State::fresh);
}

TEST_F(KeyCacheTest, BoundsTheQueriesOfAFlood) {
    answers_at_once = true;
    for (int i = 0; i < 5'000; ++i) ask("sk-wrong-" + std::to_string(i));
    EXPECT_EQ(cache().query_count(), static_cast<std::uint64_t>(KeyCache::kQueriesPerSecond));
    add("sk-right");
    const auto& right = ask("sk-right");
    EXPECT_FALSE(right) << "it waits its turn";
    for (int i = 0; i < 20 && !right; ++i) {
        now += 20ms;
        cache().pump();
    }
    EXPECT_EQ(right, "sk-right");
    EXPECT_LE(cache().query_count(), static_cast<std::uint64_t>(KeyCache::kQueriesPerSecond) + 80);
}

TEST_F(KeyCacheTest, RefusesWhatWouldWaitTooLong) {
    const std::optional<std::string>* last = nullptr;
    for (std::size_t i = 0; i <= KeyCache::kMaxWaiting; ++i)
        last = &ask("sk-wrong-" + std::to_string(i));
    EXPECT_EQ(*last, "error");
    EXPECT_FALSE(ask("sk-wrong-0")) << "joins one that waits";
}

TEST_F(KeyCacheTest, ForgetsAKeyOfWhichTheRowChanged) {
    add("sk-a");
    add("sk-b");
    load("sk-a");
    load("sk-b");
    const auto held = cache().find(digest_of("sk-a"));
    cache().forget("LiteLLM_VerificationToken", to_hex(digest_of("sk-a")));
    EXPECT_TRUE(held.key->dropped);
    EXPECT_EQ(state("sk-a"), State::missing);
    EXPECT_EQ(state("sk-b"), State::fresh);
}

TEST_F(KeyCacheTest, ForgetsTheKeysOfATeam) {
    add("sk-a", "red");
    add("sk-b", "blue");
    load("sk-a");
    load("sk-b");
    cache().forget("LiteLLM_TeamTable", "red");
    EXPECT_EQ(state("sk-a"), State::missing);
    EXPECT_EQ(state("sk-b"), State::fresh);
}

TEST_F(KeyCacheTest, IgnoresChangesOfOtherTables) {
    add("sk-a", "red");
    load("sk-a");
    cache().forget("LiteLLM_SpendLogs", "red");
    cache().forget("LiteLLM_VerificationToken", "no digest");
    EXPECT_EQ(state("sk-a"), State::fresh);
}

TEST_F(KeyCacheTest, DoesNotKeepARowThatChangedWhileItWasRead) {
    add("sk-a");
    const auto& said = ask("sk-a");
    auto old = std::move(queries.front());  // reads the row as it is now
    queries.clear();
    cache().forget_key(digest_of("sk-a"));
    std::vector<FoundKey> found(1);
    found[0].record = std::make_unique<KeyRecord>(rows.at(digest_of("sk-a")));
    old.found(std::move(found));
    EXPECT_FALSE(said) << "asked again";
    EXPECT_EQ(state("sk-a"), State::missing);
    remove("sk-a");
    ASSERT_EQ(queries.size(), 1u);
    answer();
    EXPECT_EQ(said, "none");
}

TEST_F(KeyCacheTest, DoesNotAskForEverForARowThatAlwaysChanges) {
    add("sk-a");
    const auto& said = ask("sk-a");
    for (int i = 0; i < 10 && !queries.empty(); ++i) {
        cache().forget_key(digest_of("sk-a"));
        answer();
    }
    EXPECT_EQ(said, "sk-a");
}

TEST_F(KeyCacheTest, KeepsOldCopiesWhileTheStoreIsAway) {
    add("sk-a");
    load("sk-a");
    away = true;
    now += 2min;
    EXPECT_FALSE(cache().is_store_away());
    answers_at_once = true;
    EXPECT_EQ(ask("sk-a"), "error");
    EXPECT_TRUE(cache().is_store_away());
    EXPECT_EQ(state("sk-a"), State::stale);
    EXPECT_EQ(ask("sk-other"), "error") << "never: no such key";
    now += 61min;
    EXPECT_EQ(state("sk-a"), State::missing) << "stale_for has passed";
    away = false;
    EXPECT_EQ(ask("sk-a"), "sk-a");
    EXPECT_FALSE(cache().is_store_away());
}

TEST_F(KeyCacheTest, ServesOldCopiesWithoutEndWhereThatIsWanted) {
    options.stale_without_end = true;
    add("sk-a");
    load("sk-a");
    now += 24h;
    EXPECT_EQ(state("sk-a"), State::stale);
}

TEST_F(KeyCacheTest, AsksAStoreThatIsAwayOnceASecond) {
    add("sk-a");
    load("sk-a");
    away = true;
    answers_at_once = true;
    now += 2min;
    ask("sk-a");
    const auto before = cache().query_count();
    for (int i = 0; i < 50; ++i) cache().refresh(digest_of("sk-a"));
    EXPECT_EQ(cache().query_count(), before);
    now += KeyCache::kRetryAway;
    cache().refresh(digest_of("sk-a"));
    EXPECT_EQ(cache().query_count(), before + 1);
}

TEST_F(KeyCacheTest, DoesNotServeAChangedRowFromItsOldCopyWhileTheStoreIsAway) {
    add("sk-a");
    load("sk-a");
    cache().forget_key(digest_of("sk-a"));
    away = true;
    answers_at_once = true;
    EXPECT_EQ(ask("sk-a"), "error");
    EXPECT_EQ(state("sk-a"), State::missing);
}

TEST_F(KeyCacheTest, AsksForAllAnewWhereChangesMayHaveBeenMissed) {
    add("sk-a");
    load("sk-a");
    load("sk-wrong");
    cache().forget_all();
    EXPECT_EQ(state("sk-a"), State::stale) << "still there for an outage";
    EXPECT_EQ(state("sk-wrong"), State::missing);
    load("sk-a");
    EXPECT_EQ(state("sk-a"), State::fresh);
}

TEST_F(KeyCacheTest, EndsAReplacedKeyWithItsGrace) {
    add("sk-new");
    graces[digest_of("sk-old")] = {digest_of("sk-new"), WallClock::now() + 30s};
    load("sk-old");
    EXPECT_EQ(state("sk-old"), State::fresh);
    now += 31s;
    EXPECT_EQ(state("sk-old"), State::missing) << "not even as a stale copy";
}

TEST_F(KeyCacheTest, ForgetsAReplacedKeyWhenItsSuccessorChanges) {
    add("sk-new");
    graces[digest_of("sk-old")] = {digest_of("sk-new"), WallClock::now() + 1h};
    load("sk-old");
    load("sk-new");
    cache().forget_key(digest_of("sk-new"));
    EXPECT_EQ(state("sk-old"), State::missing);
    load("sk-old");
    cache().forget("LiteLLM_DeprecatedVerificationToken", "some-id");
    EXPECT_EQ(state("sk-old"), State::missing);
}

TEST_F(KeyCacheTest, HoldsNoMoreKeysThanItMay) {
    options.max_keys = 64;
    CachedKeyPointer first;
    for (int i = 0; i < 1'000; ++i) {
        const auto key = "sk-" + std::to_string(i);
        add(key);
        now += 10ms;
        load(key);
        if (i == 0) first = cache().find(digest_of(key)).key;
    }
    EXPECT_LE(cache().size(), 64u);
    EXPECT_TRUE(first->dropped) << "a change of it could not be told to who still holds it";
    EXPECT_EQ(state("sk-999"), State::fresh);
}

TEST_F(KeyCacheTest, LetsGoOfKeysThatNobodyMayUseAnyMore) {
    for (int i = 0; i < 100; ++i) {
        add("sk-" + std::to_string(i));
        load("sk-" + std::to_string(i));
    }
    now += 2h;
    for (int i = 100; i < 300; ++i) {
        add("sk-" + std::to_string(i));
        now += 10ms;
        load("sk-" + std::to_string(i));
    }
    EXPECT_EQ(cache().size(), 200u);
}

}  // namespace
}  // namespace tollweir
