#pragma once

#include <vector>

#include "tollweir/core/deployment.hpp"
#include "tollweir/core/usage.hpp"
#include "tollweir/gateway/request_context.hpp"

namespace tollweir {

/// One upstream call that was made for a request, and what it used.
struct Leg {
    const Deployment* deployment = nullptr;
    Usage usage;
    bool failed = true;  // until its answer was whole
};

/// Books a request's use exactly once, on every way out: also when the client left or the upstream
/// died midway. The destructor appends and never waits. What limits and budgets reserve before the
/// call will be handed to it.
class Settlement {
public:
    explicit Settlement(RequestContext& context) : context_(context) {}
    Settlement(const Settlement&) = delete;
    Settlement& operator=(const Settlement&) = delete;
    ~Settlement();

    Leg& open_leg(const Deployment& deployment);

private:
    RequestContext& context_;
    std::vector<Leg> legs_;
};

}  // namespace tollweir
