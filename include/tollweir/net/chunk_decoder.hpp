#pragma once

#include <cstdint>
#include <string_view>

namespace tollweir::net {

/// Takes the frames off a chunked body (RFC 9112, 7.1) in whatever cuts it arrives. Extensions and
/// trailers are passed over, within bounds. No I/O, no allocation.
class ChunkDecoder {
public:
    /// Takes bytes from the front of `input` and returns the first piece of body among them, a view
    /// into it. Empty: `input` is used up, or the body is complete or broken; bytes behind a
    /// complete body stay in `input`.
    std::string_view take(std::string_view& input);

    bool is_done() const { return state_ == State::done; }
    bool is_broken() const { return state_ == State::broken; }

private:
    enum class State : unsigned char {
        size,       // hex digits
        extension,  // up to the line's end
        size_end,   // the LF of that line
        data,
        data_cr,
        data_lf,
        trailer,  // at the beginning of a trailer line
        trailer_line,
        trailer_lf,
        last_lf,
        done,
        broken,
    };
    void step(char c);

    std::uint64_t left_ = 0;
    std::uint32_t digits_ = 0;
    std::uint32_t passed_over_ = 0;  // bytes of extensions and trailers
    State state_ = State::size;
};

}  // namespace tollweir::net
