#include "tollweir/app/app.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "tollweir/app/master_key.hpp"
#include "tollweir/app/reload_report.hpp"
#include "tollweir/core/block_cache.hpp"
#include "tollweir/core/thread_name.hpp"
#include "tollweir/core/version.hpp"
#include "tollweir/telemetry/log_output.hpp"

namespace tollweir {

namespace {

constexpr int kSignals[] = {SIGTERM, SIGINT, SIGHUP};
// Wrappers hand on what the terminal has sent to the whole group already: one signal, twice.
constexpr std::chrono::milliseconds kSameSignal{100};
constexpr std::chrono::milliseconds kEmptyCheck{20};
constexpr std::chrono::milliseconds kWatchInterval{1000};
// After a cut every stream gets its error event; then nothing is waited for.
constexpr std::chrono::milliseconds kAfterCut{2000};
constexpr std::chrono::milliseconds kLeaveWithin{5000};
// The store gets so long to take the last spend; what it does not take stays in the journal.
constexpr std::chrono::milliseconds kBookWithin{5000};
constexpr std::chrono::milliseconds kAccountsTick{500};
// The start waits so long for the store's models; a store that is away gives them later.
constexpr std::chrono::milliseconds kFirstModels{3'000};

net::ClientLimits client_limits(const ServerConfig& server) {
    return {server.max_header_bytes, server.max_header_count, server.max_body_bytes,
            server.header_timeout,   server.body_timeout,     server.idle_timeout,
            server.write_timeout};
}

std::vector<std::filesystem::file_time_type> times_of(
    const std::vector<std::filesystem::path>& files) {
    std::vector<std::filesystem::file_time_type> times;
    for (const auto& file : files) {
        std::error_code missing;
        times.push_back(std::filesystem::last_write_time(file, missing));
    }
    return times;
}

/// Why rows of the store serve nothing, for the operator.
std::vector<std::string> describe_skipped(const Snapshot& snapshot) {
    std::vector<std::string> said;
    std::string sealed;
    for (const auto& model : snapshot.skipped_models()) {
        const auto name = "'" + model.group + "' (id " + model.id + ")";
        if (model.why == SkippedModel::Why::sealed)
            sealed.append(sealed.empty() ? "" : ", ").append(name);
        else if (model.why == SkippedModel::Why::invalid)
            said.push_back("the database's model " + name + " is left out: " + model.reason);
    }
    if (sealed.empty()) return said;
    const bool has_salt = !snapshot.config().database.salt_key.empty();
    said.push_back(std::string(has_salt ? "LITELLM_SALT_KEY is"
                                        : "LITELLM_SALT_KEY is not set, and the master key, which "
                                          "counts in its place, is") +
                   " not the key that models of the database were encrypted with. They are left "
                   "out: " +
                   sealed + ". Give the old key back, or make them anew (docs/stored-models.md)");
    return said;
}

bool holds(const std::vector<ConfigFinding>& findings, const ConfigFinding& finding) {
    return std::ranges::any_of(
        findings, [&](const ConfigFinding& other) { return other.text() == finding.text(); });
}

bool uses_tls(const Snapshot& snapshot) {
    return std::ranges::any_of(snapshot.deployments(), [](const Deployment& deployment) {
        return deployment.origin.tls && !deployment.mock_response;
    });
}

}  // namespace

App::App(CommandLine command_line, Environment environment, LoadedConfig loaded)
    : command_line_(std::move(command_line)),
      environment_(std::move(environment)),
      file_(std::make_shared<const LoadedConfig>(std::move(loaded))),
      loaded_(file_) {}

App::~App() {
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
    if (warm_up_.joinable()) warm_up_.join();
}

Result<void> App::start() {
    auto config = file_->config;
    if (auto ensured = ensure_master_key(config); !ensured) return ensured;
    if (config.require_auth && config.master_key.empty())
        return fail(ErrorKind::bad_request,
                    "a master key is required (--require-auth) and none is set: set "
                    "general_settings.master_key or LITELLM_MASTER_KEY");
    auto proxies = net::ProxyTable::from_environment(file_->environment);
    if (!proxies) return std::unexpected(proxies.error());
    proxies_ = std::move(*proxies);

    auto store = StorePool::open({config.database, config.data_dir});
    if (!store) return std::unexpected(store.error());
    store_ = std::move(*store);
    config_store_ = std::make_unique<ConfigStore>(
        *store_, context_, [this](StoredConfig stored) { take_stored(std::move(stored)); });
    config_store_->configure(file_, *file_, config);
    if (auto first = config_store_->read_first(kFirstModels)) {
        stored_ = std::move(*first);
        loaded_ = with_stored(file_);
        config = effective(loaded_->config);
    }
    upstream_tls_ =
        std::make_unique<net::UpstreamTls>(config.upstream.verify_tls, config.upstream.ca_file);
    auto accounts = Accounts::open(config, *store_, command_line_.num_workers);
    if (!accounts) return std::unexpected(accounts.error());
    accounts_ = std::move(*accounts);
    keys_ = std::make_unique<KeyStore>(
        *store_, [this](KeyRecord& record) { accounts_->bind(record); }, config);
    rotation_ = std::make_unique<KeyRotation>(*store_, keys_->cache());
    config_store_->configure(file_, *loaded_, config);
    auto snapshot = build_snapshot(*loaded_, std::move(config), nullptr);
    if (!snapshot) return std::unexpected(snapshot.error());
    snapshot_ = *snapshot;
    const auto& settings = snapshot_->config();

    body_budget_.set_limit(settings.server.max_buffered_body_bytes);
    const net::UpstreamLimits upstream_limits{settings.upstream.connect_timeout,
                                              settings.upstream.idle_timeout,
                                              settings.upstream.max_idle_per_origin};
    for (std::size_t i = 0; i < command_line_.num_workers; ++i) {
        auto& worker = workers_.emplace_back(std::make_unique<net::Worker>(
            i, upstream_limits, *upstream_tls_, proxies_, body_budget_));
        worker->set_client_limits(client_limits(settings.server));
    }
    gateway_ = std::make_unique<Gateway>(workers_, snapshot_, command_line_.root_path, services());
    store_->on_change([this](const StoreChange& change) {
        keys_->forget(change);
        config_store_->note(change);
        gateway_->forget_row(change.table, change.id);
    });

    people_ = std::make_unique<PeopleWriter>(*store_);
    people_->configure(settings);

    net::TlsContext tls;
    if (!command_line_.ssl_certfile.empty()) {
        auto made = net::make_server_tls(command_line_.ssl_certfile, command_line_.ssl_keyfile,
                                         command_line_.ciphers);
        if (!made) return std::unexpected(made.error());
        tls = std::move(*made);
    }
    auto listener = net::Listener::open(command_line_.host, command_line_.port, workers_, *gateway_,
                                        std::move(tls), settings.server.max_connections);
    if (!listener) return std::unexpected(listener.error());
    listener_ = std::move(*listener);
    file_times_ = times_of(file_->files);
    return {};
}

/// Limits are bound first, so that what the snapshot's deployments point at is in force with it.
Result<std::shared_ptr<const Snapshot>> App::build_snapshot(const LoadedConfig& loaded,
                                                            Config config,
                                                            const Snapshot* previous) {
    accounts_->configure(config);
    ReadModels stored;
    if (stores_models(config))
        stored = read_stored_models(*loaded.models, stored_.models, seal_key_of(config));
    config.deployments = loaded.config.deployments;
    std::ranges::move(stored.deployments, std::back_inserter(config.deployments));
    return Snapshot::build(
        std::move(config), previous,
        [this](Deployment& deployment) { accounts_->bind(deployment); }, std::move(stored.skipped));
}

/// The file as the store's settings and credentials change it.
std::shared_ptr<const LoadedConfig> App::with_stored(
    std::shared_ptr<const LoadedConfig> file) const {
    if (!file->config.database.stores_models || stored_.settings == StoredSettings()) return file;
    auto merged =
        with_stored_settings(*file, stored_.settings, seal_key_of(effective(file->config)));
    return std::make_shared<const LoadedConfig>(std::move(merged.loaded));
}

/// What the store has was read: what has changed is in force for new requests.
void App::take_stored(StoredConfig stored) {
    if (draining_ || stored == stored_) return;
    const bool only_models = stored.settings == stored_.settings;
    std::swap(stored_, stored);
    if (only_models ? take_models() : put_in_force(with_stored(file_), Told::new_warnings)) return;
    std::swap(stored_, stored);
}

bool App::take_models() {
    auto snapshot = build_snapshot(*loaded_, snapshot_->config(), snapshot_.get());
    if (!snapshot) {
        log_error("the models of the database stay as they were: " + snapshot.error().message);
        return false;
    }
    log_info("the models of the database have changed: " + describe_reload(*snapshot_, **snapshot));
    snapshot_ = *snapshot;
    tell_skipped(*snapshot_);
    rotation_->configure(snapshot_);
    gateway_->replace_snapshot(snapshot_);
    return true;
}

/// Once for each set of them.
void App::tell_skipped(const Snapshot& snapshot) {
    auto said = describe_skipped(snapshot);
    if (said == said_of_models_) return;
    said_of_models_ = std::move(said);
    for (const auto& line : said_of_models_) log_warning(line);
}

void App::tick_accounts() {
    accounts_timer_.expires_after(kAccountsTick);
    accounts_timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        accounts_->tick();
        people_->tick();
        config_store_->tick();
        tick_accounts();
    });
}

GatewayServices App::services() const {
    GatewayServices services;
    services.store = store_.get();
    services.keys = &keys_->cache();
    services.live_config = config_store_.get();
    services.limiter = &accounts_->limiter();
    services.journal = &accounts_->journal();
    services.spend_writer = &accounts_->writer();
    services.spend_at_risk = accounts_->spend_at_risk();
    return services;
}

Result<void> App::ensure_master_key(Config& config) {
    if (!config.master_key.empty() || !config.generate_master_key) return {};
    auto key = load_or_create_master_key(config.data_dir);
    if (!key) return std::unexpected(key.error());
    generated_key_ = config.master_key = std::move(key->key);
    if (key->created) print_welcome(config, command_line_, key->file);
    return {};
}

/// With the generated key, which is in no file that a load reads.
Config App::effective(Config config) const {
    if (config.master_key.empty() && config.generate_master_key) config.master_key = generated_key_;
    return config;
}

void App::announce(const Snapshot& snapshot) const {
    const auto scheme = command_line_.ssl_certfile.empty() ? "http://" : "https://";
    log_info("tollweir " + std::string(kVersion) + " listens on " + scheme + command_line_.host +
             ":" + std::to_string(port()) + " with " + std::to_string(workers_.size()) +
             (workers_.size() == 1 ? " worker: " : " workers: ") +
             std::to_string(snapshot.groups().size()) + " model groups, " +
             std::to_string(snapshot.deployments().size()) + " deployments");
    log_info("keys, budgets and spend are kept by " + store_->description());
    if (snapshot.config().master_key.empty())
        log_warning(
            "NO MASTER KEY IS SET: anybody who reaches this gateway can use its models. Admin "
            "routes "
            "are closed. Set LITELLM_MASTER_KEY, or refuse to start like this with --require-auth");
}

void App::run() {
    // Signals reach the main thread only, and from before the first answer on.
    for (const int number : kSignals) signals_.add(number);
    await_signal();
    sigset_t ours;
    sigemptyset(&ours);
    for (const int number : kSignals) sigaddset(&ours, number);
    sigset_t before;
    pthread_sigmask(SIG_BLOCK, &ours, &before);
    listener_->start();
    for (auto& worker : workers_)
        threads_.emplace_back([this, &worker = *worker] {
            name_this_thread("worker");
            const BlockCache blocks;
            worker.run();
            ++ended_;
        });
    // Reading the certificate authorities takes 20 ms: not before the first answer, and not in it.
    if (uses_tls(*snapshot_)) warm_up_ = std::thread([this] { upstream_tls_->warm_up(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    for (const auto& warning : loaded_->warnings) log_warning(warning.text());
    announce(*snapshot_);
    tell_skipped(*snapshot_);
    accounts_->start();
    people_->tick();
    rotation_->configure(snapshot_);
    rotation_->start();
    watch_files();
    tick_accounts();
    context_.run();
    // A look-up that the system does not answer may hold a worker; the exit does not wait for it.
    const auto patience = Clock::now() + kLeaveWithin;
    while (ended_ < workers_.size() && Clock::now() < patience)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    config_store_->stop();
    if (ended_ < workers_.size()) {
        std::fputs("stopped; a name look-up was still under way\n", stderr);
        ::_exit(0);
    }
    for (auto& thread : threads_) thread.join();
    threads_.clear();
    rotation_->stop();
    accounts_->finish(Clock::now() + kBookWithin);
    store_->stop();
    log_info("stopped");
}

void App::await_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int number) {
        if (error) return;
        on_signal(number);
        await_signal();
    });
}

void App::on_signal(int number) {
    if (number == SIGHUP) return reload();
    if (draining_) {
        if (Clock::now() - drain_began_ < kSameSignal) return;
        // Not through the log: its thread may not come to write it.
        std::fputs("second signal: leaving at once\n", stderr);
        ::_exit(130);
    }
    log_info(std::string(number == SIGINT ? "SIGINT" : "SIGTERM") + ": draining, " +
             std::to_string(connection_count()) + " connections");
    // The delay lets load balancers see the readiness probe fail; a person at a terminal has none.
    begin_drain(number == SIGINT);
}

void App::begin_drain(bool at_once) {
    draining_ = true;
    drain_began_ = Clock::now();
    watch_timer_.cancel();
    gateway_->set_draining();
    const auto delay = at_once ? std::chrono::milliseconds(0) : snapshot_->config().drain.delay;
    drain_timer_.expires_after(delay);
    drain_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) close_doors();
    });
}

void App::close_doors() {
    workers_.front()->post([this] { listener_->close(); });
    for (auto& worker : workers_) worker->post([&worker = *worker] { worker.drain(); });
    await_empty(after(Clock::now(), snapshot_->config().drain.timeout));
}

void App::await_empty(TimePoint deadline) {
    drain_timer_.expires_after(kEmptyCheck);
    drain_timer_.async_wait([this, deadline](const boost::system::error_code& error) {
        if (error) return;
        if (connection_count() == 0) return stop_workers();
        if (Clock::now() < deadline) return await_empty(deadline);
        if (cut_) return stop_workers();
        log_warning("drain.timeout has passed: cutting " + std::to_string(connection_count()) +
                    " connections");
        cut_ = true;
        for (auto& worker : workers_) worker->post([&worker = *worker] { worker.cut(); });
        await_empty(Clock::now() + kAfterCut);
    });
}

void App::stop_workers() {
    for (auto& worker : workers_) worker->post([&worker = *worker] { worker.stop(); });
    signals_.cancel();
    context_.stop();
}

std::size_t App::connection_count() const {
    std::size_t count = 0;
    for (const auto& worker : workers_) count += worker->connection_count();
    return count;
}

void App::reload() {
    // Before the files are read: a write during the load is a change to come.
    auto times = times_of(file_->files);
    auto fresh = load_config(command_line_.config_file, command_line_.overrides, environment_);
    if (!fresh) {
        for (const auto& finding : fresh.error()) log_error(finding.text());
        log_error("the configuration was not reloaded: the old one stays in force");
        return;
    }
    const bool same_files = fresh->files == file_->files;
    const auto before =
        std::exchange(file_, std::make_shared<const LoadedConfig>(std::move(*fresh)));
    if (!put_in_force(with_stored(file_), Told::all_warnings)) {
        file_ = before;
        return;
    }
    file_times_ = same_files ? std::move(times) : times_of(file_->files);
}

bool App::put_in_force(std::shared_ptr<const LoadedConfig> loaded, Told told) {
    auto config = effective(loaded->config);
    if (config.require_auth && config.master_key.empty()) {
        log_error("the configuration was not reloaded: it has no master key, and one is required");
        return false;
    }
    auto snapshot = build_snapshot(*loaded, std::move(config), snapshot_.get());
    if (!snapshot) {
        log_error("the configuration was not reloaded: " + snapshot.error().message);
        return false;
    }
    for (const auto& warning : loaded->warnings)
        if (told == Told::all_warnings || !holds(loaded_->warnings, warning))
            log_warning(warning.text());
    log_info("configuration reloaded: " + describe_reload(*snapshot_, **snapshot));
    snapshot_ = *snapshot;
    loaded_ = std::move(loaded);
    body_budget_.set_limit(snapshot_->config().server.max_buffered_body_bytes);
    const auto limits = client_limits(snapshot_->config().server);
    for (auto& worker : workers_)
        worker->post([&worker = *worker, limits] { worker.set_client_limits(limits); });
    keys_->configure(snapshot_->config());
    config_store_->configure(file_, *loaded_, snapshot_->config());
    tell_skipped(*snapshot_);
    people_->configure(snapshot_->config());
    rotation_->configure(snapshot_);
    gateway_->replace_snapshot(snapshot_);
    set_log_format(snapshot_->config().log.level, snapshot_->config().log.json);
    return true;
}

void App::watch_files() {
    watch_timer_.expires_after(kWatchInterval);
    watch_timer_.async_wait([this](const boost::system::error_code& error) {
        if (error || draining_) return;
        if (snapshot_->config().watch_config) {
            auto times = times_of(file_->files);
            if (times != file_times_) {
                file_times_ = std::move(times);  // also if it is broken: said once a change
                log_info("a configuration file has changed");
                reload();
            }
        }
        watch_files();
    });
}

}  // namespace tollweir
