#include "telemetry/journal_recovery.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <string>

#include "telemetry/journal_frame.hpp"
#include "telemetry/journal_record.hpp"
#include "telemetry/journal_tail.hpp"
#include "telemetry/journal_window.hpp"

namespace tollweir {

namespace {

/// What one worker left: calls do not change their worker.
struct Remains {
    std::map<RecordId, std::string> open;  // open records without a close
    std::uint64_t last_sequence = 0;
    WallTime last_seen{};  // the latest time in any record: about when the process ended
};

/// The open record without references, which end with the file's tail.
std::string self_contained(const SpendRow& row) {
    std::string record;
    append_journal_record(JournalRecordKind::open, row, record);
    return record;
}

/// The whole records that stand in the window for this place of the file.
std::string staged_records(const JournalWindow& window, const FrameSeal& seal, std::uint64_t from) {
    std::string bytes(window.at(from, JournalWindow::kSize));
    bytes += window.at(from + bytes.size(), JournalWindow::kSize - bytes.size());
    std::size_t end = 0;
    for (;;) {
        const auto rest = std::string_view(bytes).substr(end);
        const auto frame = read_frame(rest, seal, from + end);
        if (frame.state != Frame::State::whole) break;
        end += frame.size;
    }
    bytes.resize(end);
    return bytes;
}

Result<void> write(int fd, std::string_view bytes, std::uint64_t offset,
                   const std::filesystem::path& path) {
    const auto done = write_at(fd, bytes, offset);
    if (done.error == 0) return {};
    return file_failure("a spend journal cannot be completed", path, done.error);
}

/// Takes in the records from an offset on. Gives where the last whole one ends.
Result<std::uint64_t> scan(const JournalFile& file, std::uint64_t from, Remains& remains) {
    JournalTail tail(file.fd(), from, file.seal());
    SpendRow row;
    auto kind = JournalRecordKind::open;
    for (auto end = from;;) {
        auto item = tail.next(file.written, true);
        if (!item) return std::unexpected(item.error());
        if (!*item) return end;
        end = (*item)->end;
        if (read_journal_record((*item)->payload, kind, row, &tail)) {
            remains.last_seen = std::max({remains.last_seen, row.start, row.end});
            if (kind == JournalRecordKind::open)
                remains.open.insert_or_assign(row.record_id, self_contained(row));
            else
                remains.open.erase(row.record_id);
        }
        tail.release();
    }
}

/// The process died before its thread wrote to the file what was in the window. Gives whether there
/// was something for it behind `end`.
Result<bool> complete(JournalFile& file, const JournalWindow& window, std::uint64_t end) {
    const auto records = staged_records(window, file.seal(), end);
    if (records.empty()) return false;
    const int fd = ::open(file.path().c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) return file_failure("a spend journal cannot be completed", file.path(), errno);
    auto written = write(fd, records, end, file.path());
    ::close(fd);
    if (written) written = file.sync();
    if (!written) return std::unexpected(written.error());
    file.written = std::max<std::uint64_t>(file.written, end + records.size());
    return true;
}

/// Takes in a file, with what the window has of it.
Result<void> take_in(JournalFile& file, const JournalWindow* window, Remains& remains) {
    const auto end = scan(file, kJournalMagic.size(), remains);
    if (!end) return std::unexpected(end.error());
    if (window == nullptr) return {};
    const auto has_more = complete(file, *window, *end);
    if (!has_more) return std::unexpected(has_more.error());
    if (!*has_more) return {};
    if (const auto rest = scan(file, *end, remains); !rest) return std::unexpected(rest.error());
    return {};
}

void append_close(std::string_view open_record, WallTime last_seen, const JournalFile& file,
                  std::string& out) {
    SpendRow row;
    auto kind = JournalRecordKind::open;
    read_journal_record(open_record, kind, row);
    row.end = std::max(row.start, last_seen);
    row.estimated = row.interrupted = true;
    row.status = SpendStatus::failure;
    row.error.class_name = "Interrupted";
    row.error.message = "the gateway ended before the call did: booked at its estimate";
    const auto begin = begin_frame(out);
    append_journal_record(JournalRecordKind::close, row, out);
    end_frame(out, begin, file.seal().at(file.written + begin));
}

Result<void> write_closes(const JournalFolder& folder, std::size_t worker, const Remains& remains) {
    auto file = JournalFile::create(folder.path(), folder.process(),
                                    {worker, remains.last_sequence + 1}, 0);
    if (!file) return std::unexpected(file.error());
    std::string frames;
    for (const auto& [id, record] : remains.open)
        append_close(record, remains.last_seen, **file, frames);
    if (auto written = write((*file)->fd(), frames, (*file)->written, (*file)->path()); !written)
        return written;
    if (auto synced = (*file)->sync(); !synced) return synced;
    return sync_folder(folder.path());
}

}  // namespace

Result<std::size_t> close_interrupted_calls(const JournalFolder& folder) {
    std::map<std::size_t, Remains> workers;
    std::map<std::size_t, std::unique_ptr<JournalWindow>> windows;
    for (const auto name : folder.files()) {
        auto& remains = workers[name.worker];
        remains.last_sequence = name.sequence;
        auto file = JournalFile::open(folder.path(), folder.process(), name);
        if (!file) return std::unexpected(file.error());
        auto& window = windows[name.worker];
        if (!window) {
            auto left = JournalWindow::open(folder.path(), name.worker);
            if (!left) return std::unexpected(left.error());
            window = std::move(*left);
        }
        if (auto taken = take_in(**file, window.get(), remains); !taken)
            return std::unexpected(taken.error());
    }
    std::size_t count = 0;
    for (const auto& [worker, remains] : workers) {
        if (remains.open.empty()) continue;
        if (auto written = write_closes(folder, worker, remains); !written)
            return std::unexpected(written.error());
        count += remains.open.size();
    }
    for (const auto& [worker, window] : windows)
        if (window) window->remove();
    return count;
}

}  // namespace tollweir
