#pragma once

#include <memory>
#include <string>

#include "tollweir/config/config.hpp"
#include "tollweir/core/clock.hpp"
#include "tollweir/core/deployment.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/core/key_record.hpp"

namespace tollweir {

class Journal;
class LeaseSource;
class Limiter;
class SpendCleaner;
class SpendWriter;
class StorePool;

/// Everything that counts money and use, put together: limits with their leases, the spend journal,
/// the writer that moves it into the store, the cleaning of old rows. One a process; outlives the
/// workers and the store's answers. `finish` comes before the store is stopped.
class Accounts {
public:
    /// `workers`: how many write to the journal. Errors: a journal that cannot be kept at all. A
    /// journal's folder that cannot be written is none: then the journal is kept in memory, and
    /// `spend_at_risk` says so.
    static Result<std::unique_ptr<Accounts>> open(const Config& config, StorePool& store,
                                                  std::size_t workers);
    ~Accounts();
    Accounts(const Accounts&) = delete;
    Accounts& operator=(const Accounts&) = delete;

    /// At the start and at each reload, before the new snapshot's deployments are bound.
    void configure(const Config& config);
    void bind(KeyRecord& record);
    void bind(Deployment& deployment);

    /// The threads begin.
    void start();
    /// Twice a second, on one thread.
    void tick();
    /// Once the workers have ended: leases go back, and what the journal has goes into the store,
    /// as far as `deadline` allows; the rest stays on disk for the next process.
    void finish(TimePoint deadline);

    Limiter& limiter() { return *limiter_; }
    Journal& journal() { return *journal_; }
    const SpendWriter& writer() const { return *writer_; }
    /// Why a crash may lose spend; empty: no reason is known.
    const std::string& spend_at_risk() const { return spend_at_risk_; }

private:
    Accounts(const Config& config, StorePool& store);

    const std::string process_;  // names it in the store and the journal
    std::string spend_at_risk_;
    bool enforces_rates_ = false;
    std::unique_ptr<LeaseSource> leases_;
    std::unique_ptr<Limiter> limiter_;
    std::unique_ptr<Journal> journal_;
    std::unique_ptr<SpendWriter> writer_;
    std::unique_ptr<SpendCleaner> cleaner_;
};

}  // namespace tollweir
