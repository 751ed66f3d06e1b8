#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "tollweir/config/load.hpp"
#include "tollweir/config/stored_models.hpp"
#include "tollweir/config/stored_settings.hpp"
#include "tollweir/gateway/live_config.hpp"
#include "tollweir/storage/store_pool.hpp"

namespace tollweir {

/// What the store has of the configuration: all rows there are.
struct StoredConfig {
    std::vector<StoredModel> models;
    StoredSettings settings;

    friend bool operator==(const StoredConfig&, const StoredConfig&) = default;
};

/// Reads the store's models, credentials and settings whenever they have changed, whoever changed
/// them, and hands them to the main loop. Ends after the store's threads.
class ConfigStore final : public LiveConfig {
public:
    /// `take` runs on `loop`, with all rows there are, in the order in which they were read.
    using Take = std::function<void(StoredConfig)>;
    ConfigStore(StorePool& pool, boost::asio::io_context& loop, Take take);

    // The main loop's.
    /// `file`: the load of the file alone; `loaded`: with what the store says; `config`: the
    /// load's, with the master key that is in force.
    void configure(std::shared_ptr<const LoadedConfig> file, const LoadedConfig& loaded,
                   const Config& config);
    /// What the store has, where it answers in time. Before the loop runs.
    std::optional<StoredConfig> read_first(std::chrono::milliseconds patience);
    /// Twice a second: reads what could not be read before.
    void tick();
    /// Nobody waits for the loop any more.
    void stop();

    /// Any thread; does not block.
    void note(const StoreChange& change);

    Result<void> check(const StoredModel& model) const override;
    Result<void> check(const StoredSettings& settings, const std::string& row) const override;
    std::vector<ShownCredential> credentials() const override;
    std::vector<ShownSetting> general_settings() const override;
    void refresh(Sql& sql) override;

private:
    struct Basis {
        std::shared_ptr<const LoadedConfig> file;
        std::shared_ptr<const ModelBase> models;
        Secret seal_key;
    };

    Basis basis() const;
    void read_soon();
    /// The turn in which the rows are taken; nothing: they could not be read.
    std::optional<std::uint64_t> hand_over(Sql& sql);

    StorePool& pool_;
    boost::asio::io_context& loop_;
    const Take take_;
    std::atomic<bool> is_on_{false};
    std::atomic<bool> is_due_{false};
    std::mutex reading_;  // what is read later is taken later
    std::uint64_t read_ = 0;
    mutable std::mutex mutex_;  // of what follows: the main loop sets, others look
    Basis basis_;
    std::uint64_t taken_ = 0;
    bool stopped_ = false;
    std::condition_variable taken_changed_;
};

}  // namespace tollweir
