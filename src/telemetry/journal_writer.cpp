#include "tollweir/telemetry/journal_writer.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "telemetry/journal_file.hpp"
#include "telemetry/journal_frame.hpp"
#include "telemetry/journal_parts.hpp"
#include "telemetry/journal_record.hpp"
#include "telemetry/journal_window.hpp"
#include "tollweir/core/log.hpp"
#include "tollweir/telemetry/journal.hpp"

namespace tollweir {

namespace {

constexpr std::chrono::seconds kComplainEvery{30};
// A buffer that grew while the disk was full goes back to this.
constexpr std::size_t kUsualBuffer = 256 * 1024;

void add(std::atomic<std::uint64_t>& counter, std::uint64_t value) {
    // One writer: a plain add is enough, and cheaper than a locked one.
    counter.store(counter.load(std::memory_order_relaxed) + value, std::memory_order_relaxed);
}

}  // namespace

void JournalCall::abandon() {
    if (writer_ != nullptr) writer_->abandon(*this);
}

JournalWriter::JournalWriter(Journal& journal, std::size_t worker)
    : journal_(journal),
      worker_(worker),
      file_(journal.take_spare(worker)),
      window_(journal.make_window(worker)),
      end_(file_->written.load()),
      file_began_(Clock::now()),
      parts_(std::make_unique<JournalParts>()) {}

JournalWriter::~JournalWriter() {
    while (open_calls_ != nullptr) abandon(*open_calls_);
}

Result<void> JournalWriter::make_room() {
    if (unwritten() >= journal_.options().max_unwritten_bytes || journal_.is_full()) {
        flush();  // the disk may have room again
        if (unwritten() >= journal_.options().max_unwritten_bytes || journal_.is_full()) {
            add(numbers_.refused, 1);
            auto error = fail(ErrorKind::unavailable,
                              "what this call costs could not be recorded: the spend journal has "
                              "no room",
                              ErrorSource::gateway);
            error.error().retry_after = "5";
            return error;
        }
    }
    return {};
}

void JournalWriter::write_open(JournalCall& call, SpendRow& row) {
    row.record_id = call.id_;
    call.record_.clear();
    call.part_begin_ = append_journal_record(JournalRecordKind::open, row, call.record_);
    gather_open(call);
    flush();
}

void JournalWriter::gather_open(JournalCall& call) {
    const auto begin = begin_frame(gathered_);
    gathered_ += call.record_;
    call.part_ = share_part(begin + kFrameHead + call.part_begin_);
    seal_frame(begin);
}

/// `gathered_` ends with a record's shared part, from `begin` on: where the file has it already, a
/// reference takes its place. Gives where the file has it.
JournalPart JournalWriter::share_part(std::size_t begin) {
    const auto bytes = std::string_view(gathered_).substr(begin);
    if (bytes.size() < kLeastSharedPart || bytes.size() > kMostSharedPart) return {};
    const auto offset = offset_of(begin);
    const auto part = parts_->find_or_add(bytes, offset);
    if (part.offset != offset) refer_to_part(gathered_, begin, part);
    return part;
}

/// Where what stands there in `gathered_` will stand in the file.
std::uint64_t JournalWriter::offset_of(std::size_t begin) const {
    return end_.load(std::memory_order_relaxed) + begin - sent_;
}

void JournalWriter::seal_frame(std::size_t begin) {
    end_frame(gathered_, begin, file_->seal().at(offset_of(begin)));
}

Result<void> JournalWriter::open(JournalCall& call, SpendRow& row) {
    call.abandon();
    if (auto room = make_room(); !room) return room;
    call.id_ = new_record_id(row.start);
    link(call);
    add(numbers_.opened, 1);
    write_open(call, row);
    return {};
}

Result<void> JournalWriter::reopen(JournalCall& call, SpendRow& row) {
    if (auto room = make_room(); !room) return room;
    write_open(call, row);
    return {};
}

void JournalWriter::close(JournalCall& call, SpendRow& row) {
    row.record_id = call.id_;
    append_close(row, &call);
    unlink(call);
}

void JournalWriter::append(SpendRow& row) {
    row.record_id = new_record_id(row.start);
    append_close(row, nullptr);
}

void JournalWriter::append_close(SpendRow& row, const JournalCall* call) {
    const auto begin = begin_frame(gathered_);
    auto part_begin = append_journal_record(JournalRecordKind::close, row, gathered_);
    if (gathered_.size() - begin - kFrameHead > kMaxFramePayload) {
        // Stored prompts are all that can grow so large: the money is what must be kept.
        add(numbers_.shortened, 1);
        gathered_.resize(begin + kFrameHead);
        row.request_json = row.response_json = {};
        row.client_metadata_json = row.guardrails_json = row.extra_usage_json = {};
        part_begin = append_journal_record(JournalRecordKind::close, row, gathered_);
    }
    // Most calls end where they began.
    const auto part = std::string_view(gathered_).substr(part_begin);
    if (call != nullptr && call->part_.size != 0 &&
        part == std::string_view(call->record_).substr(call->part_begin_))
        refer_to_part(gathered_, part_begin, call->part_);
    else
        share_part(part_begin);
    seal_frame(begin);
    add(numbers_.closed, 1);
    if (scheduled_ || !schedule_) return;
    scheduled_ = true;
    schedule_();
}

void JournalWriter::abandon(JournalCall& call) {
    SpendRow row;
    auto kind = JournalRecordKind::open;
    if (!read_journal_record(call.record_, kind, row)) {
        log_error("an open record of the spend journal cannot be read back");
        return unlink(call);
    }
    row.end = WallClock::now();
    row.estimated = row.interrupted = true;
    row.status = SpendStatus::failure;
    append_close(row, &call);
    unlink(call);
    add(numbers_.abandoned, 1);
}

void JournalWriter::link(JournalCall& call) {
    call.writer_ = this;
    call.previous_ = nullptr;
    call.next_ = open_calls_;
    if (open_calls_ != nullptr) open_calls_->previous_ = &call;
    open_calls_ = &call;
}

void JournalWriter::unlink(JournalCall& call) {
    (call.previous_ != nullptr ? call.previous_->next_ : open_calls_) = call.next_;
    if (call.next_ != nullptr) call.next_->previous_ = call.previous_;
    call.writer_ = nullptr;
    call.previous_ = call.next_ = nullptr;
}

void JournalWriter::flush() {
    scheduled_ = false;
    if (unwritten() == 0 && !drain_failed_.load(std::memory_order_relaxed)) return;
    write_out();
    if (unwritten() != 0) return;
    if (before_) seal();
    if (end_.load(std::memory_order_relaxed) >= journal_.options().file_bytes) change_file();
}

void JournalWriter::on_tick(TimePoint now) {
    flush();
    const bool is_old = now - file_began_ >= journal_.options().file_age;
    if (is_old && !before_ && unwritten() == 0 &&
        end_.load(std::memory_order_relaxed) > kJournalMagic.size())
        change_file();
}

void JournalWriter::write_out() {
    if (!stage()) write_through();
    if (unwritten() == 0) {
        gathered_.clear();
        sent_ = 0;
        if (gathered_.capacity() > 2 * kUsualBuffer) {
            gathered_.shrink_to_fit();
            gathered_.reserve(kUsualBuffer);
        }
    }
    journal_.note_bytes();
}

/// Into the window, where the death of the process does not reach it. False: there is no room, or
/// the thread could not write to the file.
bool JournalWriter::stage() {
    if (!window_ || drain_failed_.load(std::memory_order_relaxed)) return false;
    const auto end = end_.load(std::memory_order_relaxed);
    const auto size = unwritten();
    if (end - file_->written.load(std::memory_order_acquire) + size > JournalWindow::kSize)
        return false;
    window_->put(end, std::string_view(gathered_).substr(sent_));
    take_note_of(size);
    return true;
}

/// Into the file, behind what is in the window.
void JournalWriter::write_through() {
    const std::lock_guard lock(draining_);
    int error = drain_window();
    if (error == 0) {
        const auto rest = std::string_view(gathered_).substr(sent_);
        const auto done = write_at(file_->fd(), rest, end_.load(std::memory_order_relaxed));
        take_note_of(done.bytes);
        file_->written.store(end_.load(std::memory_order_relaxed), std::memory_order_release);
        error = done.error;
    }
    drain_failed_.store(error != 0, std::memory_order_relaxed);
    const auto held = end_.load(std::memory_order_relaxed) - file_->written + unwritten();
    numbers_.unwritten_bytes.store(error != 0 ? held : 0, std::memory_order_relaxed);
    error != 0 ? note_failure(error) : note_recovery();
}

void JournalWriter::take_note_of(std::size_t sent) {
    sent_ += sent;
    add(numbers_.bytes, sent);
    end_.store(end_.load(std::memory_order_relaxed) + sent, std::memory_order_release);
}

void JournalWriter::drain() {
    if (!window_) return;
    const std::lock_guard lock(draining_);
    if (drain_window() != 0) drain_failed_.store(true, std::memory_order_relaxed);
}

/// With `draining_` held. The system's error; 0: the file has all that the window has. What a
/// failure leaves half written is written again.
int JournalWriter::drain_window() {
    auto at = file_->written.load(std::memory_order_relaxed);
    const auto end = end_.load(std::memory_order_acquire);
    while (at < end) {
        const auto piece = window_->at(at, static_cast<std::size_t>(end - at));
        if (const auto done = write_at(file_->fd(), piece, at); done.error != 0) return done.error;
        at += piece.size();
    }
    file_->written.store(end, std::memory_order_release);
    return 0;
}

void JournalWriter::note_failure(int error_number) {
    add(numbers_.write_errors, 1);
    const auto now = Clock::now();
    if (failing_ && now - last_complaint_ < kComplainEvery) return;
    failing_ = true;
    last_complaint_ = now;
    log_error(file_failure("the spend journal cannot be written; records are held in memory, and "
                           "new calls will be refused when there are too many",
                           file_->path(), error_number)
                  .error()
                  .message);
}

void JournalWriter::note_recovery() {
    if (!failing_) return;
    failing_ = false;
    log_warning("the spend journal is written again; nothing was lost");
}

void JournalWriter::change_file() {
    write_through();
    if (end_.load(std::memory_order_relaxed) != file_->written) return;  // the disk refuses it
    auto next = journal_.take_spare(worker_);
    if (!next) return;  // on its way; the file may become larger than wished
    {
        const std::lock_guard lock(draining_);
        before_ = std::exchange(file_, std::move(next));
        end_.store(file_->written, std::memory_order_relaxed);
    }
    file_began_ = Clock::now();
    parts_->forget();
    // So that the old file can go although calls that it opened are still running.
    for (auto* call = open_calls_; call != nullptr; call = call->next_) gather_open(*call);
    if (unwritten() != 0) write_out();
    if (unwritten() == 0) seal();
}

void JournalWriter::seal() {
    before_->sealed.store(true, std::memory_order_release);
    before_.reset();
    journal_.wake();
}

void JournalWriter::finish() {
    while (open_calls_ != nullptr) abandon(*open_calls_);
    flush();
    write_through();
    if (unwritten() != 0)
        log_error("the spend journal could not be written: " + std::to_string(unwritten()) +
                  " bytes of records are lost");
    if (before_) seal();
    // What its file does not have, the window keeps for whoever adopts the folder.
    if (window_ && end_.load(std::memory_order_relaxed) == file_->written) window_->remove();
    file_->sealed.store(true, std::memory_order_release);
}

}  // namespace tollweir
