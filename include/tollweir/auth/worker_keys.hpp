#pragma once

#include <list>
#include <memory>
#include <optional>
#include <unordered_map>

#include "tollweir/auth/key_cache.hpp"
#include "tollweir/net/client_connection.hpp"
#include "tollweir/net/task.hpp"
#include "tollweir/net/tick.hpp"
#include "tollweir/net/worker.hpp"

namespace tollweir {

/// One worker's own table in front of the key cache: the keys it has served lately, under counts
/// that no other thread touches. A key that is in it costs no lock, no allocation and no I/O.
/// Worker thread only.
class WorkerKeys {
public:
    /// Both outlive it.
    WorkerKeys(KeyCache& cache, net::Worker& worker);

    KeyCache& cache() { return cache_; }

    using Key = std::shared_ptr<const KeyRecord>;
    struct Known {
        Key key;
        bool no_such_key = false;  // with no key: it was looked up lately
    };
    /// Without waiting. Neither a key nor `no_such_key`: `look_up` must tell.
    Known find(const Sha256Digest& digest, TimePoint now);

    /// The key, or null if there is none. Ends early if the client leaves. Errors: `unavailable`
    /// (the store does not answer and there is no copy that may serve), `client_closed`.
    net::Task<Result<Key>> look_up(net::ClientConnection& client, Sha256Digest digest);

    static constexpr std::size_t kMaxKeys = 32'768;

private:
    struct Entry {
        Sha256Digest digest;
        Key record;            // under a count of this worker's own
        const CachedKey* key;  // kept alive by `record`
        std::uint64_t epoch;
        TimePoint fresh_until;
        TimePoint refresh_at;
        TimePoint used;
    };
    using Entries = std::list<Entry>;
    /// Sends look-ups that had to wait, while anybody waits here.
    class Pump final : public net::TickItem {
    public:
        explicit Pump(KeyCache& cache) : cache_(cache) {}
        void on_tick(TimePoint) override { cache_.pump(); }

    private:
        KeyCache& cache_;
    };

    Key keep(const Sha256Digest& digest, CachedKeyPointer key, TimePoint fresh_until,
             TimePoint now);
    void erase(Entries::iterator entry);

    KeyCache& cache_;
    net::Worker& worker_;
    Entries entries_;  // most lately used first
    std::unordered_map<Sha256Digest, Entries::iterator, DigestHash> by_digest_;
};

}  // namespace tollweir
