#include "tollweir/limits/memory_leases.hpp"

#include <algorithm>
#include <chrono>

namespace tollweir {
namespace {

constexpr StoreTime kLeaseLife = 3'600'000;  // ms
// A lease ahead of need is at most this part of what is left, so that the last of a cap does not
// lie with a process that does not need it.
constexpr PicodollarSum kRoomParts = 16;

PicodollarSum grant_of(const LeaseRequest& request, PicodollarSum room) {
    if (room <= 0) return 0;
    const PicodollarSum need = request.need;
    if (room < need) return room;
    return std::max(need, std::min<PicodollarSum>(request.want, room / kRoomParts));
}

}  // namespace

StoreTime LeaseBook::now() const {
    return std::chrono::floor<std::chrono::milliseconds>(clock_()).time_since_epoch().count();
}

LeaseBook::Account& LeaseBook::account_of(const LeaseRequest& request, StoreTime time) {
    const auto [found, is_new] = accounts_.try_emplace(request.scope);
    auto& account = found->second;
    if (is_new) {
        account.spent = request.spent;
        account.ends = request.first_end;
    }
    if (account.ends <= time) {
        if (request.next_end > time) {
            account.spent = account.leased = 0;
            ++account.period;
            account.ends = request.next_end;
        }
    } else if ((account.ends == kNoEnd) != (request.next_end == kNoEnd)) {
        // A period was set or taken away: what was spent stays.
        account.ends = request.next_end;
    }
    return account;
}

void LeaseBook::drop_expired(Account& account, std::string_view keep, StoreTime time) {
    for (auto lease = account.leases.begin(); lease != account.leases.end();) {
        if (lease->first == keep || lease->second.expires > time) {
            ++lease;
            continue;
        }
        if (lease->second.period == account.period) account.leased -= lease->second.amount;
        lease = account.leases.erase(lease);
    }
}

LeaseGrant LeaseBook::exchange(std::string_view process, const LeaseRequest& request) {
    const std::lock_guard lock(mutex_);
    const auto time = now();
    auto& account = account_of(request, time);
    drop_expired(account, process, time);
    auto& lease = account.leases[std::string(process)];
    if (lease.period != account.period) lease.amount = 0;
    lease.period = account.period;
    lease.expires = time + kLeaseLife;

    LeaseGrant grant;
    grant.now = time;
    grant.period = account.period;
    grant.ends = account.ends;
    if (request.ends) {
        account.leased -= lease.amount;
        account.leases.erase(account.leases.find(process));
    } else {
        PicodollarSum change = 0;
        if (request.period == account.period || request.period == kUnknownPeriod)
            change = PicodollarSum(request.owed) - request.unused;
        if (account.ends > time) {
            const auto room = request.cap - account.spent - account.leased - change;
            grant.granted = static_cast<Picodollars>(grant_of(request, room));
        }
        change += grant.granted;
        lease.amount += change;
        account.leased += change;
        grant.own = lease.amount;
    }
    grant.spent = account.spent;
    grant.leased = account.leased;
    return grant;
}

void LeaseBook::book(std::string_view process, std::string_view scope, Period period,
                     Picodollars cost) {
    const std::lock_guard lock(mutex_);
    const auto found = accounts_.find(scope);
    if (found == accounts_.end()) return;
    auto& account = found->second;
    if (period != kUnknownPeriod && period != account.period) return;
    account.spent += cost;
    const auto lease = account.leases.find(process);
    if (lease == account.leases.end() || lease->second.period != account.period) return;
    lease->second.amount -= cost;
    account.leased -= cost;
}

void LeaseBook::drop_leases(std::string_view process) {
    const std::lock_guard lock(mutex_);
    for (auto& [scope, account] : accounts_) {
        const auto lease = account.leases.find(process);
        if (lease == account.leases.end()) continue;
        if (lease->second.period == account.period) account.leased -= lease->second.amount;
        account.leases.erase(lease);
    }
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
