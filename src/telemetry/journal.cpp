#include "tollweir/telemetry/journal.hpp"

#include <algorithm>

#include "telemetry/journal_file.hpp"
#include "telemetry/journal_folder.hpp"
#include "telemetry/journal_window.hpp"
#include "tollweir/core/log.hpp"
#include "tollweir/core/thread_name.hpp"

namespace tollweir {

namespace {

// Where no file can be made, the workers write on in theirs; no need to hurry.
constexpr std::chrono::milliseconds kAfterFailure{1000};

std::uint64_t unapplied(const JournalFile& file) {
    const auto written = file.written.load(std::memory_order_acquire);
    const auto applied = file.applied.load(std::memory_order_acquire);
    return written > applied ? written - applied : 0;
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(const JournalOptions& options) {
    std::unique_ptr<Journal> journal(new Journal(options));
    if (!journal->is_in_memory()) {
        auto folder = JournalFolder::create(options.directory, options.process);
        if (!folder) return std::unexpected(folder.error());
        journal->folder_ = std::move(*folder);
        const auto reason = tollweir::volatile_reason(options.directory);
        if (!reason.empty()) journal->volatile_reason_ = options.directory.string() + ": " + reason;
    } else {
        journal->volatile_reason_ = "the spend journal is kept in memory";
    }
    for (std::size_t worker = 0; worker < options.workers; ++worker) {
        auto file = journal->make_file(worker);
        if (!file) return std::unexpected(file.error());
        journal->spares_[worker] = std::move(*file);
        journal->writers_.push_back(std::make_unique<JournalWriter>(*journal, worker));
    }
    journal->thread_ = std::thread([&journal = *journal] {
        name_this_thread("journal");
        journal.run();
    });
    return journal;
}

Journal::Journal(const JournalOptions& options)
    : options_(options), next_sequence_(options.workers, 1), spares_(options.workers) {}

Journal::~Journal() {
    finish();
}

void Journal::finish() {
    if (!thread_.joinable()) return;
    for (auto& writer : writers_) writer->finish();
    stopping_ = true;
    wake();
    thread_.join();
    // Spares that nobody has written to.
    const std::lock_guard lock(mutex_);
    for (const auto& spare : spares_)
        if (spare) spare->sealed = spare->retired = true;
}

Result<std::shared_ptr<JournalFile>> Journal::make_file(std::size_t worker) {
    const JournalFileName name{worker, next_sequence_[worker]};
    auto file = is_in_memory() ? JournalFile::create_in_memory(options_.process, name)
                               : JournalFile::create(folder_->path(), options_.process, name,
                                                     options_.file_bytes);
    if (!file) return file;
    ++next_sequence_[worker];
    const std::lock_guard lock(mutex_);
    files_.push_back(*file);
    return file;
}

std::shared_ptr<JournalFile> Journal::take_spare(std::size_t worker) {
    std::shared_ptr<JournalFile> spare;
    {
        const std::lock_guard lock(mutex_);
        spare = std::exchange(spares_[worker], nullptr);
    }
    wake();  // to make the next one
    return spare;
}

std::unique_ptr<JournalWindow> Journal::make_window(std::size_t worker) const {
    return folder_ ? JournalWindow::create(folder_->path(), worker) : nullptr;
}

void Journal::wake() {
    if (work_.exchange(1, std::memory_order_release) == 0) work_.notify_one();
}

/// A worker may have taken the thread for busy although it has looked for bytes already: so it
/// looks for them once more before it waits.
void Journal::await_work() {
    if (written_bytes() == seen_bytes_) work_.wait(0, std::memory_order_acquire);
}

std::uint64_t Journal::written_bytes() const {
    std::uint64_t bytes = 0;
    for (const auto& writer : writers_)
        bytes += writer->numbers().bytes.load(std::memory_order_relaxed);
    return bytes;
}

void Journal::run() {
    for (;;) {
        await_work();
        const bool is_last = stopping_;
        work_.store(0, std::memory_order_release);
        seen_bytes_ = written_bytes();
        sync_files();
        if (is_last) return;
        prepare_spares();
        check_room();
        // Gathers what comes meanwhile into one sync.
        if (!stopping_) std::this_thread::sleep_for(options_.sync_interval);
    }
}

void Journal::sync_files() {
    const auto files = this->files();
    std::vector<JournalFile*> sealed;
    for (const auto& file : files)
        if (file->sealed.load(std::memory_order_acquire) && !file->retired)
            sealed.push_back(file.get());
    for (const auto& writer : writers_) writer->drain();
    if (std::ranges::any_of(files, [](const auto& file) { return file->synced == 0; }))
        sync_names();
    for (const auto& file : files) {
        const auto written = file->written.load(std::memory_order_acquire);
        if (written == file->synced.load(std::memory_order_relaxed)) continue;
        if (!is_in_memory()) note_sync(file->sync());
        file->synced.store(written, std::memory_order_release);
    }
    // What their successors took over was written before they were sealed, so it is synced now.
    for (auto* file : sealed) file->retired.store(true, std::memory_order_release);
}

void Journal::sync_names() {
    if (is_in_memory()) return;
    note_sync(sync_folder(folder_->path()));
    note_sync(sync_folder(options_.directory));
}

/// What could not be synced may never reach the disk. It is in the kernel's memory, and the spend
/// writer takes it from there: the store is the safer place now.
void Journal::note_sync(const Result<void>& outcome) {
    ++syncs_;
    if (!outcome && sync_errors_++ == 0)
        log_error(outcome.error().message + "; a crash of the machine can lose spend");
}

void Journal::prepare_spares() {
    for (std::size_t worker = 0; worker < options_.workers; ++worker) {
        {
            const std::lock_guard lock(mutex_);
            if (spares_[worker]) continue;
        }
        auto file = make_file(worker);
        if (!file) {
            if (!spare_failed_) log_error(file.error().message);
            spare_failed_ = true;
            std::this_thread::sleep_for(std::min(kAfterFailure, 10 * options_.sync_interval));
            return;
        }
        spare_failed_ = false;
        const std::lock_guard lock(mutex_);
        spares_[worker] = std::move(*file);
    }
}

void Journal::check_room() {
    if (is_in_memory()) is_full_ = backlog_bytes() >= options_.max_memory_bytes;
}

std::vector<std::shared_ptr<JournalFile>> Journal::files() const {
    const std::lock_guard lock(mutex_);
    return files_;
}

void Journal::drop(const std::shared_ptr<JournalFile>& file, bool damaged) {
    damaged ? file->set_aside() : file->remove();
    const std::lock_guard lock(mutex_);
    std::erase(files_, file);
}

void Journal::note_applied() {
    if (is_full()) wake();
}

void Journal::remove_folder() {
    if (!folder_) return;
    if (folder_->remove()) static_cast<void>(sync_folder(options_.directory));
}

std::uint64_t Journal::backlog_bytes() const {
    std::uint64_t bytes = 0;
    for (const auto& file : files()) bytes += unapplied(*file);
    return bytes;
}

std::vector<const JournalWriterNumbers*> Journal::numbers() const {
    std::vector<const JournalWriterNumbers*> all;
    for (const auto& writer : writers_) all.push_back(&writer->numbers());
    return all;
}

bool Journal::is_failing() const {
    return std::ranges::any_of(
               writers_,
               [](const auto& writer) { return writer->numbers().unwritten_bytes != 0; }) ||
           sync_errors_ != 0;
}

}  // namespace tollweir
