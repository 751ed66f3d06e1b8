#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <utility>

#include "tollweir/limits/memory_leases.hpp"

namespace tollweir {

/// A store that answers when told, or not at all. Any thread.
class PendingLeases final : public LeaseSource {
public:
    PendingLeases(LeaseBook& book, std::string process)
        : book_(book), process_(std::move(process)) {}

    void exchange(std::vector<LeaseRequest> requests, std::function<void(Grants)> done) override {
        {
            const std::lock_guard lock(mutex_);
            ++asked_;
            pending_.emplace_back(std::move(requests), std::move(done));
        }
        if (answers_at_once) answer();
    }

    /// Answers everything that was asked. Returns how much that was.
    int answer() {
        return take([this](const std::vector<LeaseRequest>& requests) -> Grants {
            std::vector<LeaseGrant> grants;
            for (const auto& request : requests)
                grants.push_back(book_.exchange(process_, request));
            return grants;
        });
    }
    int fail() {
        return take([](const std::vector<LeaseRequest>&) -> Grants {
            return tollweir::fail(ErrorKind::unavailable, "away");
        });
    }

    int asked() const {
        const std::lock_guard lock(mutex_);
        return asked_;
    }

    std::atomic<bool> answers_at_once = false;

private:
    template <class Answer>
    int take(const Answer& answer) {
        std::deque<std::pair<std::vector<LeaseRequest>, std::function<void(Grants)>>> taken;
        {
            const std::lock_guard lock(mutex_);
            taken.swap(pending_);
        }
        for (auto& [requests, done] : taken) done(answer(requests));
        return static_cast<int>(taken.size());
    }

    LeaseBook& book_;
    const std::string process_;
    mutable std::mutex mutex_;
    int asked_ = 0;
    std::deque<std::pair<std::vector<LeaseRequest>, std::function<void(Grants)>>> pending_;
};

}  // namespace tollweir
