#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "telemetry/journal_file.hpp"
#include "tollweir/core/error.hpp"

namespace tollweir {

/// The folder of one process in a journal's directory, while this process holds its lock: its own,
/// which the lock marks as living, or one that it has adopted. The lock ends with the process,
/// however that ends.
class JournalFolder {
public:
    /// Makes `directory` where it is missing, and in it the folder of a process. Not synced.
    static Result<std::unique_ptr<JournalFolder>> create(const std::filesystem::path& directory,
                                                         const std::string& process);
    /// Takes over a folder whose process has ended; null: it lives, or another adopts it.
    static Result<std::unique_ptr<JournalFolder>> adopt(const std::filesystem::path& directory,
                                                        const std::string& process);
    ~JournalFolder();
    JournalFolder(const JournalFolder&) = delete;
    JournalFolder& operator=(const JournalFolder&) = delete;

    const std::string& process() const { return process_; }
    const std::filesystem::path& path() const { return path_; }

    /// The journal's files in it, in order.
    std::vector<JournalFileName> files() const;
    /// Takes it away if no file is left in it but the lock; false: some are.
    bool remove();

private:
    JournalFolder(std::string process, std::filesystem::path path, int lock);

    const std::string process_;
    const std::filesystem::path path_;
    const int lock_;
};

/// The processes that have folders in `directory`, living or not.
std::vector<std::string> journal_processes(const std::filesystem::path& directory);

/// Why what is written to `directory` may not outlive the machine or container: it lies on a
/// temporary file system. Empty: no reason known.
std::string volatile_reason(const std::filesystem::path& directory);

}  // namespace tollweir
