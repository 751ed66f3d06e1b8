#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "tollweir/core/clock.hpp"
#include "tollweir/core/limit.hpp"
#include "tollweir/core/scope.hpp"
#include "tollweir/core/spin_bit.hpp"

namespace tollweir {

/// Now, as cells count it. Slots are sixtieths of the rate window, numbered since the clock's
/// beginning.
struct Moment {
    TimePoint now{};
    std::int64_t slot = 0;
};

/// Turns times into slots. The window is one for the whole process and its life.
class RateClock {
public:
    static constexpr std::int64_t kSlotsPerWindow = 60;

    /// A window under a second counts as one.
    explicit RateClock(std::chrono::milliseconds window = std::chrono::seconds(60));

    Moment at(TimePoint now) const { return {now, now.time_since_epoch() / slot_}; }
    /// When slot `slot` begins.
    TimePoint begin_of(std::int64_t slot) const { return TimePoint(slot * slot_); }
    std::chrono::nanoseconds window() const { return slot_ * kSlotsPerWindow; }

private:
    std::chrono::nanoseconds slot_;
};

/// One limit of one scope. Shared by all that the scope binds and by all threads: every key record
/// of a team points at the same cells, and a record that replaces another at the same cells again.
/// What is not const is read and written with `bit` held. `limits` keeps cells alive while they are
/// charged.
class LimitCell {
public:
    LimitCell(const LimitCell&) = delete;
    LimitCell& operator=(const LimitCell&) = delete;

    LimitKind kind() const { return kind_; }
    const Scope& scope() const { return scope_; }
    /// The scope as stores and journals name it.
    const std::string& key() const { return key_; }

    /// What people call the scope, for messages: an alias instead of a hash. Takes the bit.
    std::string label() const;
    void set_label(std::string label);

    /// True if no charge is open and nothing would be lost with the cell. Takes the bit.
    bool is_idle(const Moment& now) const;

    mutable SpinBit bit;

    // With the bit held: charges that were taken and not settled yet.
    std::uint32_t open_charges = 0;

protected:
    LimitCell(LimitKind kind, Scope scope)
        : kind_(kind), scope_(std::move(scope)), key_(scope_key(scope_)) {}
    ~LimitCell() = default;

private:
    const LimitKind kind_;
    const Scope scope_;
    const std::string key_;
    std::shared_ptr<const std::string> label_;
};

/// Requests or tokens in a window that slides by sixtieths. The slot that is under way counts
/// besides sixty whole ones, so that no window, wherever it begins, holds more than the limit.
class RateCell final : public LimitCell {
public:
    RateCell(LimitKind kind, Scope scope) : LimitCell(kind, std::move(scope)) {}

    // All with the bit held.
    void set_limit(std::int64_t limit, Enforcement enforcement);
    std::int64_t limit() const { return limit_; }
    Enforcement enforcement() const { return enforcement_; }

    /// To `slot`, from which on the rest is counted; an earlier one (a thread whose clock is
    /// behind) changes nothing.
    void advance(std::int64_t slot);
    std::int64_t used() const { return used_; }
    bool has_room(std::int64_t amount) const { return amount <= limit_ - used_; }
    /// Returns the slot it went to.
    std::int64_t add(std::int64_t amount);
    /// Takes back what was added in `slot`, if that still counts.
    void remove(std::int64_t amount, std::int64_t slot);
    /// Open charges that got less than they asked for.
    std::uint32_t shrunk = 0;
    /// The first slot in which `amount` would have room if nothing else came; the largest number if
    /// it never will.
    std::int64_t room_from(std::int64_t amount) const;

private:
    static constexpr std::int64_t kCounted = RateClock::kSlotsPerWindow + 1;
    static constexpr std::size_t kRing = 64;  // a power of two above kCounted

    std::uint32_t& at(std::int64_t slot) { return ring_[static_cast<std::size_t>(slot) % kRing]; }
    std::uint32_t at(std::int64_t slot) const {
        return ring_[static_cast<std::size_t>(slot) % kRing];
    }

    std::int64_t limit_ = 0;
    std::int64_t used_ = 0;
    std::int64_t newest_ = 0;
    Enforcement enforcement_ = Enforcement::always;
    std::array<std::uint32_t, kRing> ring_{};
};

/// Requests at the same time.
class SlotCell final : public LimitCell {
public:
    explicit SlotCell(Scope scope) : LimitCell(LimitKind::slots, std::move(scope)) {}

    // With the bit held.
    std::int64_t limit = 0;
    std::int64_t used = 0;
    Enforcement enforcement = Enforcement::always;
};

}  // namespace tollweir
