#pragma once

#include <string>

#include "tollweir/limits/lease_source.hpp"
#include "tollweir/storage/store_pool.hpp"

namespace tollweir {

/// Leases from the store: asked on a thread of its lookup lane, which waits for nothing slow.
class StoreLeases final : public LeaseSource {
public:
    /// The pool may be stopped before this is gone, but outlives it.
    StoreLeases(StorePool& store, std::string process)
        : store_(store), process_(std::move(process)) {}

    void exchange(std::vector<LeaseRequest> requests, std::function<void(Grants)> done) override;

private:
    StorePool& store_;
    const std::string process_;
};

}  // namespace tollweir
