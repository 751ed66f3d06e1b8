#pragma once

#include "tollweir/core/deployment.hpp"
#include "tollweir/core/usage.hpp"
#include "tollweir/gateway/request_context.hpp"

namespace tollweir {

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
};

}  // namespace tollweir
