#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tollweir {

/// A file of the spend journal: these eight bytes, then frames. The last one is the format's
/// version; a file of a later one is left alone.
inline constexpr std::string_view kJournalMagic = "TWSPEND3";
/// Of versions before, whose frames are sealed with no place: read, not written. The records of the
/// first have no shared parts.
inline constexpr std::string_view kOldJournalMagics[] = {"TWSPEND1", "TWSPEND2"};

/// A frame: length of the payload (4 bytes, little-endian), CRC-32C of the place where the frame
/// stands, of that length and the payload, the payload. So neither zeros nor a torn tail pass for
/// one, nor does a frame of another place that its bytes were not cleared of.
inline constexpr std::size_t kFrameHead = 8;
/// A longer one is none: bounds what a reader of a damaged file asks for.
inline constexpr std::size_t kMaxFramePayload = 16 << 20;

/// What the checksums of a file's frames begin with.
class FrameSeal {
public:
    /// Of files of versions before: the same everywhere.
    FrameSeal() = default;
    /// Of a file of a journal, by its name.
    FrameSeal(std::size_t worker, std::uint64_t sequence);

    /// For a frame that begins at this offset of the file.
    std::uint32_t at(std::uint64_t offset) const;

private:
    std::optional<std::uint32_t> file_;
};

/// `begin = begin_frame(out)`, append the payload, `end_frame(out, begin, seal)`. `seal`:
/// FrameSeal's for where the frame will stand.
std::size_t begin_frame(std::string& out);
void end_frame(std::string& out, std::size_t begin, std::uint32_t seal);

struct Frame {
    enum class State : std::uint8_t {
        whole,
        cut,     // what is there may be the beginning of one
        broken,  // it is not
    };
    State state = State::cut;
    std::string_view payload;  // of a whole one
    std::size_t size = 0;      // of a whole one, with its head; of a cut one, what it needs
};

/// The frame that `bytes`, which stand at `offset` of their file, begin with.
Frame read_frame(std::string_view bytes, const FrameSeal& seal, std::uint64_t offset);

/// Where the first whole frame at `from` or behind it begins; npos: none. For files that were
/// damaged in their middle.
std::size_t find_frame(std::string_view bytes, std::size_t from, const FrameSeal& seal,
                       std::uint64_t offset);

}  // namespace tollweir
