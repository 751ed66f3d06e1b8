#include "tollweir/limits/memory_leases.hpp"

#include <chrono>

namespace tollweir {

StoreTime LeaseBook::now() const {
    return std::chrono::floor<std::chrono::milliseconds>(clock_()).time_since_epoch().count();
}

LeaseGrant LeaseBook::exchange(std::string_view process, const LeaseRequest& request) {
    const std::lock_guard lock(mutex_);
    auto found = accounts_.find(request.scope);
    if (found == accounts_.end())
        found = accounts_.emplace(request.scope, new_account(request)).first;
    return exchange_lease(found->second, process, request, now());
}

void LeaseBook::book(std::string_view process, std::string_view scope, Period period,
                     Picodollars cost) {
    const std::lock_guard lock(mutex_);
    const auto found = accounts_.find(scope);
    if (found != accounts_.end()) book_spent(found->second, process, period, cost);
}

void LeaseBook::drop_leases(std::string_view process) {
    const std::lock_guard lock(mutex_);
    for (auto& [scope, account] : accounts_) drop_lease(account, process);
}

LeaseBook::Balance LeaseBook::balance(std::string_view scope) const {
    const std::lock_guard lock(mutex_);
    const auto found = accounts_.find(scope);
    if (found == accounts_.end()) return {};
    return {found->second.spent, found->second.leased, found->second.period};
}

void MemoryLeases::exchange(std::vector<LeaseRequest> requests, std::function<void(Grants)> done) {
    std::vector<LeaseGrant> grants;
    grants.reserve(requests.size());
    for (const auto& request : requests) grants.push_back(book_.exchange(process_, request));
    done(std::move(grants));
}

}  // namespace tollweir
