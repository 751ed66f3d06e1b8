#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/journal_frame.hpp"
#include "tollweir/core/error.hpp"

namespace tollweir {

/// What a file's name says: `worker-2.000017`.
struct JournalFileName {
    std::size_t worker = 0;
    std::uint64_t sequence = 0;

    std::string text() const;
    friend auto operator<=>(const JournalFileName&, const JournalFileName&) = default;
};

std::optional<JournalFileName> parse_journal_file_name(std::string_view text);

/// One file of a journal, open. Its worker or the journal's thread writes to it, the thread syncs,
/// the spend writer reads; the offsets tell each how far the others are.
class JournalFile {
public:
    /// A new one with its magic; neither it nor its name is synced. `reserve` bytes of disk are set
    /// aside for it where the file system can, so that a full disk is met here and not later.
    static Result<std::shared_ptr<JournalFile>> create(const std::filesystem::path& folder,
                                                       std::string process, JournalFileName name,
                                                       std::size_t reserve);
    /// The same without a place on disk, for gateways that have none to write to.
    static Result<std::shared_ptr<JournalFile>> create_in_memory(std::string process,
                                                                 JournalFileName name);
    /// One that a dead process has left; complete as it is. Error: it cannot be read, or it is of
    /// another version.
    static Result<std::shared_ptr<JournalFile>> open(const std::filesystem::path& folder,
                                                     std::string process, JournalFileName name);
    ~JournalFile();
    JournalFile(const JournalFile&) = delete;
    JournalFile& operator=(const JournalFile&) = delete;

    int fd() const { return fd_; }
    const std::string& process() const { return process_; }
    JournalFileName name() const { return name_; }
    /// `<process>/worker-2.000017`: how the store knows it.
    std::string id() const { return process_ + "/" + name_.text(); }
    const std::filesystem::path& path() const { return path_; }
    const FrameSeal& seal() const { return seal_; }

    Result<void> sync() const;
    /// Takes it off the disk; readers that have it open go on.
    void remove() const;
    /// Keeps it for people to look at, beside the folders, where no journal reads it.
    void set_aside() const;

    std::atomic<std::uint64_t> written{0};  // bytes handed to the kernel, for good
    std::atomic<std::uint64_t> synced{0};   // bytes on the disk
    std::atomic<std::uint64_t> applied{0};  // bytes whose records are in the store
    std::atomic<bool> sealed{false};        // nothing will be appended
    // Sealed, and what its successor took over from it is on the disk: may go once it is applied.
    std::atomic<bool> retired{false};

private:
    JournalFile(int fd, std::string process, JournalFileName name, std::filesystem::path path);

    const int fd_;
    const std::string process_;
    const JournalFileName name_;
    const std::filesystem::path path_;
    FrameSeal seal_;
};

/// What came of a write: all bytes, or fewer and the system's error.
struct JournalWrite {
    std::size_t bytes = 0;
    int error = 0;
};

/// Writes at an offset of a file, in as many steps as it takes.
JournalWrite write_at(int fd, std::string_view bytes, std::uint64_t offset);

/// Makes names that came or went in a folder durable.
Result<void> sync_folder(const std::filesystem::path& folder);

/// `what: path: the system's reason`, for operators.
std::unexpected<GatewayError> file_failure(std::string_view what, const std::filesystem::path& path,
                                           int error_number);

}  // namespace tollweir
