#include "tollweir/app/accounts.hpp"

#include <algorithm>

#include "tollweir/core/log.hpp"
#include "tollweir/core/record_id.hpp"
#include "tollweir/limits/limiter.hpp"
#include "tollweir/limits/store_leases.hpp"
#include "tollweir/providers/provider.hpp"
#include "tollweir/storage/spend_books.hpp"
#include "tollweir/storage/spend_cleaner.hpp"
#include "tollweir/storage/store_pool.hpp"
#include "tollweir/telemetry/journal.hpp"
#include "tollweir/telemetry/spend_writer.hpp"

namespace tollweir {

namespace {

LimiterSettings limiter_settings(const Config& config) {
    LimiterSettings settings;
    settings.rate_window = config.limits.window;
    return settings;
}

bool enforces_rates(const Config& config) {
    const auto& checks = config.router.optional_checks;
    return std::ranges::find(checks, PreCallCheck::enforce_model_rate_limits) != checks.end();
}

DeploymentTerms terms_of(const Deployment& deployment, bool enforces_rates) {
    DeploymentTerms terms;
    terms.id = deployment.id;
    terms.group = deployment.group;
    terms.provider = deployment.provider->name();
    terms.rpm = deployment.rpm;
    terms.tpm = deployment.tpm;
    terms.enforces_rates = enforces_rates;
    terms.max_parallel_requests = deployment.policy.max_parallel_requests;
    terms.max_budget = deployment.policy.max_budget;
    terms.budget_duration = deployment.policy.budget_duration;
    return terms;
}

JournalOptions journal_options(const Config& config, const std::string& process,
                               std::size_t workers) {
    JournalOptions options;
    options.directory = config.spend.journal_dir;
    options.process = process;
    options.workers = workers;
    return options;
}

SpendBooksOptions books_options(const Config& config) {
    SpendBooksOptions options;
    options.writes_logs = config.spend.writes_logs;
    options.writes_updates = config.spend.writes_updates;
    return options;
}

/// The writer's view of the store: its functions wait for a thread of the pool.
SpendStore spend_store(StorePool& store, const SpendBooksOptions& books) {
    SpendStore view;
    view.apply = [&store, books](const SpendBatch& batch) {
        return store.run_blocking(StoreLane::spend,
                                  [&](Sql& sql) { return apply_spend(sql, batch, books); });
    };
    view.positions = [&store](const std::vector<std::string>& files) {
        return store.run_blocking(StoreLane::spend,
                                  [&](Sql& sql) { return journal_positions(sql, files); });
    };
    view.finish = [&store](const std::string& process) {
        return store.run_blocking(StoreLane::spend,
                                  [&](Sql& sql) { return finish_journals(sql, process); });
    };
    return view;
}

}  // namespace

Accounts::Accounts(const Config& config, StorePool& store)
    : process_(to_text(new_record_id(WallClock::now()))),
      leases_(std::make_unique<StoreLeases>(store, process_)),
      limiter_(std::make_unique<Limiter>(limiter_settings(config), *leases_)) {}

Accounts::~Accounts() = default;

Result<std::unique_ptr<Accounts>> Accounts::open(const Config& config, StorePool& store,
                                                 std::size_t workers) {
    auto accounts = std::unique_ptr<Accounts>(new Accounts(config, store));
    auto options = journal_options(config, accounts->process_, workers);
    auto journal = Journal::open(options);
    if (!journal) {
        accounts->spend_at_risk_ = journal.error().message;
        options.directory.clear();
        journal = Journal::open(options);
        if (!journal) return std::unexpected(journal.error());
    }
    accounts->journal_ = std::move(*journal);
    if (accounts->spend_at_risk_.empty())
        accounts->spend_at_risk_ = accounts->journal_->volatile_reason();
    SpendWriterOptions writer_options;
    writer_options.interval = config.database.write_interval;
    accounts->writer_ = std::make_unique<SpendWriter>(
        *accounts->journal_, spend_store(store, books_options(config)), writer_options);
    accounts->cleaner_ = std::make_unique<SpendCleaner>(store);
    accounts->configure(config);
    return accounts;
}

void Accounts::configure(const Config& config) {
    limiter_->configure(config.limits, config.budgets, config.access.budget_exceeded_status);
    cleaner_->configure(config.spend);
    enforces_rates_ = enforces_rates(config);
}

void Accounts::bind(KeyRecord& record) {
    limiter_->bind(record);
}

void Accounts::bind(Deployment& deployment) {
    deployment.cells = limiter_->bind(terms_of(deployment, enforces_rates_));
}

void Accounts::start() {
    if (!spend_at_risk_.empty()) log_warning("a crash can lose spend: " + spend_at_risk_);
    writer_->start();
    cleaner_->start();
}

void Accounts::tick() {
    limiter_->tick(Clock::now());
}

void Accounts::finish(TimePoint deadline) {
    cleaner_->stop();
    // Before the process's leases are dropped with its journal: what is free of them goes back, and
    // what was spent is booked on the rest.
    limiter_->leave();
    journal_->finish();
    if (!writer_->finish(deadline))
        log_warning(journal_->is_in_memory()
                        ? "the store did not take the last spend, which is lost: the journal is "
                          "kept in memory"
                        : "the store did not take the last spend: the next process applies it from "
                          "the journal");
}

}  // namespace tollweir
