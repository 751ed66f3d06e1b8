#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "tollweir/core/clock.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/core/record_id.hpp"
#include "tollweir/core/spend_row.hpp"
#include "tollweir/telemetry/journal_part.hpp"

namespace tollweir {

class Journal;
class JournalFile;
class JournalParts;
class JournalWindow;
class JournalWriter;

/// A billed call between its open record and its close. Lives where the call's own state does and
/// keeps its storage from one call to the next. Destroyed while open (nothing should do that), it
/// books the estimate. Not movable: its writer knows where it is.
class JournalCall {
public:
    JournalCall() = default;
    ~JournalCall() { abandon(); }
    JournalCall(const JournalCall&) = delete;
    JournalCall& operator=(const JournalCall&) = delete;

    bool is_open() const { return writer_ != nullptr; }
    /// Of the call while it is open, and of the last one afterwards.
    const RecordId& id() const { return id_; }

    /// Closes what is open as interrupted, at the estimate.
    void abandon();

private:
    friend class JournalWriter;

    JournalWriter* writer_ = nullptr;  // while open
    JournalCall* previous_ = nullptr;
    JournalCall* next_ = nullptr;
    RecordId id_;
    // The open record with its shared part, to be written again when the file changes.
    std::string record_;
    std::size_t part_begin_ = 0;  // in `record_`
    JournalPart part_;            // where the writer's file has that part
};

/// Counters of a writer: its worker writes, any thread reads.
struct JournalWriterNumbers {
    std::atomic<std::uint64_t> opened{0};
    std::atomic<std::uint64_t> closed{0};
    std::atomic<std::uint64_t> abandoned{0};
    std::atomic<std::uint64_t> bytes{0};
    std::atomic<std::uint64_t> write_errors{0};
    std::atomic<std::uint64_t> unwritten_bytes{0};  // held in memory, since the disk refused them
    std::atomic<std::uint64_t> refused{0};          // opens
    std::atomic<std::uint64_t> shortened{0};        // rows whose texts were too long for a record
};

/// A worker's end of the spend journal. What is appended is out of the process's hands after
/// `open`, and at the latest at the end of the loop's turn after `close`: so the death of the
/// process loses nothing. It stands in the worker's window (JournalWindow) until the journal's
/// thread writes it to the file, or, where there is no window or no room in it, the worker does.
/// The death of the machine may lose what the thread has not synced (Journal). Worker thread only,
/// but for `drain`; outlives its calls.
class JournalWriter {
public:
    JournalWriter(Journal& journal, std::size_t worker);
    ~JournalWriter();
    JournalWriter(const JournalWriter&) = delete;
    JournalWriter& operator=(const JournalWriter&) = delete;

    /// Appends the open record: what is known of the call, the estimates as costs. Only when this
    /// has returned may the upstream be called. Sets `row.record_id`. Error `unavailable`: the disk
    /// has refused records for so long that no more are held in memory; the call must be refused.
    Result<void> open(JournalCall& call, SpendRow& row);

    /// Appends the open record anew, in place of the one before: the call goes on elsewhere. Errors
    /// as of `open`; then the one before holds.
    Result<void> reopen(JournalCall& call, SpendRow& row);

    /// Appends what the call came to. Never fails and never waits: what the disk refuses is held in
    /// memory. Sets `row.record_id`.
    void close(JournalCall& call, SpendRow& row);

    /// A row without a call before it: a request that failed on its way to one.
    void append(SpendRow& row);

    /// Hands the kernel what has gathered. At the end of a turn (see `set_flush_scheduler`), and
    /// from `on_tick`.
    void flush();

    /// Called once when something has gathered: arranges for `flush` to run when the loop's turn
    /// ends. Without one, the tick flushes.
    void set_flush_scheduler(std::function<void()> schedule) { schedule_ = std::move(schedule); }

    /// Each tick of the worker: flushes, tries again what was refused, changes files.
    void on_tick(TimePoint now);

    /// What has gathered reaches the file; then nothing more may come. After the loop has ended.
    void finish();

    /// What is in the window reaches the file. The journal's thread.
    void drain();

    const JournalWriterNumbers& numbers() const { return numbers_; }

private:
    friend class JournalCall;

    Result<void> make_room();
    void write_open(JournalCall& call, SpendRow& row);
    void abandon(JournalCall& call);
    void gather_open(JournalCall& call);
    void append_close(SpendRow& row, const JournalCall* call);
    JournalPart share_part(std::size_t begin);
    std::uint64_t offset_of(std::size_t begin) const;
    void seal_frame(std::size_t begin);
    void link(JournalCall& call);
    void unlink(JournalCall& call);
    std::size_t unwritten() const { return gathered_.size() - sent_; }
    void write_out();
    bool stage();
    void write_through();
    void take_note_of(std::size_t sent);
    int drain_window();
    void note_failure(int error_number);
    void note_recovery();
    void change_file();
    void seal();

    Journal& journal_;
    const std::size_t worker_;
    std::mutex draining_;                          // worker and thread, for one write to the file
    std::shared_ptr<JournalFile> file_;            // changes with `draining_` held
    const std::unique_ptr<JournalWindow> window_;  // null: there is none
    // Of the file with what is still in the window: where `gathered_` will stand.
    std::atomic<std::uint64_t> end_;
    std::atomic<bool> drain_failed_{false};  // the thread's last; the worker tries it then
    std::shared_ptr<JournalFile> before_;    // until what was taken over from it is written
    TimePoint file_began_;
    std::unique_ptr<JournalParts> parts_;  // of `file_`
    std::string gathered_;
    std::size_t sent_ = 0;  // of `gathered_`
    bool scheduled_ = false;
    bool failing_ = false;
    TimePoint last_complaint_{};
    std::function<void()> schedule_;
    JournalCall* open_calls_ = nullptr;
    JournalWriterNumbers numbers_;
};

}  // namespace tollweir
