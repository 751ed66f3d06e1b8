#include "tollweir/gateway/admin/key_rotation.hpp"

#include <algorithm>
#include <chrono>

#include "gateway/admin/keys/key_checks.hpp"
#include "gateway/admin/keys/key_json.hpp"
#include "gateway/admin/keys/key_token.hpp"
#include "tollweir/auth/key_cache.hpp"
#include "tollweir/config/snapshot.hpp"
#include "tollweir/core/hash.hpp"
#include "tollweir/core/ids.hpp"
#include "tollweir/core/log.hpp"
#include "tollweir/core/thread_name.hpp"
#include "tollweir/storage/keys.hpp"
#include "tollweir/storage/store_pool.hpp"
#include "tollweir/storage/task_claim.hpp"

namespace tollweir {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kTask = "key_rotation";
// Who rows and the audit log say it was. Source: LiteLLM,
// LITELLM_INTERNAL_JOBS_SERVICE_ACCOUNT_NAME.
constexpr std::string_view kAuthor = "litellm_internal_jobs";
// The claim tells whether it is time, so looking often costs a statement and shortens the wait
// after another process's death.
constexpr auto kLongestWait = 10min;
constexpr auto kRetryWait = 1min;
constexpr auto kClaimTime = 5min;
constexpr std::size_t kPage = 100;

TaskClaim claim_of(const std::string& holder) {
    const auto now = WallClock::now();
    return {kTask, holder, now, now + kClaimTime};
}

/// The store is away, or the task another's; else it is the matter of one key.
bool ends_run(const GatewayError& error) {
    return error.kind == ErrorKind::unavailable || error.kind == ErrorKind::conflict;
}

std::string shown_token(const std::string& token) {
    return token.substr(0, 8) + "...";
}

bool is_due(const KeyRow& row, WallTime now) {
    return row.auto_rotate && (!row.key_rotation_at || *row.key_rotation_at <= now);
}

/// The row with another secret, in a transaction. False: somebody else was faster, or its interval
/// is none, which would make it due again at once.
Result<bool> give_new_secret(Sql& sql, const Config& config, const std::string& token,
                             WallTime due_at, KeyRow& after) {
    const auto before = find_key_row(sql, token, RowLock::update);
    if (!before) return std::unexpected(before.error());
    if (!*before || !is_due(**before, due_at)) return false;
    if (!parse_budget_duration((*before)->rotation_interval)) return false;
    const auto now = WallClock::now();
    after = **before;
    after.updated_at = now;
    after.updated_by = kAuthor;
    give_token(config.key_defaults, Secret(new_secret_key()), now, after);
    const auto grace_end = end_of_grace(config.key_defaults.rotation_grace, now);
    if (auto moved = move_key(sql, **before, after, grace_end, now); !moved)
        return std::unexpected(moved.error());
    if (!config.callbacks.stores_audit_logs) return true;
    const auto noted = write_audit_entry(sql, {"rotated", kKeyTable, after.token, kAuthor, kAuthor,
                                               audit_json(**before), audit_json(after), now});
    if (!noted) return std::unexpected(noted.error());
    return true;
}

}  // namespace

KeyRotation::KeyRotation(StorePool& store, KeyCache& keys)
    : store_(store), keys_(keys), holder_(new_task_holder()) {}

KeyRotation::~KeyRotation() {
    stop();
}

void KeyRotation::configure(std::shared_ptr<const Snapshot> snapshot) {
    if (!snapshot->config().key_defaults.rotation_check) snapshot = nullptr;
    {
        const std::lock_guard lock(mutex_);
        if (snapshot && !snapshot_)
            log_warning(
                "LITELLM_KEY_ROTATION_ENABLED: keys with auto_rotate that are due get a new secret "
                "which nobody is shown; the old one " +
                std::string(snapshot->config().key_defaults.rotation_grace
                                ? "works until the grace period is over"
                                : "stops working at once (LITELLM_KEY_ROTATION_GRACE_PERIOD)"));
        snapshot_ = std::move(snapshot);
        next_check_ = WallClock::now();
    }
    wake_.notify_all();
    if (started_) start();
}

void KeyRotation::start() {
    started_ = true;
    const std::lock_guard lock(mutex_);
    if (!snapshot_ || thread_.joinable()) return;
    stopping_ = false;
    thread_ = std::thread([this] {
        name_this_thread("key-rotation");
        run();
    });
}

void KeyRotation::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
    started_ = false;
}

bool KeyRotation::is_stopping() {
    const std::lock_guard lock(mutex_);
    return stopping_;
}

void KeyRotation::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        const auto now = WallClock::now();
        if (!snapshot_ || next_check_ > now) {
            // Bounded, since the wall clock may be set.
            const auto wait = snapshot_
                                  ? std::min<WallClock::duration>(next_check_ - now, kLongestWait)
                                  : WallClock::duration(kLongestWait);
            wake_.wait_for(lock, wait);
            continue;
        }
        const auto snapshot = snapshot_;
        lock.unlock();
        const auto wait = check(*snapshot);
        lock.lock();
        // A reload meanwhile has said when to look.
        if (snapshot == snapshot_) next_check_ = WallClock::now() + wait;
    }
}

/// Gives how long to wait for the next check.
WallClock::duration KeyRotation::check(const Snapshot& snapshot) {
    const WallClock::duration interval = *snapshot.config().key_defaults.rotation_check;
    const auto claim = claim_of(holder_);
    const auto taken = store_.run_blocking(StoreLane::admin, [&](Sql& sql) -> Result<bool> {
        return claim.take(sql, claim.now - interval);
    });
    // A store that is away is told of by the pool.
    if (!taken) return kRetryWait;
    if (!*taken) return std::min<WallClock::duration>(interval, kLongestWait);
    const auto rotated = rotate_due(snapshot);
    const bool is_done = rotated.has_value() && !is_stopping();
    (void)store_.run_blocking(StoreLane::admin,
                              [&](Sql& sql) -> Result<void> { return claim.end(sql, is_done); });
    if (!rotated) {
        log_error("keys that are due were not all rotated, and are tried again: " +
                  rotated.error().message);
        return kRetryWait;
    }
    return std::min<WallClock::duration>(interval, kLongestWait);
}

Result<void> KeyRotation::rotate_due(const Snapshot& snapshot) {
    // One time for the whole run: what has just been rotated is not due again in it.
    const auto now = WallClock::now();
    std::string last;
    for (;;) {
        const auto due = store_.run_blocking(
            StoreLane::admin, [&](Sql& sql) { return find_tokens_due(sql, now, last, kPage); });
        if (!due) return std::unexpected(due.error());
        for (const auto& token : *due) {
            if (is_stopping()) return {};
            const auto rotated = rotate(snapshot, token, now);
            if (!rotated && ends_run(rotated.error())) return rotated;
            if (!rotated)
                log_error("key " + shown_token(token) +
                          " is due and was not rotated: " + rotated.error().message);
        }
        if (due->size() < kPage) break;
        last = due->back();
    }
    return store_.run_blocking(StoreLane::admin,
                               [&](Sql& sql) { return drop_ended_graces(sql, now); });
}

Result<void> KeyRotation::rotate(const Snapshot& snapshot, const std::string& token, WallTime now) {
    KeyRow after;
    bool is_rotated = false;
    const auto work = [&](Sql& sql) -> Result<void> {
        if (auto held = claim_of(holder_).renew(sql); !held) return held;
        const auto given = give_new_secret(sql, snapshot.config(), token, now, after);
        if (!given) return std::unexpected(given.error());
        is_rotated = *given;
        return {};
    };
    const auto done =
        store_.run_blocking(StoreLane::admin, [&](Sql& sql) { return sql.transaction(work); });
    if (!done || !is_rotated) return done;
    for (const auto& hash : {token, after.token})
        if (const auto digest = parse_digest(hash)) keys_.forget_key(*digest);
    log_info("rotated key " + shown_token(token) + ", which is " + shown_token(after.token) +
             " now");
    return {};
}

}  // namespace tollweir
