#pragma once

#include "tollweir/core/deployment.hpp"
#include "tollweir/core/usage.hpp"
#include "tollweir/gateway/request_context.hpp"

namespace tollweir {

/// Books a request's use exactly once, on every way out: also when the client left or the upstream
/// died midway: cost, limits and budgets, the spend row, health. The destructor appends and never
/// waits.
class Settlement {
public:
    explicit Settlement(RequestContext& context) : context_(context) {}
    Settlement(const Settlement&) = delete;
    Settlement& operator=(const Settlement&) = delete;
    ~Settlement();

    /// Takes the candidate's name for the model.
    Leg& open_leg(Candidate& candidate);
    /// The last leg ended without an answer, and another may follow it.
    void end_leg();
    /// The last leg was refused before anything was sent: it never was.
    void drop_leg();
    /// No other leg of this group will follow: what its legs used is settled with the limits that
    /// bind it, and the rest of what was reserved is given back.
    void leave_group();

private:
    void book(Leg& leg, TimePoint now);
    void settle(TimePoint now);
    void learn(const Leg& leg, TimePoint now);

    RequestContext& context_;
};

}  // namespace tollweir
