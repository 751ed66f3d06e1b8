#pragma once

#include <functional>

#include "tollweir/auth/key_cache.hpp"
#include "tollweir/config/config.hpp"
#include "tollweir/storage/store_pool.hpp"

namespace tollweir {

/// The keys of the store, as requests ask for them: the key cache and its look-ups in the store.
/// Outlives the pool's threads and the workers.
class KeyStore {
public:
    /// `bind` finds the limits of a loaded record (Limiter::bind). Before the pool is used.
    KeyStore(StorePool& pool, std::function<void(KeyRecord&)> bind, const Config& config);

    KeyCache& cache() { return cache_; }
    /// A row has changed: keys that it has to do with are asked for anew. Any thread.
    void forget(const StoreChange& change);
    /// A configuration was loaded anew.
    void configure(const Config& config);

private:
    void look_up(std::vector<Sha256Digest> digests, KeysFound done);

    StorePool& pool_;
    KeyCache cache_;
};

}  // namespace tollweir
