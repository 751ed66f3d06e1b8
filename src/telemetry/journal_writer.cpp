#include "tollweir/telemetry/journal_writer.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "telemetry/journal_file.hpp"
#include "telemetry/journal_frame.hpp"
#include "telemetry/journal_parts.hpp"
#include "telemetry/journal_record.hpp"
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
    end_frame(gathered_, begin);
}

/// `gathered_` ends with a record's shared part, from `begin` on: where the file has it already, a
/// reference takes its place. Gives where the file has it.
JournalPart JournalWriter::share_part(std::size_t begin) {
    const auto bytes = std::string_view(gathered_).substr(begin);
    if (bytes.size() < kLeastSharedPart || bytes.size() > kMostSharedPart) return {};
    const auto offset = file_->written.load(std::memory_order_relaxed) + begin - sent_;
    const auto part = parts_->find_or_add(bytes, offset);
    if (part.offset != offset) refer_to_part(gathered_, begin, part);
    return part;
}

Result<void> JournalWriter::open(JournalCall& call, SpendRow& row) {
    call.abandon();
    if (auto room = make_room(); !room) return room;
    call.id_ = new_record_id(WallClock::now());
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
    row.record_id = new_record_id(WallClock::now());
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
    end_frame(gathered_, begin);
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
    if (unwritten() == 0) return;
    write_out();
    if (unwritten() != 0) return;
    if (before_) seal();
    if (file_->written >= journal_.options().file_bytes) change_file();
}

void JournalWriter::on_tick(TimePoint now) {
    flush();
    const bool is_old = now - file_began_ >= journal_.options().file_age;
    if (is_old && !before_ && unwritten() == 0 && file_->written > kJournalMagic.size())
        change_file();
}

void JournalWriter::write_out() {
    while (unwritten() != 0) {
        const auto sent = ::write(file_->fd(), gathered_.data() + sent_, unwritten());
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) {
            note_failure(sent < 0 ? errno : EIO);
            break;
        }
        sent_ += static_cast<std::size_t>(sent);
        add(numbers_.bytes, static_cast<std::uint64_t>(sent));
        file_->written.store(
            file_->written.load(std::memory_order_relaxed) + static_cast<std::uint64_t>(sent),
            std::memory_order_release);
    }
    if (unwritten() == 0) {
        gathered_.clear();
        sent_ = 0;
        if (gathered_.capacity() > 2 * kUsualBuffer) {
            gathered_.shrink_to_fit();
            gathered_.reserve(kUsualBuffer);
        }
        note_recovery();
    }
    numbers_.unwritten_bytes.store(unwritten(), std::memory_order_relaxed);
    journal_.wake();
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
    auto next = journal_.take_spare(worker_);
    if (!next) return;  // on its way; the file may become larger than wished
    before_ = std::exchange(file_, std::move(next));
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
    if (unwritten() != 0)
        log_error("the spend journal could not be written: " + std::to_string(unwritten()) +
                  " bytes of records are lost");
    if (before_) seal();
    file_->sealed.store(true, std::memory_order_release);
}

}  // namespace tollweir
