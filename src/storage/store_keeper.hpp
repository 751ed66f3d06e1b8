#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "storage/store_source.hpp"
#include "storage/store_status.hpp"

namespace tollweir {

/// The thread that finds the store, migrates it, notices when it goes and comes, and tells changes.
class StoreKeeper {
public:
    using Listener = std::function<void(const StoreChange&)>;

    StoreKeeper(std::shared_ptr<const StoreSource> source, std::shared_ptr<StoreStatus> status);
    ~StoreKeeper();

    /// Finds and migrates the store on the calling thread.
    Result<void> find_now();
    void start();
    void stop();
    void on_change(Listener listener);

private:
    struct State;
    std::shared_ptr<State> state_;
    std::thread thread_;
};

}  // namespace tollweir
