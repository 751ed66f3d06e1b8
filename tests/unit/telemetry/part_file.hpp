#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "telemetry/journal_tail.hpp"
#include "tollweir/core/crc32c.hpp"

namespace tollweir {

/// A file with some bytes and a shared part behind them, and its tail, which has read all of it.
class PartFile {
public:
    explicit PartFile(std::string_view bytes)
        : fd_(::memfd_create("part", MFD_CLOEXEC)),
          part_{kBefore.size(), static_cast<std::uint32_t>(bytes.size()), crc32c(bytes)},
          tail_(fd_, kBefore.size() + bytes.size(), FrameSeal()) {
        const auto all = std::string(kBefore).append(bytes);
        if (::write(fd_, all.data(), all.size()) != static_cast<ssize_t>(all.size())) ::abort();
    }
    ~PartFile() { ::close(fd_); }
    PartFile(const PartFile&) = delete;
    PartFile& operator=(const PartFile&) = delete;

    const JournalPart& part() const { return part_; }
    JournalTail& tail() { return tail_; }

private:
    static constexpr std::string_view kBefore = "what is before it";
    int fd_;
    JournalPart part_;
    JournalTail tail_;
};

}  // namespace tollweir
