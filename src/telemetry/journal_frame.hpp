#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tollweir {

/// A file of the spend journal: these eight bytes, then frames. The last one is the format's
/// version; a file of a later one is left alone.
inline constexpr std::string_view kJournalMagic = "TWSPEND2";
/// Of the version before, whose records have no shared parts: read, not written.
inline constexpr std::string_view kOldJournalMagic = "TWSPEND1";

/// A frame: length of the payload (4 bytes, little-endian), CRC-32C of that length and the payload,
/// the payload. So neither zeros nor a torn tail pass for one.
inline constexpr std::size_t kFrameHead = 8;
/// A longer one is none: bounds what a reader of a damaged file asks for.
inline constexpr std::size_t kMaxFramePayload = 16 << 20;

/// `begin = begin_frame(out)`, append the payload, `end_frame(out, begin)`.
std::size_t begin_frame(std::string& out);
void end_frame(std::string& out, std::size_t begin);

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

/// The frame that `bytes` begin with.
Frame read_frame(std::string_view bytes);

/// Where the first whole frame at `from` or behind it begins; npos: none. For files that were
/// damaged in their middle.
std::size_t find_frame(std::string_view bytes, std::size_t from);

}  // namespace tollweir
