#include "telemetry/journal_frame.hpp"

#include <bit>
#include <cstring>

#include "tollweir/core/crc32c.hpp"

namespace tollweir {

namespace {

static_assert(std::endian::native == std::endian::little);

std::uint32_t read_u32(const char* at) {
    std::uint32_t value;
    std::memcpy(&value, at, 4);
    return value;
}

std::uint32_t checksum(std::string_view length, std::string_view payload) {
    return crc32c(payload, crc32c(length));
}

}  // namespace

std::size_t begin_frame(std::string& out) {
    const auto begin = out.size();
    out.append(kFrameHead, '\0');
    return begin;
}

void end_frame(std::string& out, std::size_t begin) {
    const auto length = static_cast<std::uint32_t>(out.size() - begin - kFrameHead);
    std::memcpy(out.data() + begin, &length, 4);
    const std::string_view frame(out.data() + begin, out.size() - begin);
    const auto sum = checksum(frame.substr(0, 4), frame.substr(kFrameHead));
    std::memcpy(out.data() + begin + 4, &sum, 4);
}

Frame read_frame(std::string_view bytes) {
    if (bytes.size() < kFrameHead) return {Frame::State::cut, {}, kFrameHead};
    const std::size_t length = read_u32(bytes.data());
    if (length == 0 || length > kMaxFramePayload) return {Frame::State::broken, {}, 0};
    if (bytes.size() < kFrameHead + length) return {Frame::State::cut, {}, kFrameHead + length};
    const auto payload = bytes.substr(kFrameHead, length);
    if (checksum(bytes.substr(0, 4), payload) != read_u32(bytes.data() + 4))
        return {Frame::State::broken, {}, 0};
    return {Frame::State::whole, payload, kFrameHead + length};
}

std::size_t find_frame(std::string_view bytes, std::size_t from) {
    for (; from + kFrameHead < bytes.size(); ++from)
        if (read_frame(bytes.substr(from)).state == Frame::State::whole) return from;
    return std::string_view::npos;
}

}  // namespace tollweir
