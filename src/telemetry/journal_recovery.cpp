#include "telemetry/journal_recovery.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <string>

#include "telemetry/journal_frame.hpp"
#include "telemetry/journal_record.hpp"
#include "telemetry/journal_tail.hpp"

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

Result<void> scan(const JournalFile& file, Remains& remains) {
    JournalTail tail(file.fd(), kJournalMagic.size());
    SpendRow row;
    auto kind = JournalRecordKind::open;
    for (;;) {
        auto item = tail.next(file.written, true);
        if (!item) return std::unexpected(item.error());
        if (!*item) return {};
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

void append_close(std::string_view open_record, WallTime last_seen, std::string& out) {
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
    end_frame(out, begin);
}

Result<void> write_closes(const JournalFolder& folder, std::size_t worker, const Remains& remains) {
    auto file = JournalFile::create(folder.path(), folder.process(),
                                    {worker, remains.last_sequence + 1}, 0);
    if (!file) return std::unexpected(file.error());
    std::string frames;
    for (const auto& [id, record] : remains.open) append_close(record, remains.last_seen, frames);
    std::string_view rest = frames;
    while (!rest.empty()) {
        const auto sent = ::write((*file)->fd(), rest.data(), rest.size());
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0)
            return file_failure("a spend journal cannot be closed", (*file)->path(), errno);
        rest.remove_prefix(static_cast<std::size_t>(sent));
    }
    if (auto synced = (*file)->sync(); !synced) return synced;
    return sync_folder(folder.path());
}

}  // namespace

Result<std::size_t> close_interrupted_calls(const JournalFolder& folder) {
    std::map<std::size_t, Remains> workers;
    for (const auto name : folder.files()) {
        auto& remains = workers[name.worker];
        remains.last_sequence = name.sequence;
        auto file = JournalFile::open(folder.path(), folder.process(), name);
        if (!file) return std::unexpected(file.error());
        if (auto scanned = scan(**file, remains); !scanned) return std::unexpected(scanned.error());
    }
    std::size_t count = 0;
    for (const auto& [worker, remains] : workers) {
        if (remains.open.empty()) continue;
        if (auto written = write_closes(folder, worker, remains); !written)
            return std::unexpected(written.error());
        count += remains.open.size();
    }
    return count;
}

}  // namespace tollweir
