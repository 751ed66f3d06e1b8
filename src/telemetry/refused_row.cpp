#include "telemetry/refused_row.hpp"

#include <string>
#include <system_error>

#include "telemetry/journal_file.hpp"
#include "telemetry/journal_folder.hpp"
#include "telemetry/journal_frame.hpp"
#include "telemetry/journal_record.hpp"

namespace tollweir {

Result<std::filesystem::path> keep_refused_row(const std::filesystem::path& directory,
                                               const SpendRow& row) {
    const auto name = ".refused-" + to_text(row.record_id);
    // Kept before, but the store went away before it heard that the journal goes on without it.
    if (std::error_code error; std::filesystem::exists(directory / name, error))
        return directory / name;
    const auto folder = JournalFolder::create(directory, name);
    if (!folder) return std::unexpected(folder.error());
    const auto file = JournalFile::create((*folder)->path(), name, {}, 0);
    if (!file) return std::unexpected(file.error());
    std::string frame;
    const auto begin = begin_frame(frame);
    append_journal_record(JournalRecordKind::close, row, frame);
    const std::uint64_t offset = (*file)->written;
    end_frame(frame, begin, (*file)->seal().at(offset));
    if (const auto written = write_at((*file)->fd(), frame, offset); written.error != 0)
        return file_failure("a refused spend row cannot be kept", (*file)->path(), written.error);
    if (auto synced = (*file)->sync(); !synced) return std::unexpected(synced.error());
    if (auto synced = sync_folder((*folder)->path()); !synced)
        return std::unexpected(synced.error());
    if (auto synced = sync_folder(directory); !synced) return std::unexpected(synced.error());
    return (*folder)->path();
}

}  // namespace tollweir
