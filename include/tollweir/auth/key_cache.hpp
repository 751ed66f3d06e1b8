#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tollweir/auth/key_source.hpp"

namespace tollweir {

/// A key as it was loaded. Shared by all workers, never changed but for `dropped`.
struct CachedKey {
    KeyRecord record;
    TimePoint loaded;         // the look-up began then
    TimePoint ends = kNever;  // the grace of a replaced key: it serves no longer, stale or not
    std::uint64_t epoch = 0;  // of the cache when it was loaded
    /// The row has changed or another copy has taken its place: this one serves nobody.
    std::atomic<bool> dropped{false};
};

using CachedKeyPointer = std::shared_ptr<CachedKey>;

struct KeyCacheOptions {
    std::chrono::milliseconds ttl{60'000};           // a copy is asked for anew after this
    std::chrono::milliseconds stale_for{3'600'000};  // and serves this long while the store is away
    bool stale_without_end = false;
    std::size_t max_keys = 250'000;  // the longest unloaded ones go first
};

/// The keys of the process as last loaded, and the look-ups under way: one a key at a time,
/// gathered into few queries, so that neither a crowd nor a flood of wrong keys costs a query a
/// request. Workers keep a table of their own in front of it (WorkerKeys). Any thread.
///
/// What changes in the store is forgotten at once (`forget`), on all workers. A copy whose row has
/// not changed outlives an outage of the store. Keys that do not exist are remembered for five
/// seconds, in a table of fixed size; creating one makes it forgotten.
class KeyCache {
public:
    using Now = std::function<TimePoint()>;
    /// `bind` is called once for each loaded record before anybody sees it.
    KeyCache(KeySource source, std::function<void(KeyRecord&)> bind, KeyCacheOptions options,
             Now now = &Clock::now);
    ~KeyCache();

    void set_options(const KeyCacheOptions& options);

    struct Held {
        enum class State : std::uint8_t {
            missing,  // must be looked up
            unknown,  // was looked up lately: there is no such key
            fresh,    // `key` serves
            stale,    // `key` serves if the store does not answer
        };
        State state = State::missing;
        CachedKeyPointer key;
        TimePoint fresh_until{};  // with `fresh`
    };
    /// What is known without a look-up.
    Held find(const Sha256Digest& digest);

    /// The key, or null if there is none. Errors: `unavailable`.
    using Outcome = Result<CachedKeyPointer>;
    using Done = std::function<void(const Outcome&)>;
    /// Asks the store; a look-up of this key that is under way is joined. `done` is called once, on
    /// any thread, at once or later.
    void look_up(const Sha256Digest& digest, Done done);
    /// Asks the store in the background, for a copy that will soon be old.
    void refresh(const Sha256Digest& digest);
    /// Sends the look-ups that had to wait for their turn. To be called every few milliseconds
    /// while any are waited for.
    void pump();

    /// The last look-up failed or took too long: stale copies serve without waiting.
    bool is_store_away() const { return away_until_.load(std::memory_order_relaxed) != 0; }
    /// Somebody has waited long enough.
    void note_slow();

    /// A row has changed, whoever did it: `table` as LiteLLM names it, `id` its key.
    void forget(std::string_view table, std::string_view id);
    void forget_key(const Sha256Digest& digest);
    /// Changes may have been missed: every copy is asked for anew, though it still serves as a
    /// stale one.
    void forget_all();

    std::uint64_t epoch() const { return epoch_.load(std::memory_order_acquire); }
    std::size_t size() const;
    /// Queries sent so far, for tests and metrics.
    std::uint64_t query_count() const { return queries_.load(std::memory_order_relaxed); }

    static constexpr std::chrono::milliseconds kUnknownFor{5'000};
    /// Look-ups that may wait at once; beyond it the answer is `unavailable`.
    static constexpr std::size_t kMaxWaiting = 8'192;
    static constexpr std::size_t kMaxBatch = 256;
    static constexpr std::size_t kMaxQueriesAtOnce = 2;
    /// Queries a second that look-ups may cost; a burst of as many goes at once.
    static constexpr std::int64_t kQueriesPerSecond = 200;
    /// While the store is away it is asked this often.
    static constexpr std::chrono::milliseconds kRetryAway{1'000};

private:
    struct Slot {
        CachedKeyPointer key;
        std::list<Sha256Digest>::iterator place;  // in `by_age`
    };
    /// A mutex each, held for a look-up: a team's change visits every key, and must not hold up a
    /// worker that looks for another one.
    struct Shard {
        using Slots = std::unordered_map<Sha256Digest, Slot, DigestHash>;

        void drop(Slots::iterator slot);

        mutable std::mutex mutex;
        Slots slots;
        std::list<Sha256Digest> by_age;  // as they were loaded, oldest first
    };
    struct Unknown {
        Sha256Digest digest{};
        TimePoint until{};
    };
    struct Lookup {
        std::vector<Done> waiting;
        bool sent = false;
        bool changed = false;  // the row changed after it was sent: its answer may be the old row
        int rounds = 0;
    };
    struct Batch {
        std::vector<Sha256Digest> digests;
        TimePoint sent;
        std::uint64_t epoch;
    };

    static constexpr std::size_t kShards = 16;
    static constexpr std::size_t kUnknowns = 16'384;

    Shard& shard_of(const Sha256Digest& digest) { return shards_[digest[31] % kShards]; }
    void start(const Sha256Digest& digest, Done done);
    std::vector<Batch> next_batches();
    void send(Batch batch);
    void take_answer(const Batch& batch, Result<std::vector<FoundKey>> found);
    CachedKeyPointer store(const Sha256Digest& digest, const Batch& batch, FoundKey found);
    void settle(const Sha256Digest& digest, const Outcome& outcome);
    bool is_outdated(const Sha256Digest& digest);
    void remember_unknown(const Sha256Digest& digest);
    void note_grace(const Sha256Digest& successor, const Sha256Digest& old);
    void drop(const Sha256Digest& digest);
    template <class Predicate>
    void drop_where(Predicate matches);
    void mark_changed(const Sha256Digest* digest);
    void refill_tokens(TimePoint now);

    const KeySource source_;
    const std::function<void(KeyRecord&)> bind_;
    const Now now_;
    std::atomic<std::uint64_t> epoch_{1};
    std::atomic<std::int64_t> away_until_{0};  // of Clock, in nanoseconds; 0: it answers
    std::atomic<std::uint64_t> queries_{0};
    std::array<Shard, kShards> shards_;

    // Look-ups and options. Taken by workers on a miss only.
    mutable std::mutex mutex_;
    KeyCacheOptions options_;
    std::map<Sha256Digest, Lookup> lookups_;  // not hashed: who floods chooses the digests
    std::deque<Sha256Digest> queue_;          // not sent yet
    std::vector<Unknown> unknowns_;
    // Replaced keys in grace that are held under their old digests, by their successors.
    std::multimap<Sha256Digest, Sha256Digest> graces_;
    std::size_t under_way_ = 0;
    std::int64_t tokens_ = kQueriesPerSecond;
    TimePoint refilled_{};
};

}  // namespace tollweir
