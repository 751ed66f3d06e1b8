#pragma once

#include <memory>

#include "tollweir/config/config.hpp"
#include "tollweir/storage/store_pool.hpp"

namespace tollweir {

/// Puts the users and teams that the configuration declares into the store: at the start, or once
/// the store is there, and after each reload that changes them. The main thread's.
class PeopleWriter {
public:
    explicit PeopleWriter(StorePool& pool) : pool_(pool) {}

    void configure(const Config& config);
    /// Writes what is due where the store can be reached. Never waits.
    void tick();

private:
    struct Work;  // shared with the store's thread

    StorePool& pool_;
    std::shared_ptr<Work> work_;
};

}  // namespace tollweir
