#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "tollweir/core/clock.hpp"
#include "tollweir/core/error.hpp"

namespace tollweir {

class KeyCache;
class Snapshot;
class StorePool;

/// Gives keys with `auto_rotate` a new secret once `key_rotation_at` is past (docs/keys.md). A
/// thread of its own, once LITELLM_KEY_ROTATION_ENABLED asks for it; of all processes on a store
/// one at a time works. Called by one thread.
class KeyRotation {
public:
    KeyRotation(StorePool& store, KeyCache& keys);
    ~KeyRotation();  // as stop()
    KeyRotation(const KeyRotation&) = delete;
    KeyRotation& operator=(const KeyRotation&) = delete;

    /// What holds from now on; before `start` and after a reload.
    void configure(std::shared_ptr<const Snapshot> snapshot);
    void start();
    /// Waits for the key under way. Before the store stops.
    void stop();

private:
    void run();
    WallClock::duration check(const Snapshot& snapshot);
    Result<void> rotate_due(const Snapshot& snapshot);
    Result<void> rotate(const Snapshot& snapshot, const std::string& token, WallTime now);
    bool is_stopping();

    StorePool& store_;
    KeyCache& keys_;
    const std::string holder_;  // this process, in the store

    // Between the owner's calls and the thread; held for a few instructions.
    std::mutex mutex_;
    std::condition_variable wake_;
    std::shared_ptr<const Snapshot> snapshot_;  // null: keys are not rotated
    bool stopping_ = false;
    WallTime next_check_;

    bool started_ = false;
    std::thread thread_;
};

}  // namespace tollweir
