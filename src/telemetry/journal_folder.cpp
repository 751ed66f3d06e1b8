#include "telemetry/journal_folder.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace tollweir {

namespace {

constexpr std::string_view kLock = "lock";
// A folder gets its name only once it is locked, so that nobody adopts it before.
constexpr std::string_view kUnfinished = ".new-";

bool is_process_name(std::string_view name) {
    return !name.empty() && !name.starts_with('.');
}

}  // namespace

JournalFolder::JournalFolder(std::string process, std::filesystem::path path, int lock)
    : process_(std::move(process)), path_(std::move(path)), lock_(lock) {}

JournalFolder::~JournalFolder() {
    ::close(lock_);
}

Result<std::unique_ptr<JournalFolder>> JournalFolder::create(const std::filesystem::path& directory,
                                                             const std::string& process) {
    constexpr std::string_view kWhat = "the spend journal's folder cannot be created";
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error) return file_failure(kWhat, directory, error.value());
    const auto path = directory / process;
    const auto unfinished = directory / (std::string(kUnfinished) + process);
    if (::mkdir(unfinished.c_str(), 0700) != 0) return file_failure(kWhat, unfinished, errno);
    const int lock =
        ::open((unfinished / kLock).c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (lock < 0) return file_failure(kWhat, unfinished, errno);
    std::unique_ptr<JournalFolder> folder(new JournalFolder(process, path, lock));
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0)
        return file_failure("the spend journal cannot be locked", unfinished, errno);
    if (::rename(unfinished.c_str(), path.c_str()) != 0) return file_failure(kWhat, path, errno);
    return folder;
}

Result<std::unique_ptr<JournalFolder>> JournalFolder::adopt(const std::filesystem::path& directory,
                                                            const std::string& process) {
    const auto path = directory / process;
    const auto lock_path = path / kLock;
    // Made anew where it is missing: a folder whose removal was interrupted after its lock went.
    const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0) {
        if (errno == ENOENT || errno == ENOTDIR) return nullptr;
        return file_failure("a spend journal cannot be adopted", lock_path, errno);
    }
    std::unique_ptr<JournalFolder> folder(new JournalFolder(process, path, lock));
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return nullptr;
        return file_failure("a spend journal cannot be locked", lock_path, errno);
    }
    // The one that held it may have removed it between our opening and locking it.
    struct stat ours{};
    struct stat there{};
    if (::fstat(lock, &ours) != 0 || ::stat(lock_path.c_str(), &there) != 0 ||
        ours.st_ino != there.st_ino || ours.st_dev != there.st_dev)
        return nullptr;
    return folder;
}

std::vector<JournalFileName> JournalFolder::files() const {
    std::vector<JournalFileName> names;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(path_, error))
        if (const auto name = parse_journal_file_name(entry.path().filename().string()))
            names.push_back(*name);
    std::ranges::sort(names);
    return names;
}

bool JournalFolder::remove() {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(path_, error))
        if (entry.path().filename() != kLock) return false;
    ::unlink((path_ / kLock).c_str());
    return ::rmdir(path_.c_str()) == 0;
}

std::vector<std::string> journal_processes(const std::filesystem::path& directory) {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
        auto name = entry.path().filename().string();
        if (entry.is_directory(error) && is_process_name(name)) names.push_back(std::move(name));
    }
    std::ranges::sort(names);
    return names;
}

std::string volatile_reason(const std::filesystem::path& directory) {
    struct statfs facts{};
    if (::statfs(directory.c_str(), &facts) != 0) return "it cannot be looked at";
    switch (static_cast<std::uint64_t>(facts.f_type)) {
        case TMPFS_MAGIC:
        case RAMFS_MAGIC:
            return "it lies in memory (tmpfs)";
        case OVERLAYFS_SUPER_MAGIC:
            return "it lies in the container's own file system, which goes with the container";
        default:
            return {};
    }
}

}  // namespace tollweir
