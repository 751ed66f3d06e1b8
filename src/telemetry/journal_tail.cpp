#include "telemetry/journal_tail.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "tollweir/core/crc32c.hpp"

namespace tollweir {

namespace {

constexpr std::size_t kChunk = 256 * 1024;

}  // namespace

Result<std::optional<JournalTail::Item>> JournalTail::next(std::uint64_t limit, bool final) {
    while (position_ < limit) {
        // Only what lies before the limit counts: what is behind it may not be on the disk yet.
        const auto here = unread().substr(0, limit - position_);
        const auto frame = read_frame(here, seal_, position_);
        if (frame.state == Frame::State::whole) {
            position_ += frame.size;
            return Item{frame.payload, position_};
        }
        if (frame.state == Frame::State::cut && !has_all(limit)) {
            if (auto read = read_more(limit, frame.size); !read)
                return std::unexpected(read.error());
            continue;
        }
        if (frame.state == Frame::State::cut && !final) return std::nullopt;
        auto passed = pass_over_damage(limit, final);
        if (!passed) return std::unexpected(passed.error());
        if (!*passed) return std::nullopt;
    }
    return std::nullopt;
}

Result<void> JournalTail::read_more(std::uint64_t limit, std::size_t wanted) {
    const auto rest = unread();
    const auto from = position_ + rest.size();
    const auto most = std::max(kChunk, wanted) - std::min(rest.size(), wanted);
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(limit - from, most));
    auto chunk = std::make_unique<std::string>();
    chunk->reserve(rest.size() + size);
    chunk->append(rest);
    chunk->resize(rest.size() + size);
    if (auto read = read_at(from, chunk->data() + rest.size(), size); !read) return read;
    if (!chunk_->empty()) used_.push_back(std::move(chunk_));
    chunk_ = std::move(chunk);
    base_ = position_;
    return {};
}

std::optional<std::string_view> JournalTail::part(const JournalPart& part) {
    if (const auto kept = parts_.find({part.offset, part.size}); kept != parts_.end()) {
        if (kept->second.crc != part.crc) return std::nullopt;
        return kept->second.bytes;
    }
    // Records refer to what was written before them.
    if (part.offset > position_ || part.size > position_ - part.offset) return std::nullopt;
    std::string bytes(part.size, '\0');
    if (!read_at(part.offset, bytes.data(), bytes.size())) return std::nullopt;
    if (crc32c(bytes) != part.crc) return std::nullopt;
    const auto [kept, is_new] =
        parts_.try_emplace({part.offset, part.size}, part.crc, std::move(bytes));
    return kept->second.bytes;
}

Result<void> JournalTail::read_at(std::uint64_t offset, char* to, std::size_t size) const {
    for (std::size_t have = 0; have < size;) {
        const auto got = ::pread(fd_, to + have, size - have, static_cast<off_t>(offset + have));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0)
            return fail(ErrorKind::internal,
                        std::string("the spend journal cannot be read: ") +
                            (got < 0 ? std::strerror(errno) : "a file is shorter than it was"),
                        ErrorSource::gateway);
        have += static_cast<std::size_t>(got);
    }
    return {};
}

/// True: `position_` is at a frame again, or at the limit.
Result<bool> JournalTail::pass_over_damage(std::uint64_t limit, bool final) {
    while (!has_all(limit)) {
        const auto rest = static_cast<std::size_t>(limit - position_);
        if (auto read = read_more(limit, rest); !read) return std::unexpected(read.error());
    }
    const auto rest = unread().substr(0, limit - position_);
    const auto found = find_frame(rest, 1, seal_, position_);
    if (found != std::string_view::npos) {
        damaged_bytes_ += found;
        position_ += found;
        return true;
    }
    if (!final) return false;
    torn_bytes_ += rest.size();
    position_ = limit;
    return true;
}

}  // namespace tollweir
