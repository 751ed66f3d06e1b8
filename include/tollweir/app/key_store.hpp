#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "tollweir/auth/key_cache.hpp"
#include "tollweir/config/config.hpp"
#include "tollweir/storage/store_pool.hpp"

namespace tollweir {

/// The keys of the store, as requests ask for them: the key cache and its look-ups in the store.
/// Outlives the pool's threads and the workers.
class KeyStore {
public:
    /// `bind` finds the limits of a loaded record (Limiter::bind). Before the pool is used.
    /// Keys of users whom the configuration gives aliases have these where they have none.
    KeyStore(StorePool& pool, std::function<void(KeyRecord&)> bind, const Config& config);

    KeyCache& cache() { return cache_; }
    /// A row has changed: keys that it has to do with are asked for anew. Any thread.
    void forget(const StoreChange& change);
    /// A configuration was loaded anew.
    void configure(const Config& config);

private:
    using Aliases = std::map<std::string, NameMap, std::less<>>;  // by user

    void look_up(std::vector<Sha256Digest> digests, KeysFound done);
    void lend_aliases(KeyRecord& record) const;
    /// False: they are the ones before.
    bool replace_aliases(const Config& config);

    StorePool& pool_;
    mutable std::mutex mutex_;  // of the pointer: the main loop sets it, the store's threads look
    std::shared_ptr<const Aliases> aliases_ = std::make_shared<const Aliases>();
    KeyCache cache_;
};

}  // namespace tollweir
