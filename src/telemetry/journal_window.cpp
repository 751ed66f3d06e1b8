#include "telemetry/journal_window.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "telemetry/journal_file.hpp"

namespace tollweir {

namespace {

// fs/xfs: not in the kernel's headers for programs.
constexpr std::uint64_t kXfsMagic = 0x58465342;

/// Those that keep room once it is set aside, whatever else is written, and never copy on write.
bool keeps_room(int fd) {
    struct statfs facts{};
    if (::fstatfs(fd, &facts) != 0) return false;
    const auto type = static_cast<std::uint64_t>(facts.f_type);
    return type == EXT4_SUPER_MAGIC || type == kXfsMagic || type == TMPFS_MAGIC;
}

std::filesystem::path window_path(const std::filesystem::path& folder, std::size_t worker) {
    return folder / ("window-" + std::to_string(worker));
}

char* map(int fd) {
    void* memory = ::mmap(nullptr, JournalWindow::kSize, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return memory == MAP_FAILED ? nullptr : static_cast<char*>(memory);
}

}  // namespace

std::unique_ptr<JournalWindow> JournalWindow::create(const std::filesystem::path& folder,
                                                     std::size_t worker) {
    auto path = window_path(folder, worker);
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return nullptr;
    const bool is_safe = keeps_room(fd) && ::fallocate(fd, 0, 0, kSize) == 0;
    char* memory = is_safe ? map(fd) : nullptr;
    ::close(fd);
    if (memory == nullptr) {
        ::unlink(path.c_str());
        return nullptr;
    }
    // So that no touch waits for the disk. Where the limits forbid it, one may.
    static_cast<void>(::mlock2(memory, kSize, MLOCK_ONFAULT));
    return std::unique_ptr<JournalWindow>(new JournalWindow(std::move(path), memory));
}

Result<std::unique_ptr<JournalWindow>> JournalWindow::open(const std::filesystem::path& folder,
                                                           std::size_t worker) {
    constexpr std::string_view kWhat = "a spend journal's window cannot be read";
    auto path = window_path(folder, worker);
    const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) return nullptr;
    if (fd < 0) return file_failure(kWhat, path, errno);
    const auto size = ::lseek(fd, 0, SEEK_END);
    const bool is_cut = size >= 0 && size < static_cast<off_t>(kSize);
    char* memory = is_cut ? nullptr : map(fd);
    const int reason = errno;
    ::close(fd);
    if (is_cut) {
        ::unlink(path.c_str());
        return nullptr;
    }
    if (memory == nullptr) return file_failure(kWhat, path, reason);
    return std::unique_ptr<JournalWindow>(new JournalWindow(std::move(path), memory));
}

JournalWindow::~JournalWindow() {
    ::munmap(memory_, kSize);
}

void JournalWindow::put(std::uint64_t offset, std::string_view bytes) {
    const auto begin = offset % kSize;
    const auto before_end = std::min(bytes.size(), kSize - begin);
    std::memcpy(memory_ + begin, bytes.data(), before_end);
    std::memcpy(memory_, bytes.data() + before_end, bytes.size() - before_end);
}

std::string_view JournalWindow::at(std::uint64_t offset, std::size_t size) const {
    const auto begin = offset % kSize;
    return {memory_ + begin, std::min(size, kSize - begin)};
}

void JournalWindow::remove() const {
    ::unlink(path_.c_str());
}

}  // namespace tollweir
