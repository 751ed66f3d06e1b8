#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tollweir/app/accounts.hpp"
#include "tollweir/app/command_line.hpp"
#include "tollweir/app/config_store.hpp"
#include "tollweir/app/key_store.hpp"
#include "tollweir/app/people_writer.hpp"
#include "tollweir/config/load.hpp"
#include "tollweir/gateway/admin/key_rotation.hpp"
#include "tollweir/gateway/gateway.hpp"
#include "tollweir/net/listener.hpp"
#include "tollweir/net/proxy.hpp"
#include "tollweir/net/tls.hpp"
#include "tollweir/storage/store_pool.hpp"

namespace tollweir {

/// Builds every part, runs them, reloads and drains. Lives on the main thread, whose loop has the
/// signals; workers have threads of their own.
class App {
public:
    App(CommandLine command_line, Environment environment, LoadedConfig loaded);
    ~App();

    /// Builds all parts and listens. Errors are for the operator: a busy port, an unusable
    /// certificate, `--require-auth` without a master key.
    Result<void> start();
    /// Serves until a signal ends it; returns when everything has ended.
    void run();

    std::uint16_t port() const { return listener_->port(); }

private:
    GatewayServices services() const;
    Result<void> ensure_master_key(Config& config);
    Config effective(Config config) const;
    void announce(const Snapshot& snapshot) const;
    void await_signal();
    void on_signal(int number);
    void begin_drain(bool at_once);
    void close_doors();
    void await_empty(TimePoint deadline);
    void stop_workers();
    void reload();
    void watch_files();
    void tick_accounts();
    Result<std::shared_ptr<const Snapshot>> build_snapshot(const LoadedConfig& loaded,
                                                           Config config, const Snapshot* previous);
    void take_stored(StoredConfig stored);
    enum class Told : std::uint8_t { all_warnings, new_warnings };

    // False: what was in force stays.
    bool take_models();
    bool put_in_force(std::shared_ptr<const LoadedConfig> loaded, Told told);
    std::shared_ptr<const LoadedConfig> with_stored(std::shared_ptr<const LoadedConfig> file) const;
    void tell_skipped(const Snapshot& snapshot);
    std::size_t connection_count() const;

    const CommandLine command_line_;
    const Environment environment_;
    std::shared_ptr<const LoadedConfig> file_;    // as it was last loaded
    std::shared_ptr<const LoadedConfig> loaded_;  // with what the store says; often the same
    StoredConfig stored_;                         // the store's rows, as they were last read
    Secret generated_key_;                        // the master key, where no file has one
    std::vector<std::string> said_of_models_;

    boost::asio::io_context context_{1};
    boost::asio::signal_set signals_{context_};
    boost::asio::steady_timer drain_timer_{context_};
    boost::asio::steady_timer watch_timer_{context_};
    boost::asio::steady_timer accounts_timer_{context_};

    net::ProxyTable proxies_;
    net::BodyBudget body_budget_;
    std::unique_ptr<net::UpstreamTls> upstream_tls_;
    std::unique_ptr<Accounts> accounts_;
    std::shared_ptr<const Snapshot> snapshot_;
    std::vector<std::unique_ptr<net::Worker>> workers_;
    // The store's threads call these until they end.
    std::unique_ptr<KeyStore> keys_;
    std::unique_ptr<ConfigStore> config_store_;
    std::unique_ptr<Gateway> gateway_;
    std::unique_ptr<StorePool> store_;  // hands results to workers, so it ends before them
    std::unique_ptr<PeopleWriter> people_;
    std::unique_ptr<KeyRotation> rotation_;
    std::unique_ptr<net::Listener> listener_;
    std::vector<std::thread> threads_;
    std::atomic<std::size_t> ended_{0};
    std::thread warm_up_;
    std::vector<std::filesystem::file_time_type> file_times_;
    TimePoint drain_began_{};
    bool draining_ = false;
    bool cut_ = false;
};

}  // namespace tollweir
