#include "tollweir/app/key_store.hpp"

#include <utility>

#include "tollweir/storage/key_lookup.hpp"

namespace tollweir {
namespace {

KeyCacheOptions options_of(const Config& config) {
    KeyCacheOptions options;
    options.ttl = config.access.key_cache_ttl;
    options.stale_for = config.access.stale_for;
    options.stale_without_end = config.database.allow_requests_when_unavailable;
    return options;
}

Result<std::vector<FoundKey>> find(Result<Sql*> sql, const std::vector<Sha256Digest>& digests) {
    if (!sql) return std::unexpected(std::move(sql.error()));
    auto looked_up = find_keys(**sql, digests, WallClock::now());
    if (!looked_up) return std::unexpected(std::move(looked_up.error()));
    std::vector<FoundKey> found;
    found.reserve(looked_up->size());
    for (auto& key : *looked_up) found.push_back({std::move(key.record), key.ends});
    return found;
}

}  // namespace

KeyStore::KeyStore(StorePool& pool, std::function<void(KeyRecord&)> bind, const Config& config)
    : pool_(pool),
      cache_([this](std::vector<Sha256Digest> digests,
                    KeysFound done) { look_up(std::move(digests), std::move(done)); },
             [this, bind = std::move(bind)](KeyRecord& record) {
                 lend_aliases(record);
                 bind(record);
             },
             options_of(config)) {
    replace_aliases(config);
}

void KeyStore::forget(const StoreChange& change) {
    if (change.table.empty()) return cache_.forget_all();
    cache_.forget(change.table, change.id);
}

void KeyStore::configure(const Config& config) {
    cache_.set_options(options_of(config));
    if (replace_aliases(config)) cache_.forget_all();
}

void KeyStore::lend_aliases(KeyRecord& record) const {
    if (record.user_id.empty() || !record.aliases.empty()) return;
    std::shared_ptr<const Aliases> aliases;
    {
        const std::lock_guard lock(mutex_);
        aliases = aliases_;
    }
    if (const auto found = aliases->find(record.user_id); found != aliases->end())
        record.aliases = found->second;
}

bool KeyStore::replace_aliases(const Config& config) {
    Aliases aliases;
    for (const auto& user : config.people.users)
        if (!user.aliases.empty()) aliases.emplace(user.id, user.aliases);
    const std::lock_guard lock(mutex_);
    if (aliases == *aliases_) return false;
    aliases_ = std::make_shared<const Aliases>(std::move(aliases));
    return true;
}

void KeyStore::look_up(std::vector<Sha256Digest> digests, KeysFound done) {
    pool_.post(StoreLane::lookup, [digests = std::move(digests), done = std::move(done)](
                                      Result<Sql*> sql) { done(find(std::move(sql), digests)); });
}

}  // namespace tollweir
