#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tollweir/core/error.hpp"
#include "tollweir/telemetry/journal_writer.hpp"

namespace tollweir {

class JournalFile;
class JournalFolder;
class JournalWindow;

struct JournalOptions {
    // `tollweir_settings.journal.dir`; empty: the journal is kept in memory, and a crash loses what
    // the store does not have yet.
    std::filesystem::path directory;
    std::string process;  // names the folder and the leases; unique
    std::size_t workers = 1;
    std::size_t file_bytes = 16 << 20;             // then the next file begins
    std::chrono::milliseconds file_age{3600'000};  // or when the file is so old
    // How long the machine's death may undo: the time between two syncs.
    std::chrono::milliseconds sync_interval{20};
    // What a worker holds in memory when the disk refuses it; then new billed calls are refused.
    std::size_t max_unwritten_bytes = 32 << 20;
    // What a journal in memory may hold that the store does not have yet; the same then.
    std::size_t max_memory_bytes = 256 << 20;
};

/// The spend journal of this process: a folder with a lock that marks it as living, a file a worker
/// at a time with a window on its end, and a thread that writes and syncs them (group commit) and
/// prepares the next ones. Files go when the spend writer has applied them.
class Journal {
public:
    /// Error: the folder cannot be made or written; the message is for the operator.
    static Result<std::unique_ptr<Journal>> open(const JournalOptions& options);
    ~Journal();
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    JournalWriter& writer(std::size_t worker) { return *writers_[worker]; }

    /// Once the workers' loops have ended: everything gathered is written and synced, and the
    /// journal's thread ends. The spend writer may go on reading.
    void finish();

    const JournalOptions& options() const { return options_; }
    bool is_in_memory() const { return options_.directory.empty(); }
    /// Why a crash of the machine or container can lose spend; empty: no reason is known.
    const std::string& volatile_reason() const { return volatile_reason_; }

    /// The files there are, for the spend writer.
    std::vector<std::shared_ptr<JournalFile>> files() const;
    /// A file that is sealed and wholly applied goes. `damaged`: it is kept aside instead.
    void drop(const std::shared_ptr<JournalFile>& file, bool damaged);
    /// The spend writer has applied more: a journal in memory may have room again.
    void note_applied();
    /// When nothing is left in the folder, takes it away. After `finish`.
    void remove_folder();

    /// Bytes that are not in the store yet.
    std::uint64_t backlog_bytes() const;
    std::uint64_t sync_errors() const { return sync_errors_; }
    std::uint64_t syncs() const { return syncs_; }
    std::vector<const JournalWriterNumbers*> numbers() const;
    /// Records are held in memory since the disk refuses them.
    bool is_failing() const;

private:
    friend class JournalWriter;

    explicit Journal(const JournalOptions& options);
    Result<std::shared_ptr<JournalFile>> make_file(std::size_t worker);
    void run();
    void await_work();
    std::uint64_t written_bytes() const;
    void sync_files();
    void sync_names();
    void note_sync(const Result<void>& outcome);
    void prepare_spares();
    void check_room();

    // Of the workers:
    /// A file to go on in; null: there is none yet, and the thread makes one.
    std::shared_ptr<JournalFile> take_spare(std::size_t worker);
    /// Null: the worker does without.
    std::unique_ptr<JournalWindow> make_window(std::size_t worker) const;
    /// There is something to do for the thread.
    void wake();
    /// Bytes were written: as `wake`, without the locked operation where the thread is busy, which
    /// waits for all that the worker has just stored.
    void note_bytes() {
        if (work_.load(std::memory_order_relaxed) == 0) wake();
    }
    bool is_full() const { return is_full_.load(std::memory_order_relaxed); }

    const JournalOptions options_;
    std::string volatile_reason_;
    std::unique_ptr<JournalFolder> folder_;
    std::vector<std::unique_ptr<JournalWriter>> writers_;
    std::vector<std::uint64_t> next_sequence_;  // a worker; of the journal's thread

    // Held for a few instructions: workers take it when they change files only.
    mutable std::mutex mutex_;
    std::vector<std::shared_ptr<JournalFile>> files_;
    std::vector<std::shared_ptr<JournalFile>> spares_;  // a worker; null: wanted

    std::atomic<std::uint32_t> work_{0};  // 1: there is some
    std::atomic<bool> stopping_{false};
    std::atomic<bool> is_full_{false};
    std::atomic<std::uint64_t> sync_errors_{0};
    std::atomic<std::uint64_t> syncs_{0};
    std::uint64_t seen_bytes_ = 0;  // before the last sync
    bool spare_failed_ = false;
    std::thread thread_;
};

}  // namespace tollweir
