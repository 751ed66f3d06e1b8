#include "tollweir/core/limit_cell.hpp"

#include <algorithm>
#include <limits>
#include <mutex>
#include <utility>

#include "tollweir/core/budget_cell.hpp"

namespace tollweir {
namespace {

// What a slot of a rate window can hold; no limit beyond it would ever be reached.
constexpr std::int64_t kMostPerWindow = std::numeric_limits<std::uint32_t>::max();

}  // namespace

RateClock::RateClock(std::chrono::milliseconds window)
    : slot_(std::chrono::nanoseconds(std::max(window, std::chrono::milliseconds(1000))) /
            kSlotsPerWindow) {}

std::string LimitCell::label() const {
    std::shared_ptr<const std::string> label;
    {
        const std::lock_guard held(bit);
        label = label_;
    }
    return label && !label->empty() ? *label : scope_.id;
}

void LimitCell::set_label(std::string label) {
    auto fresh = std::make_shared<const std::string>(std::move(label));
    const std::lock_guard held(bit);
    label_.swap(fresh);
}

bool LimitCell::is_idle(const Moment& now) const {
    const std::lock_guard held(bit);
    if (open_charges != 0) return false;
    switch (kind_) {
        case LimitKind::requests:
        case LimitKind::tokens: {
            const auto& cell = static_cast<const RateCell&>(*this);
            return cell.room_from(cell.limit()) <= now.slot;
        }
        case LimitKind::slots:
            return true;
        case LimitKind::budget:
            return static_cast<const BudgetCell&>(*this).is_settled();
    }
    return true;
}

void RateCell::set_limit(std::int64_t limit, Enforcement enforcement) {
    limit_ = std::clamp<std::int64_t>(limit, 0, kMostPerWindow);
    enforcement_ = enforcement;
}

void RateCell::advance(std::int64_t slot) {
    if (slot <= newest_) return;
    if (slot - newest_ >= kCounted) {
        ring_.fill(0);
        used_ = 0;
    } else {
        // Whatever leaves the window, and the entries between them that the ring has spare.
        for (auto next = newest_ + 1; next <= slot; ++next) {
            used_ -= at(next - kCounted);
            at(next - kCounted) = 0;
        }
    }
    newest_ = slot;
}

std::int64_t RateCell::add(std::int64_t amount) {
    auto& count = at(newest_);
    // Only a settlement can go beyond, and then as good as for ever.
    const auto fits = std::clamp<std::int64_t>(amount, 0, kMostPerWindow - count);
    count += static_cast<std::uint32_t>(fits);
    used_ += fits;
    return newest_;
}

void RateCell::remove(std::int64_t amount, std::int64_t slot) {
    if (slot > newest_ || newest_ - slot >= kCounted) return;
    auto& count = at(slot);
    const auto there = std::clamp<std::int64_t>(amount, 0, count);
    count -= static_cast<std::uint32_t>(there);
    used_ -= there;
}

std::int64_t RateCell::room_from(std::int64_t amount) const {
    if (amount > limit_) return std::numeric_limits<std::int64_t>::max();
    auto used = used_;
    auto slot = newest_;
    while (used + amount > limit_) {
        ++slot;
        used -= at(slot - kCounted);
    }
    return slot;
}

}  // namespace tollweir
