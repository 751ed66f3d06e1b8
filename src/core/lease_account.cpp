#include "tollweir/core/lease_account.hpp"

#include <algorithm>

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

void turn_period(LeaseAccount& account, StoreTime next_end, StoreTime now) {
    if (account.ends <= now) {
        if (next_end > now) {
            account.spent = account.leased = 0;
            ++account.period;
            account.ends = next_end;
        }
    } else if ((account.ends == kNoEnd) != (next_end == kNoEnd)) {
        // A period was set or taken away: what was spent stays.
        account.ends = next_end;
    }
}

void drop_expired(LeaseAccount& account, std::string_view keep, StoreTime now) {
    for (auto lease = account.leases.begin(); lease != account.leases.end();) {
        if (lease->first == keep || lease->second.expires > now) {
            ++lease;
            continue;
        }
        if (lease->second.period == account.period) account.leased -= lease->second.amount;
        lease = account.leases.erase(lease);
    }
}

}  // namespace

LeaseAccount new_account(const LeaseRequest& request) {
    LeaseAccount account;
    account.spent = request.spent;
    account.ends = request.first_end;
    return account;
}

LeaseGrant exchange_lease(LeaseAccount& account, std::string_view process,
                          const LeaseRequest& request, StoreTime now) {
    turn_period(account, request.next_end, now);
    drop_expired(account, process, now);
    auto& lease = account.leases[std::string(process)];
    if (lease.period != account.period) lease.amount = 0;
    lease.period = account.period;
    lease.expires = now + kLeaseLife;

    LeaseGrant grant;
    grant.now = now;
    grant.period = account.period;
    grant.ends = account.ends;
    if (request.ends) {
        account.leased -= lease.amount;
        account.leases.erase(account.leases.find(process));
    } else {
        PicodollarSum change = 0;
        if (request.period == account.period || request.period == kUnknownPeriod)
            // What a lease does not hold any more cannot be given back: it was dropped with the
            // journal of its process.
            change = PicodollarSum(request.owed) -
                     std::clamp<PicodollarSum>(lease.amount, 0, request.unused);
        if (account.ends > now) {
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

bool book_spent(LeaseAccount& account, std::string_view process, Period period,
                PicodollarSum cost) {
    if (period != kUnknownPeriod && period != account.period) return false;
    account.spent += cost;
    const auto lease = account.leases.find(process);
    if (lease == account.leases.end() || lease->second.period != account.period) return true;
    lease->second.amount -= cost;
    account.leased -= cost;
    return true;
}

void drop_lease(LeaseAccount& account, std::string_view process) {
    const auto lease = account.leases.find(process);
    if (lease == account.leases.end()) return;
    if (lease->second.period == account.period) account.leased -= lease->second.amount;
    account.leases.erase(lease);
}

}  // namespace tollweir
