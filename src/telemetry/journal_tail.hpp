#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "telemetry/journal_frame.hpp"
#include "tollweir/core/error.hpp"
#include "tollweir/telemetry/journal_part.hpp"

namespace tollweir {

/// Reads a journal's file from an offset on, while it is written or afterwards. One thread.
class JournalTail {
public:
    /// `fd` outlives the tail. `position`: where a frame begins; kJournalMagic.size() is the first.
    JournalTail(int fd, std::uint64_t position, const FrameSeal& seal)
        : fd_(fd), seal_(seal), position_(position), base_(position) {}

    struct Item {
        std::string_view payload;  // until `release`
        std::uint64_t end = 0;     // where the record ends, in the file
    };

    /// The next record that ends at `limit` or before; nothing: there is none (yet). `final`:
    /// nothing will follow, so what is no record by now is damage, passed over and counted.
    Result<std::optional<Item>> next(std::uint64_t limit, bool final);

    /// The bytes of a shared part that a record given before refers to; until `release`. Nothing:
    /// it is not there, or damaged.
    std::optional<std::string_view> part(const JournalPart& part);

    /// Behind the last record that `next` gave, and behind the damage before the next one.
    std::uint64_t position() const { return position_; }

    /// Damaged bytes passed over that had whole records behind them: not the torn end of a file
    /// whose process died, which is `torn_bytes`.
    std::uint64_t damaged_bytes() const { return damaged_bytes_; }
    std::uint64_t torn_bytes() const { return torn_bytes_; }

    /// Payloads and parts given so far are no longer needed.
    void release() {
        used_.clear();
        parts_.clear();
    }

private:
    struct KeptPart {
        std::uint32_t crc;
        std::string bytes;
    };

    std::string_view unread() const { return std::string_view(*chunk_).substr(position_ - base_); }
    bool has_all(std::uint64_t limit) const { return base_ + chunk_->size() >= limit; }
    Result<void> read_at(std::uint64_t offset, char* to, std::size_t size) const;
    Result<void> read_more(std::uint64_t limit, std::size_t wanted);
    Result<bool> pass_over_damage(std::uint64_t limit, bool final);

    int fd_;
    FrameSeal seal_;
    std::uint64_t position_;
    std::uint64_t base_;  // offset in the file of the chunk's first byte
    std::unique_ptr<std::string> chunk_ = std::make_unique<std::string>();
    std::vector<std::unique_ptr<std::string>> used_;
    std::map<std::pair<std::uint64_t, std::uint32_t>, KeptPart> parts_;  // by offset and size
    std::uint64_t damaged_bytes_ = 0;
    std::uint64_t torn_bytes_ = 0;
};

}  // namespace tollweir
