#include "tollweir/auth/key_cache.hpp"

#include <algorithm>
#include <utility>

namespace tollweir {
namespace {

// A row that changes while it is read is read again, but not for ever.
constexpr int kMaxRounds = 3;
constexpr std::size_t kMaxGraces = 10'000;

constexpr std::string_view kTablePrefix = "LiteLLM_";

bool names_team(const KeyRecord& key, std::string_view id) {
    return key.team_id == id;
}

bool uses_budget(const KeyRecord& key, std::string_view id) {
    return key.budget_id == id || (key.member && key.member->budget_id == id) ||
           (key.organization && key.organization->budget_id == id) ||
           (key.organization_member && key.organization_member->budget_id == id) ||
           (key.project && key.project->budget_id == id);
}

}  // namespace

KeyCache::KeyCache(KeySource source, std::function<void(KeyRecord&)> bind, KeyCacheOptions options,
                   Now now)
    : source_(std::move(source)),
      bind_(std::move(bind)),
      now_(std::move(now)),
      options_(options),
      unknowns_(kUnknowns) {}

KeyCache::~KeyCache() = default;

void KeyCache::set_options(const KeyCacheOptions& options) {
    const std::lock_guard lock(mutex_);
    options_ = options;
}

std::size_t KeyCache::size() const {
    std::size_t count = 0;
    for (const auto& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        count += shard.slots.size();
    }
    return count;
}

KeyCache::Held KeyCache::find(const Sha256Digest& digest) {
    Held held;
    {
        auto& shard = shard_of(digest);
        const std::lock_guard lock(shard.mutex);
        if (const auto found = shard.slots.find(digest); found != shard.slots.end())
            held.key = found->second.key;
    }
    const auto now = now_();
    const std::lock_guard lock(mutex_);
    if (!held.key) {
        const auto& remembered = unknowns_[DigestHash()(digest) % kUnknowns];
        if (remembered.digest == digest && now < remembered.until)
            held.state = Held::State::unknown;
        return held;
    }
    const auto& key = *held.key;
    held.fresh_until = std::min(key.loaded + options_.ttl, key.ends);
    const auto stale_until =
        options_.stale_without_end ? kNever : after(held.fresh_until, options_.stale_for);
    if (key.epoch == epoch() && now < held.fresh_until)
        held.state = Held::State::fresh;
    else if (now < std::min(stale_until, key.ends))
        held.state = Held::State::stale;
    else
        held.key.reset();
    return held;
}

void KeyCache::look_up(const Sha256Digest& digest, Done done) {
    start(digest, std::move(done));
    pump();
}

void KeyCache::refresh(const Sha256Digest& digest) {
    const TimePoint away_until{TimePoint::duration(away_until_.load(std::memory_order_relaxed))};
    if (now_() < away_until) return;
    start(digest, nullptr);
    pump();
}

void KeyCache::start(const Sha256Digest& digest, Done done) {
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = lookups_.find(digest); found != lookups_.end()) {
            if (done) found->second.waiting.push_back(std::move(done));
            return;
        }
        if (lookups_.size() < kMaxWaiting) {
            auto& lookup = lookups_[digest];
            if (done) lookup.waiting.push_back(std::move(done));
            queue_.push_back(digest);
            return;
        }
    }
    if (!done) return;
    GatewayError error(ErrorKind::unavailable, ErrorSource::gateway,
                       "too many unknown keys are being looked up: try again shortly");
    error.retry_after = "1";
    done(std::unexpected(std::move(error)));
}

void KeyCache::refill_tokens(TimePoint now) {
    if (refilled_ == TimePoint{}) refilled_ = now;
    const auto interval = std::chrono::nanoseconds(std::chrono::seconds(1)) / kQueriesPerSecond;
    const auto earned = (now - refilled_) / interval;
    refilled_ += earned * interval;
    tokens_ = std::min<std::int64_t>(tokens_ + earned, kQueriesPerSecond);
}

std::vector<KeyCache::Batch> KeyCache::next_batches() {
    std::vector<Batch> batches;
    const auto now = now_();
    const std::lock_guard lock(mutex_);
    refill_tokens(now);
    while (!queue_.empty() && under_way_ < kMaxQueriesAtOnce && tokens_ > 0) {
        Batch batch{{}, now, epoch()};
        const auto count = std::min(queue_.size(), kMaxBatch);
        for (std::size_t i = 0; i < count; ++i) {
            auto& lookup = lookups_.at(queue_.front());
            lookup.sent = true;
            lookup.changed = false;
            batch.digests.push_back(queue_.front());
            queue_.pop_front();
        }
        ++under_way_;
        --tokens_;
        batches.push_back(std::move(batch));
    }
    return batches;
}

void KeyCache::pump() {
    for (auto& batch : next_batches()) send(std::move(batch));
}

void KeyCache::send(Batch batch) {
    queries_.fetch_add(1, std::memory_order_relaxed);
    auto digests = batch.digests;
    source_(std::move(digests),
            [this, batch = std::move(batch)](Result<std::vector<FoundKey>> found) {
                take_answer(batch, std::move(found));
            });
}

void KeyCache::take_answer(const Batch& batch, Result<std::vector<FoundKey>> found) {
    {
        const std::lock_guard lock(mutex_);
        --under_way_;
    }
    if (!found) {
        note_slow();
        for (const auto& digest : batch.digests) settle(digest, std::unexpected(found.error()));
        return pump();
    }
    away_until_.store(0, std::memory_order_relaxed);
    for (std::size_t i = 0; i < batch.digests.size() && i < found->size(); ++i) {
        const auto& digest = batch.digests[i];
        CachedKeyPointer key;
        if ((*found)[i].record)
            key = store(digest, batch, std::move((*found)[i]));
        else
            remember_unknown(digest);
        // Looked at after it was stored, while a change first marks the look-up and then drops the
        // copy: whichever comes first, an old row does not stay.
        if (is_outdated(digest)) {
            drop(digest);
            continue;
        }
        settle(digest, key);
    }
    pump();
}

CachedKeyPointer KeyCache::store(const Sha256Digest& digest, const Batch& batch, FoundKey found) {
    auto key = std::make_shared<CachedKey>();
    key->record = std::move(*found.record);
    key->loaded = batch.sent;
    key->epoch = batch.epoch;
    if (bind_) bind_(key->record);
    const auto now = now_();
    if (found.ends) {
        const auto left = *found.ends - WallClock::now();
        key->ends = now + std::chrono::duration_cast<TimePoint::duration>(left);
        note_grace(key->record.digest, digest);
    }
    KeyCacheOptions options;
    {
        const std::lock_guard lock(mutex_);
        options = options_;
    }
    auto& shard = shard_of(digest);
    const std::lock_guard lock(shard.mutex);
    if (const auto old = shard.slots.find(digest); old != shard.slots.end()) shard.drop(old);
    shard.slots[digest] = {key, shard.by_age.insert(shard.by_age.end(), digest)};
    // Room for new ones, and none for those that nobody may use any more.
    const auto oldest = [&shard] { return shard.slots.find(shard.by_age.front()); };
    if (shard.slots.size() > std::max<std::size_t>(options.max_keys / kShards, 1))
        shard.drop(oldest());
    const auto life = options.ttl + options.stale_for;
    if (!options.stale_without_end && after(oldest()->second.key->loaded, life) < now)
        shard.drop(oldest());
    return key;
}

void KeyCache::Shard::drop(Slots::iterator slot) {
    slot->second.key->dropped.store(true, std::memory_order_release);
    by_age.erase(slot->second.place);
    slots.erase(slot);
}

/// `old` shows the row of its successor: it goes when that changes.
void KeyCache::note_grace(const Sha256Digest& successor, const Sha256Digest& old) {
    {
        const std::lock_guard lock(mutex_);
        const auto [first, last] = graces_.equal_range(successor);
        const bool known =
            std::any_of(first, last, [&old](const auto& grace) { return grace.second == old; });
        if (known) return;
        if (graces_.size() < kMaxGraces) {
            graces_.emplace(successor, old);
            return;
        }
        graces_.clear();
        graces_.emplace(successor, old);
    }
    drop_where([](const CachedKey& key) { return key.ends != kNever; });
}

/// Whether the row changed while it was looked up; then it is looked up again.
bool KeyCache::is_outdated(const Sha256Digest& digest) {
    const std::lock_guard lock(mutex_);
    const auto found = lookups_.find(digest);
    if (found == lookups_.end() || !found->second.changed) return false;
    if (++found->second.rounds >= kMaxRounds) return false;
    found->second.sent = false;
    queue_.push_back(digest);
    return true;
}

void KeyCache::settle(const Sha256Digest& digest, const Outcome& outcome) {
    std::vector<Done> waiting;
    {
        const std::lock_guard lock(mutex_);
        const auto found = lookups_.find(digest);
        if (found == lookups_.end()) return;
        waiting = std::move(found->second.waiting);
        lookups_.erase(found);
    }
    for (const auto& done : waiting) done(outcome);
}

void KeyCache::remember_unknown(const Sha256Digest& digest) {
    drop(digest);
    const auto until = now_() + kUnknownFor;
    const std::lock_guard lock(mutex_);
    unknowns_[DigestHash()(digest) % kUnknowns] = {digest, until};
}

void KeyCache::note_slow() {
    const auto until = now_() + kRetryAway;
    away_until_.store(until.time_since_epoch().count(), std::memory_order_relaxed);
}

/// Forgets the copy and that there was none.
void KeyCache::drop(const Sha256Digest& digest) {
    {
        const std::lock_guard lock(mutex_);
        auto& remembered = unknowns_[DigestHash()(digest) % kUnknowns];
        if (remembered.digest == digest) remembered = {};
    }
    auto& shard = shard_of(digest);
    const std::lock_guard lock(shard.mutex);
    if (const auto found = shard.slots.find(digest); found != shard.slots.end()) shard.drop(found);
}

template <class Predicate>
void KeyCache::drop_where(Predicate matches) {
    for (auto& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        for (auto slot = shard.slots.begin(); slot != shard.slots.end();) {
            const auto current = slot++;
            if (matches(*current->second.key)) shard.drop(current);
        }
    }
}

/// Look-ups under way may have read the old row: this key's, or all.
void KeyCache::mark_changed(const Sha256Digest* digest) {
    const std::lock_guard lock(mutex_);
    for (auto& [key, lookup] : lookups_)
        if (lookup.sent && (digest == nullptr || key == *digest)) lookup.changed = true;
}

void KeyCache::forget_key(const Sha256Digest& digest) {
    std::vector<Sha256Digest> olds;
    {
        const std::lock_guard lock(mutex_);
        const auto [first, last] = graces_.equal_range(digest);
        for (auto grace = first; grace != last; ++grace) olds.push_back(grace->second);
        graces_.erase(first, last);
    }
    mark_changed(&digest);
    drop(digest);
    for (const auto& old : olds) {
        mark_changed(&old);
        drop(old);
    }
}

void KeyCache::forget(std::string_view table, std::string_view id) {
    if (table.starts_with(kTablePrefix)) table.remove_prefix(kTablePrefix.size());
    if (table == "VerificationToken") {
        if (const auto digest = parse_digest(id)) forget_key(*digest);
        return;
    }
    const auto drop_keys = [this](auto matches) {
        mark_changed(nullptr);
        drop_where([&matches](const CachedKey& key) { return matches(key.record); });
    };
    if (table == "DeprecatedVerificationToken") {
        mark_changed(nullptr);
        drop_where([](const CachedKey& key) { return key.ends != kNever; });
    } else if (table == "TeamTable") {
        drop_keys([id](const KeyRecord& key) { return names_team(key, id); });
    } else if (table == "UserTable") {
        drop_keys([id](const KeyRecord& key) { return key.user_id == id; });
    } else if (table == "TeamMembership") {
        drop_keys(
            [](const KeyRecord& key) { return !key.team_id.empty() && !key.user_id.empty(); });
    } else if (table == "OrganizationTable") {
        drop_keys([id](const KeyRecord& key) {
            return key.organization_id == id || (key.organization && key.organization->id == id);
        });
    } else if (table == "OrganizationMembership") {
        drop_keys([](const KeyRecord& key) { return key.organization != nullptr; });
    } else if (table == "ProjectTable") {
        drop_keys([id](const KeyRecord& key) { return key.project_id == id; });
    } else if (table == "BudgetTable") {
        drop_keys([id](const KeyRecord& key) { return uses_budget(key, id); });
    } else if (table == "ModelTable") {  // aliases of teams
        drop_keys([](const KeyRecord& key) { return key.team != nullptr; });
    } else if (table == "AccessGroupTable") {
        drop_keys([](const KeyRecord& key) { return !key.access_group_ids.empty(); });
    }
}

void KeyCache::forget_all() {
    epoch_.fetch_add(1, std::memory_order_acq_rel);
    mark_changed(nullptr);
    const std::lock_guard lock(mutex_);
    std::ranges::fill(unknowns_, Unknown{});
}

}  // namespace tollweir
