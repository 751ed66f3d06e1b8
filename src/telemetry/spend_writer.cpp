#include "tollweir/telemetry/spend_writer.hpp"

#include <algorithm>
#include <tuple>

#include "telemetry/journal_file.hpp"
#include "telemetry/journal_folder.hpp"
#include "telemetry/journal_frame.hpp"
#include "telemetry/journal_record.hpp"
#include "telemetry/journal_recovery.hpp"
#include "telemetry/journal_tail.hpp"
#include "telemetry/refused_row.hpp"
#include "tollweir/core/ids.hpp"
#include "tollweir/core/log.hpp"
#include "tollweir/core/thread_name.hpp"
#include "tollweir/telemetry/journal.hpp"

namespace tollweir {

/// A dead process's folder, held by its lock while its files are applied.
struct SpendWriter::Adopted {
    std::unique_ptr<JournalFolder> folder;
};

/// A file that is read into the store.
struct SpendWriter::Source {
    Source(std::shared_ptr<JournalFile> its_file, const Adopted* its_owner)
        : file(std::move(its_file)),
          owner(its_owner),
          tail(std::make_unique<JournalTail>(file->fd(), kJournalMagic.size(), file->seal())) {}

    /// Reads on where the store is.
    void place(std::uint64_t position) {
        stored = position;
        const auto from = std::max<std::uint64_t>(position, kJournalMagic.size());
        tail = std::make_unique<JournalTail>(file->fd(), from, file->seal());
        file->applied = from;
    }
    bool is_read() const {
        return file->retired.load(std::memory_order_acquire) && tail->position() >= file->written;
    }
    auto order() const { return std::tuple(std::string_view(file->process()), file->name()); }
    bool follows(const Source& other) const {
        return file->process() == other.file->process() &&
               file->name().worker == other.file->name().worker;
    }

    std::shared_ptr<JournalFile> file;
    const Adopted* owner;  // null: ours
    std::unique_ptr<JournalTail> tail;
    std::uint64_t stored = 0;  // the position that the store has; 0: none
    std::uint64_t unreadable = 0;
    bool in_batch = false;
};

SpendWriter::SpendWriter(Journal& journal, SpendStore store, const SpendWriterOptions& options)
    : journal_(journal), store_(std::move(store)), options_(options) {}

SpendWriter::~SpendWriter() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void SpendWriter::start() {
    thread_ = std::thread([this] {
        name_this_thread("spend-writer");
        run();
    });
}

void SpendWriter::hurry() {
    {
        const std::lock_guard lock(mutex_);
        hurried_ = true;
    }
    changed_.notify_all();
}

bool SpendWriter::finish(TimePoint deadline) {
    std::unique_lock lock(mutex_);
    finishing_ = true;
    changed_.notify_all();
    return changed_.wait_until(lock, deadline, [this] { return done_; });
}

void SpendWriter::run() {
    for (;;) {
        find_own_files();
        if (Clock::now() >= next_adoption_) adopt();
        if (batch_.empty()) gather();
        const bool has_work = !batch_.empty();
        if (has_work) apply_batch();
        drop_finished();
        finish_adopted();
        bool is_finishing;
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) return;
            is_finishing = finishing_;
        }
        if (is_finishing && all_applied()) break;
        const bool is_well = pause_.count() == 0;
        if (is_well && has_work && (has_more_ || is_finishing)) continue;
        if (!wait(!is_well ? pause_ : is_finishing ? options_.first_retry : options_.interval))
            return;
    }
    journal_.remove_folder();
    {
        const std::lock_guard lock(mutex_);
        done_ = true;
    }
    changed_.notify_all();
}

/// False: the writer is to end.
bool SpendWriter::wait(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    const bool was_finishing = finishing_;
    changed_.wait_for(lock, time,
                      [&] { return hurried_ || stopping_ || finishing_ != was_finishing; });
    hurried_ = false;
    return !stopping_;
}

void SpendWriter::find_own_files() {
    bool is_new = false;
    for (const auto& file : journal_.files()) {
        if (std::ranges::any_of(sources_, [&](const auto& known) { return known->file == file; }))
            continue;
        sources_.push_back(std::make_unique<Source>(file, nullptr));
        is_new = true;
    }
    if (is_new) std::ranges::sort(sources_, {}, [](const auto& source) { return source->order(); });
}

void SpendWriter::adopt() {
    next_adoption_ = Clock::now() + options_.adopt_interval;
    // What cannot be applied need not be looked at.
    if (journal_.is_in_memory() || is_kept_waiting()) return;
    for (const auto& process : journal_processes(journal_.options().directory)) {
        const bool is_known = process == journal_.options().process ||
                              std::ranges::any_of(adopted_, [&](const auto& adopted) {
                                  return adopted->folder->process() == process;
                              });
        if (is_known) continue;
        if (auto taken = take_over(process); !taken) {
            if (taken.error().kind == ErrorKind::unavailable) return note_failure(taken.error());
            if (std::ranges::find(complained_, process) != complained_.end()) continue;
            complained_.push_back(process);
            log_error("the spend journal of an earlier process, " + process +
                      ", cannot be adopted yet: " + taken.error().message);
        }
    }
}

Result<void> SpendWriter::take_over(const std::string& process) {
    auto folder = JournalFolder::adopt(journal_.options().directory, process);
    if (!folder) return std::unexpected(folder.error());
    if (!*folder) return {};  // it lives, or another has it
    auto interrupted = close_interrupted_calls(**folder);
    if (!interrupted) return std::unexpected(interrupted.error());
    numbers_.interrupted += *interrupted;

    auto adopted = std::make_unique<Adopted>(std::move(*folder));
    std::vector<std::unique_ptr<Source>> sources;
    std::vector<std::string> ids;
    for (const auto name : adopted->folder->files()) {
        auto file = JournalFile::open(adopted->folder->path(), process, name);
        if (!file) return std::unexpected(file.error());
        ids.push_back((*file)->id());
        sources.push_back(std::make_unique<Source>(std::move(*file), adopted.get()));
    }
    if (!ids.empty()) {
        auto positions = store_.positions(ids);
        if (!positions) return std::unexpected(positions.error());
        note_success();
        for (std::size_t i = 0; i < sources.size(); ++i) sources[i]->place((*positions)[i]);
    }
    ++numbers_.adopted;
    if (!ids.empty())
        log_info("adopted the spend journal of an earlier process, " + process + ": " +
                 std::to_string(*interrupted) +
                 " calls were interrupted and are booked at their estimate");
    for (auto& source : sources) sources_.push_back(std::move(source));
    std::ranges::sort(sources_, {}, [](const auto& source) { return source->order(); });
    adopted_.push_back(std::move(adopted));
    return {};
}

void SpendWriter::gather() {
    batch_sources_.clear();
    batch_ends_.clear();
    batch_bytes_ = 0;
    has_more_ = false;
    for (std::size_t i = 0; i < sources_.size() && !has_more_; ++i)
        has_more_ = gather_from(*sources_[(first_source_ + i) % sources_.size()]);
    ++first_source_;
}

/// True: the batch is full, and more may be there.

bool SpendWriter::gather_from(Source& source) {
    auto& file = *source.file;
    source.tail->release();
    // In this order: what is sealed grows no more.
    const bool is_sealed = file.sealed.load(std::memory_order_acquire);
    const auto limit = file.synced.load(std::memory_order_acquire);
    const bool is_final = is_sealed && limit == file.written.load(std::memory_order_acquire);
    bool is_full = false;
    while (!is_full) {
        const auto item = source.tail->next(limit, is_final);
        if (!item) note_failure(item.error());
        if (!item || !*item) break;
        if (is_open_record((*item)->payload)) continue;  // its close comes, or its adopter's
        auto kind = JournalRecordKind::close;
        SpendRow row;
        if (!read_journal_record((*item)->payload, kind, row, source.tail.get())) {
            source.unreadable += (*item)->payload.size();
            continue;
        }
        if (!source.in_batch) {
            source.in_batch = true;
            batch_sources_.push_back(&source);
            batch_.files.push_back({file.id(), file.process(), source.stored, 0});
        }
        batch_.files.back().to = (*item)->end;
        batch_.entries.push_back({std::move(row), batch_.files.size() - 1});
        batch_ends_.push_back((*item)->end);
        batch_bytes_ += (*item)->payload.size();
        is_full =
            batch_.entries.size() >= options_.batch_rows || batch_bytes_ >= options_.batch_bytes;
    }
    if (!source.in_batch) file.applied = source.tail->position();
    return is_full;
}

void SpendWriter::apply_batch() {
    const auto applied = store_.apply(batch_);
    if (applied) {
        note_success();
        if (!*applied) return read_positions();
        numbers_.rows += batch_.entries.size();
        return settle_batch();
    }
    note_failure(applied.error());
    // A store that answers and refuses may be refusing one row among many.
    if (applied.error().kind != ErrorKind::unavailable) apply_alone();
}

/// Row by row, so that one which the store cannot hold does not keep the others back. Such a row
/// goes in without the texts that others chose: the money is what must be kept.
void SpendWriter::apply_alone() {
    for (std::size_t i = 0; i < batch_.entries.size(); ++i) {
        const auto& entry = batch_.entries[i];
        auto& source = *batch_sources_[entry.file];
        SpendBatch one;
        one.files.push_back({batch_.files[entry.file].id, batch_.files[entry.file].process,
                             source.stored, batch_ends_[i]});
        one.entries.push_back({entry.row, 0});
        if (i == 0) one.gone = batch_.gone;
        auto applied = store_.apply(one);
        if (!applied && applied.error().kind != ErrorKind::unavailable) {
            one.entries.front().row = without_foreign_texts(entry.row);
            applied = store_.apply(one);
            if (applied && *applied) {
                ++numbers_.reduced;
                log_error("the store refused a spend row with its texts and took it without: " +
                          to_text(entry.row.record_id));
            }
        }
        const bool is_refused = !applied && applied.error().kind != ErrorKind::unavailable;
        if (is_refused && set_aside(i, applied.error())) {
            one.entries.clear();  // the journal's position goes on without it
            applied = store_.apply(one);
        }
        // Also where it moved: the store knows how far it is.
        if (!applied || !*applied) return read_positions();
        source.stored = batch_ends_[i];
        if (!one.entries.empty()) ++numbers_.rows;
    }
    note_success();
    settle_batch();
}

/// False: it is tried again first. A table that another program has changed may refuse a row for
/// good, and must not keep back all that come after it.
bool SpendWriter::set_aside(std::size_t entry, const GatewayError& refusal) {
    const auto& row = batch_.entries[entry].row;
    refusals_ = row.record_id == refused_ ? refusals_ + 1 : 1;
    refused_ = row.record_id;
    if (refusals_ < options_.most_refusals || journal_.is_in_memory()) return false;
    const auto kept = keep_refused_row(journal_.options().directory, row);
    if (!kept) {
        log_error(kept.error().message);
        return false;
    }
    refusals_ = 0;
    ++numbers_.set_aside;
    log_error("the store refuses a spend row of " + dollars(row.cost) + " dollars (" +
              refusal.message + "): it is kept in " + kept->string() +
              "; once the store can take it, rename that folder without its leading dot");
    return true;
}

void SpendWriter::settle_batch() {
    for (std::size_t i = 0; i < batch_sources_.size(); ++i) {
        auto& source = *batch_sources_[i];
        source.stored = batch_.files[i].to;
        source.file->applied = source.tail->position();
        source.in_batch = false;
    }
    ++numbers_.batches;
    batch_.clear();
    batch_.gone.clear();
    journal_.note_applied();
}

/// The batch begins anew, from where the store says it is.
void SpendWriter::read_positions() {
    std::vector<std::string> ids;
    for (const auto& file : batch_.files) ids.push_back(file.id);
    const auto positions = store_.positions(ids);
    if (!positions) return note_failure(positions.error());
    for (std::size_t i = 0; i < batch_sources_.size(); ++i) {
        auto& source = *batch_sources_[i];
        if ((*positions)[i] < source.stored)
            log_error("the store knows less of the spend journal " + source.file->id() +
                      " than it did, as if an older copy had been restored: what the journal still "
                      "has is applied again from there");
        source.in_batch = false;
        source.place((*positions)[i]);
    }
    batch_.clear();
    has_more_ = true;
}

void SpendWriter::drop_finished() {
    const Source* before = nullptr;  // the one kept last
    std::vector<std::filesystem::path> folders;
    std::erase_if(sources_, [&](const std::unique_ptr<Source>& source) {
        // In order: while a file has an open record, the one with its close must be there too.
        const bool is_first = before == nullptr || !source->follows(*before);
        if (!is_first || source->in_batch || !source->is_read()) {
            before = source.get();
            return false;
        }
        const auto& file = source->file;
        const auto damage = source->tail->damaged_bytes() + source->unreadable;
        if (damage > 0) {
            numbers_.damaged_bytes += damage;
            log_error("the spend journal " + file->id() + " had " + std::to_string(damage) +
                      " damaged bytes, whose calls may be booked at their estimate; the file is "
                      "kept beside the folders");
        }
        if (source->owner == nullptr)
            journal_.drop(file, damage > 0);
        else
            damage > 0 ? file->set_aside() : file->remove();
        folders.push_back(file->path().parent_path());
        // A name that came back after the machine's crash would be new to the store.
        if (source->stored != 0 && sync_folder(folders.back())) batch_.gone.push_back(file->id());
        return true;
    });
}

void SpendWriter::finish_adopted() {
    std::uint64_t backlog = 0;
    for (const auto& source : sources_)
        if (source->owner != nullptr) backlog += source->file->written - source->file->applied;
    numbers_.adopted_backlog = backlog;
    std::erase_if(adopted_, [&](const std::unique_ptr<Adopted>& adopted) {
        const bool has_files = std::ranges::any_of(
            sources_, [&](const auto& source) { return source->owner == adopted.get(); });
        if (has_files || is_kept_waiting()) return false;
        if (auto finished = store_.finish(adopted->folder->process()); !finished) {
            note_failure(finished.error());
            return false;
        }
        note_success();
        adopted->folder->remove();
        return true;
    });
}

/// Ours; what dead processes have left is there for the next one.
bool SpendWriter::all_applied() {
    if (std::ranges::any_of(sources_, [](const auto& source) { return source->owner == nullptr; }))
        return false;
    if (auto finished = store_.finish(journal_.options().process); !finished) {
        note_failure(finished.error());
        return false;
    }
    return true;
}

/// By a store that is away, as the batch shows that is to be applied next.
bool SpendWriter::is_kept_waiting() const {
    return numbers_.store_is_away && !batch_.empty();
}

void SpendWriter::note_failure(const GatewayError& error) {
    ++numbers_.failures;
    if (pause_.count() == 0)
        log_warning("spend is not written to the store and waits in the journal: " + error.message);
    if (error.kind == ErrorKind::unavailable) numbers_.store_is_away = true;
    const auto doubled = std::max(2 * pause_, options_.first_retry);
    const auto jitter = std::chrono::milliseconds(static_cast<std::int64_t>(
        random_bits() % static_cast<std::uint64_t>(options_.first_retry.count() + 1)));
    pause_ = std::min(doubled + jitter, options_.last_retry);
}

void SpendWriter::note_success() {
    if (numbers_.store_is_away) log_info("spend is written to the store again");
    numbers_.store_is_away = false;
    pause_ = std::chrono::milliseconds(0);
}

}  // namespace tollweir
