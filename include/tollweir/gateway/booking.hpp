#pragma once

#include "tollweir/gateway/request_context.hpp"

namespace tollweir {

// The spend row of a billed request, from before its upstream is called to its end.

/// Writes the open record: what is known of the call, and its estimate on every budget that was
/// charged for it; before another try, anew, in place of the one before. Only then may the upstream
/// be called. Error (`unavailable`): the journal has no
/// room.
Result<void> open_booking(RequestContext& context);

/// What was charged for a part of the call that is settled before the call ends: it stays in the
/// row with its cost. To be called before the reservation is settled.
void keep_scopes(RequestContext& context, const Reservation& reservation, Picodollars cost);

/// What the leg's use costs, by its deployment's price; once, before the answer's head is written
/// where its use is known by then. A model without a price costs nothing, is counted, and is told
/// of once.
void price_leg(RequestContext& context, Leg& leg);

/// Writes the close record: the use and cost of all legs. A request that failed before its upstream
/// was called has no open record and gets its row all the same; so many a second, since refusals
/// cost a client nothing.
void close_booking(RequestContext& context);

}  // namespace tollweir
