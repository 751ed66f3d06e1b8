#include "telemetry/journal_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <iterator>

#include "tollweir/core/log.hpp"

namespace tollweir {

namespace {

constexpr std::string_view kPrefix = "worker-";

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

std::string JournalFileName::text() const {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%06llu", static_cast<unsigned long long>(sequence));
    return std::string(kPrefix) + std::to_string(worker) + "." + digits;
}

std::optional<JournalFileName> parse_journal_file_name(std::string_view text) {
    if (!text.starts_with(kPrefix)) return std::nullopt;
    text.remove_prefix(kPrefix.size());
    const auto dot = text.find('.');
    if (dot == text.npos) return std::nullopt;
    const auto worker = parse_number(text.substr(0, dot));
    const auto sequence = parse_number(text.substr(dot + 1));
    if (!worker || !sequence) return std::nullopt;
    return JournalFileName{static_cast<std::size_t>(*worker), *sequence};
}

JournalFile::JournalFile(int fd, std::string process, JournalFileName name,
                         std::filesystem::path path)
    : fd_(fd),
      process_(std::move(process)),
      name_(name),
      path_(std::move(path)),
      seal_(name.worker, name.sequence) {
    written = applied = kJournalMagic.size();
}

JournalFile::~JournalFile() {
    ::close(fd_);
}

Result<std::shared_ptr<JournalFile>> JournalFile::create(const std::filesystem::path& folder,
                                                         std::string process, JournalFileName name,
                                                         std::size_t reserve) {
    auto path = folder / name.text();
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return file_failure("the spend journal cannot be created", path, errno);
    std::shared_ptr<JournalFile> file(new JournalFile(fd, std::move(process), name, path));
    // Not every file system can; a disk without the room says so at the first write.
    if (reserve > 0)
        static_cast<void>(::fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(reserve)));
    if (const auto magic = write_at(fd, kJournalMagic, 0); magic.error != 0) {
        file->remove();
        return file_failure("the spend journal cannot be written", path, magic.error);
    }
    return file;
}

Result<std::shared_ptr<JournalFile>> JournalFile::create_in_memory(std::string process,
                                                                   JournalFileName name) {
    const int fd = ::memfd_create("tollweir-journal", MFD_CLOEXEC);
    if (fd < 0) return file_failure("no memory for the spend journal", {}, errno);
    std::shared_ptr<JournalFile> file(new JournalFile(fd, std::move(process), name, {}));
    if (const auto magic = write_at(fd, kJournalMagic, 0); magic.error != 0)
        return file_failure("no memory for the spend journal", {}, magic.error);
    return file;
}

Result<std::shared_ptr<JournalFile>> JournalFile::open(const std::filesystem::path& folder,
                                                       std::string process, JournalFileName name) {
    auto path = folder / name.text();
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return file_failure("a spend journal cannot be opened", path, errno);
    std::shared_ptr<JournalFile> file(new JournalFile(fd, std::move(process), name, path));
    struct stat facts{};
    if (::fstat(fd, &facts) != 0)
        return file_failure("a spend journal cannot be read", path, errno);
    char magic[kJournalMagic.size()] = {};
    const auto size = static_cast<std::uint64_t>(facts.st_size);
    const auto got = ::pread(fd, magic, sizeof magic, 0);
    if (got < 0) return file_failure("a spend journal cannot be read", path, errno);
    const std::string_view begin(magic, static_cast<std::size_t>(got));
    // A file whose process died while it made it has nothing in it.
    const bool is_young = size <= kJournalMagic.size();
    const bool is_old = std::ranges::find(kOldJournalMagics, begin) != std::end(kOldJournalMagics);
    if (is_old) file->seal_ = {};
    if (!is_young && begin != kJournalMagic && !is_old)
        return fail(ErrorKind::internal,
                    path.string() + " is no spend journal of this version of Tollweir: left alone",
                    ErrorSource::gateway);
    file->written = file->synced = is_young ? kJournalMagic.size() : size;
    file->sealed = file->retired = true;
    return file;
}

Result<void> JournalFile::sync() const {
    if (::fdatasync(fd_) != 0)
        return file_failure("the spend journal cannot be synced to disk", path_, errno);
    return {};
}

void JournalFile::remove() const {
    if (!path_.empty() && ::unlink(path_.c_str()) != 0 && errno != ENOENT)
        log_error(file_failure("a spend journal cannot be removed", path_, errno).error().message);
}

void JournalFile::set_aside() const {
    if (path_.empty()) return;
    const auto directory = path_.parent_path().parent_path();
    const auto aside = directory / (process_ + "-" + name_.text() + ".damaged");
    if (::rename(path_.c_str(), aside.c_str()) != 0)
        log_error(file_failure("a spend journal cannot be renamed", path_, errno).error().message);
}

JournalWrite write_at(int fd, std::string_view bytes, std::uint64_t offset) {
    JournalWrite done;
    while (done.bytes < bytes.size()) {
        const auto rest = bytes.substr(done.bytes);
        const auto sent =
            ::pwrite(fd, rest.data(), rest.size(), static_cast<off_t>(offset + done.bytes));
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) {
            done.error = sent < 0 ? errno : EIO;
            break;
        }
        done.bytes += static_cast<std::size_t>(sent);
    }
    return done;
}

Result<void> sync_folder(const std::filesystem::path& folder) {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return file_failure("a folder cannot be opened", folder, errno);
    const int outcome = ::fsync(fd);
    const int reason = errno;
    ::close(fd);
    // Some network file systems know no such thing for folders.
    if (outcome != 0 && reason != EINVAL && reason != EBADF)
        return file_failure("a folder cannot be synced to disk", folder, reason);
    return {};
}

std::unexpected<GatewayError> file_failure(std::string_view what, const std::filesystem::path& path,
                                           int error_number) {
    auto text = std::string(what);
    if (!path.empty()) text.append(": ").append(path.string());
    text.append(": ").append(std::strerror(error_number));
    return fail(ErrorKind::internal, std::move(text), ErrorSource::gateway);
}

}  // namespace tollweir
