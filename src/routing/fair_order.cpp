#include "tollweir/routing/fair_order.hpp"

#include <algorithm>

namespace tollweir {

FairOrder::Ticket FairOrder::join(std::string_view caller, std::int64_t priority) {
    auto& its = callers_[std::string(caller)];
    its.turn = std::max(turn_, its.turn) + 1;
    ++its.waiting;
    const Place place{priority, its.turn, next_++};
    places_.emplace(place, place.ticket);
    tickets_.emplace(place.ticket, std::pair(place, std::string(caller)));
    return place.ticket;
}

void FairOrder::leave(Ticket ticket) {
    const auto found = tickets_.find(ticket);
    if (found == tickets_.end()) return;
    const auto& [place, caller] = found->second;
    turn_ = std::max(turn_, places_.begin()->first.turn - 1);
    places_.erase(place);
    // A caller with nobody waiting begins anew: who waited before is no reason to wait again.
    if (const auto its = callers_.find(caller); --its->second.waiting == 0) callers_.erase(its);
    tickets_.erase(found);
}

}  // namespace tollweir
