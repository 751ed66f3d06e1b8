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

    Leg& open_leg(const Candidate& candidate);

private:
    void book(Leg& leg, TimePoint now);
    void settle(TimePoint now);
    void learn(const Leg& leg);

    RequestContext& context_;
};

}  // namespace tollweir
