#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tollweir/core/clock.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/core/spend_batch.hpp"

namespace tollweir {

class Journal;
class JournalFile;
class JournalFolder;
class JournalTail;

/// What the spend writer needs of the store. Called on its thread only; may block.
struct SpendStore {
    /// Applies the batch in one transaction. False: nothing was done, since the store has other
    /// positions than the batch begins at (a commit whose answer was lost has counted after all).
    std::function<Result<bool>(const SpendBatch&)> apply;
    /// What the store has of files, by id; 0: nothing.
    std::function<Result<std::vector<std::uint64_t>>(const std::vector<std::string>&)> positions;
    /// A process that has ended is applied wholly: its leases and positions go.
    std::function<Result<void>(const std::string& process)> finish;
};

struct SpendWriterOptions {
    // How long a row may wait before it is written.
    std::chrono::milliseconds interval{1000};
    std::size_t batch_rows = 500;
    std::size_t batch_bytes = 4 << 20;
    // How often it is looked for journals of dead processes.
    std::chrono::milliseconds adopt_interval{5000};
    // Between tries while the store fails: doubled from the first to the last, with jitter.
    std::chrono::milliseconds first_retry{20};
    std::chrono::milliseconds last_retry{5000};
    // How often one row may be refused, alone and without its texts, before it is set aside so that
    // the others can go on.
    int most_refusals = 10;
};

/// Any thread reads.
struct SpendWriterNumbers {
    std::atomic<std::uint64_t> rows{0};
    std::atomic<std::uint64_t> batches{0};
    std::atomic<std::uint64_t> failures{0};     // of the store, each try
    std::atomic<std::uint64_t> reduced{0};      // rows that the store took without their texts only
    std::atomic<std::uint64_t> set_aside{0};    // rows that it does not take at all: kept on disk
    std::atomic<std::uint64_t> adopted{0};      // folders of dead processes
    std::atomic<std::uint64_t> interrupted{0};  // calls that their end cut off
    std::atomic<std::uint64_t> damaged_bytes{0};    // of journals
    std::atomic<std::uint64_t> adopted_backlog{0};  // bytes of adopted journals still to apply
    std::atomic<bool> store_is_away{false};
};

/// Moves spend from journals into the store, in batches, on a thread of its own: what this
/// process's workers append, as soon as it is on the disk, and what dead processes have left.
/// While the store is away it waits, and catches up afterwards.
class SpendWriter {
public:
    /// The journal outlives the writer.
    SpendWriter(Journal& journal, SpendStore store, const SpendWriterOptions& options);
    /// Ends without waiting for more than the call of the store that is under way.
    ~SpendWriter();
    SpendWriter(const SpendWriter&) = delete;
    SpendWriter& operator=(const SpendWriter&) = delete;

    void start();

    /// After Journal::finish: applies what is left until all is in the store, then takes the
    /// process's folder away. False: not done by `deadline`; the journal on disk has the rest.
    bool finish(TimePoint deadline);

    /// Do not wait for the interval. Any thread.
    void hurry();

    const SpendWriterNumbers& numbers() const { return numbers_; }

private:
    struct Source;
    struct Adopted;

    void run();
    bool wait(std::chrono::milliseconds time);
    void find_own_files();
    void adopt();
    Result<void> take_over(const std::string& process);
    void gather();
    bool gather_from(Source& source);
    void apply_batch();
    void apply_alone();
    bool set_aside(std::size_t entry, const GatewayError& refusal);
    void settle_batch();
    void read_positions();
    void drop_finished();
    void finish_adopted();
    bool all_applied();
    bool is_kept_waiting() const;
    void note_failure(const GatewayError& error);
    void note_success();

    Journal& journal_;
    const SpendStore store_;
    const SpendWriterOptions options_;

    std::vector<std::unique_ptr<Source>> sources_;  // in the order of files
    std::vector<std::unique_ptr<Adopted>> adopted_;
    std::vector<std::string> complained_;  // processes whose journals cannot be adopted
    SpendBatch batch_;
    std::vector<Source*> batch_sources_;     // one a file of the batch
    std::vector<std::uint64_t> batch_ends_;  // one an entry: where its record ends
    std::size_t batch_bytes_ = 0;
    bool has_more_ = false;         // than the last batch could take
    std::size_t first_source_ = 0;  // where gathering begins: each gets its turn
    RecordId refused_;              // the row that was refused last, and how often in a row
    int refusals_ = 0;
    TimePoint next_adoption_{};
    std::chrono::milliseconds pause_{0};
    SpendWriterNumbers numbers_;

    std::mutex mutex_;  // of what follows, for waiting
    std::condition_variable changed_;
    bool hurried_ = false;
    bool finishing_ = false;
    bool stopping_ = false;
    bool done_ = false;
    std::thread thread_;
};

}  // namespace tollweir
