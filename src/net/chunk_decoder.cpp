#include "tollweir/net/chunk_decoder.hpp"

#include <algorithm>

namespace tollweir::net {

namespace {

// 2^60 - 1: more than any body, and no overflow.
constexpr std::uint32_t kMaxDigits = 15;
// Of one body: what nobody reads must not be endless.
constexpr std::uint32_t kMaxPassedOver = 16 * 1024;

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_control(char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

}  // namespace

std::string_view ChunkDecoder::take(std::string_view& input) {
    while (!input.empty() && state_ != State::done && state_ != State::broken) {
        if (state_ == State::data) {
            const auto size = std::min<std::uint64_t>(left_, input.size());
            const auto piece = input.substr(0, size);
            input.remove_prefix(size);
            left_ -= size;
            if (left_ == 0) state_ = State::data_cr;
            return piece;
        }
        step(input.front());
        input.remove_prefix(1);
    }
    return {};
}

void ChunkDecoder::step(char c) {
    const auto expect = [&](char wanted, State next) {
        state_ = c == wanted ? next : State::broken;
    };
    const auto pass_over = [&] {
        if (is_control(c) || ++passed_over_ > kMaxPassedOver) state_ = State::broken;
    };
    switch (state_) {
        case State::size:
            if (const auto value = hex_value(c); value >= 0) {
                left_ = left_ * 16 + static_cast<std::uint64_t>(value);
                if (++digits_ > kMaxDigits) state_ = State::broken;
            } else if (digits_ == 0) {
                state_ = State::broken;
            } else if (c == '\r') {
                state_ = State::size_end;
            } else {
                // Blanks before an extension are allowed (BWS); anything else is no size.
                state_ = c == ';' || c == ' ' || c == '\t' ? State::extension : State::broken;
            }
            break;
        case State::extension:
            if (c == '\r')
                state_ = State::size_end;
            else
                pass_over();
            break;
        case State::size_end:
            expect('\n', left_ == 0 ? State::trailer : State::data);
            digits_ = 0;
            break;
        case State::data_cr:
            expect('\r', State::data_lf);
            break;
        case State::data_lf:
            expect('\n', State::size);
            break;
        case State::trailer:
            if (c == '\r') {
                state_ = State::last_lf;
            } else {
                state_ = State::trailer_line;
                pass_over();
            }
            break;
        case State::trailer_line:
            if (c == '\r')
                state_ = State::trailer_lf;
            else
                pass_over();
            break;
        case State::trailer_lf:
            expect('\n', State::trailer);
            break;
        case State::last_lf:
            expect('\n', State::done);
            break;
        case State::data:
        case State::done:
        case State::broken:
            break;
    }
}

}  // namespace tollweir::net
