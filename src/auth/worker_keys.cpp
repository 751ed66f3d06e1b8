#include "tollweir/auth/worker_keys.hpp"

#include "tollweir/net/wake.hpp"

namespace tollweir {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLookupTimeout{5'000};
// How long a request waits for a newer copy of a key before the old one serves.
constexpr milliseconds kStalePatience{500};
// A stale copy serves this long before it is asked again whether it may.
constexpr milliseconds kStaleRound{200};
// Moving an entry to the front costs three cache lines: not for each request of a busy key.
constexpr milliseconds kUsedRound{1'000};

GatewayError store_away() {
    GatewayError error(ErrorKind::unavailable, ErrorSource::gateway,
                       "this key cannot be checked now: the database cannot be reached");
    error.retry_after = "1";
    return error;
}

/// What a look-up brings back to its worker.
struct Wait {
    explicit Wait(boost::asio::io_context& context) : wake(context) {}
    net::Wake wake;
    std::optional<KeyCache::Outcome> outcome;
};

}  // namespace

WorkerKeys::WorkerKeys(KeyCache& cache, net::Worker& worker) : cache_(cache), worker_(worker) {}

void WorkerKeys::erase(Entries::iterator entry) {
    by_digest_.erase(entry->digest);
    entries_.erase(entry);
}

WorkerKeys::Known WorkerKeys::find(const Sha256Digest& digest, TimePoint now) {
    if (const auto found = by_digest_.find(digest); found != by_digest_.end()) {
        auto& entry = *found->second;
        const bool serves = !entry.key->dropped.load(std::memory_order_acquire) &&
                            entry.epoch == cache_.epoch() && now < entry.fresh_until;
        if (serves) {
            if (now >= entry.refresh_at) {
                entry.refresh_at = now + std::chrono::seconds(1);
                cache_.refresh(digest);
            }
            if (now - entry.used > kUsedRound) {
                entry.used = now;
                entries_.splice(entries_.begin(), entries_, found->second);
            }
            return {entry.record, false};
        }
        erase(found->second);
    }
    auto held = cache_.find(digest);
    switch (held.state) {
        case KeyCache::Held::State::fresh:
            return {keep(digest, std::move(held.key), held.fresh_until, now), false};
        case KeyCache::Held::State::stale:
            if (!cache_.is_store_away()) break;
            cache_.refresh(digest);
            return {keep(digest, std::move(held.key), now + kStaleRound, now), false};
        case KeyCache::Held::State::unknown:
            return {nullptr, true};
        case KeyCache::Held::State::missing:
            break;
    }
    return {};
}

WorkerKeys::Key WorkerKeys::keep(const Sha256Digest& digest, CachedKeyPointer key,
                                 TimePoint fresh_until, TimePoint now) {
    if (const auto found = by_digest_.find(digest); found != by_digest_.end()) erase(found->second);
    const auto* raw = key.get();
    Entry entry;
    entry.digest = digest;
    entry.key = raw;
    // Of the cache, not of the copy: a stale one from before an epoch serves its round too.
    entry.epoch = cache_.epoch();
    entry.fresh_until = fresh_until;
    entry.refresh_at = fresh_until - (fresh_until - now) / 5;
    entry.used = now;
    entry.record = Key(&raw->record, [kept = std::move(key)](const KeyRecord*) {});
    entries_.push_front(std::move(entry));
    by_digest_.emplace(digest, entries_.begin());
    if (entries_.size() > kMaxKeys) erase(std::prev(entries_.end()));
    return entries_.front().record;
}

net::Task<Result<WorkerKeys::Key>> WorkerKeys::look_up(net::ClientConnection& client,
                                                       Sha256Digest digest) {
    const auto wait = std::make_shared<Wait>(worker_.context());
    cache_.look_up(digest, [wait, &worker = worker_](const KeyCache::Outcome& outcome) {
        worker.post([wait, outcome] {
            wait->outcome = outcome;
            wait->wake.wake();
        });
    });
    const bool has_copy = cache_.find(digest).state == KeyCache::Held::State::stale;
    Pump pump(cache_);
    worker_.tick().add_busy(pump);
    client.cancel_on_leave(&wait->wake);
    const auto deadline = Clock::now() + (has_copy ? kStalePatience : kLookupTimeout);
    const auto reason = co_await wait->wake.wait_until(deadline);
    client.cancel_on_leave(nullptr);
    if (reason == net::Wake::Reason::cancelled)
        co_return fail(ErrorKind::client_closed, "the client left");
    const auto now = Clock::now();
    if (wait->outcome && *wait->outcome) {
        const auto& key = **wait->outcome;
        if (!key) co_return Key();
        const auto held = cache_.find(digest);
        const auto until = held.key == key ? held.fresh_until : now;
        co_return keep(digest, key, until, now);
    }
    if (!wait->outcome) cache_.note_slow();
    // No answer: the last good copy serves, where there is one.
    auto held = cache_.find(digest);
    if (held.key) co_return keep(digest, std::move(held.key), now + kStaleRound, now);
    if (wait->outcome && wait->outcome->error().kind != ErrorKind::unavailable)
        co_return std::unexpected(wait->outcome->error());
    co_return std::unexpected(store_away());
}

}  // namespace tollweir
