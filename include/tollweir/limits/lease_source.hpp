#pragma once

#include <functional>
#include <vector>

#include "tollweir/core/error.hpp"
#include "tollweir/core/lease.hpp"

namespace tollweir {

/// Where leases come from: the store, or this process where there is none.
class LeaseSource {
public:
    /// One for each request, in their order; or an error, `unavailable` as a rule, after which
    /// some may have been granted all the same.
    using Grants = Result<std::vector<LeaseGrant>>;

    virtual ~LeaseSource() = default;

    /// Goes on at once; `done` is called on any thread, perhaps before this returns. Any thread.
    virtual void exchange(std::vector<LeaseRequest> requests, std::function<void(Grants)> done) = 0;
};

}  // namespace tollweir
