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

std::string_view bytes_of(const std::uint64_t& number) {
    return {reinterpret_cast<const char*>(&number), sizeof number};
}

std::uint32_t checksum(std::uint32_t seal, std::string_view length, std::string_view payload) {
    return crc32c(payload, crc32c(length, seal));
}

}  // namespace

FrameSeal::FrameSeal(std::size_t worker, std::uint64_t sequence)
    : file_(crc32c(bytes_of(sequence), crc32c(bytes_of(worker)))) {}

std::uint32_t FrameSeal::at(std::uint64_t offset) const {
    return file_ ? crc32c(bytes_of(offset), *file_) : 0;
}

std::size_t begin_frame(std::string& out) {
    const auto begin = out.size();
    out.append(kFrameHead, '\0');
    return begin;
}

void end_frame(std::string& out, std::size_t begin, std::uint32_t seal) {
    const auto length = static_cast<std::uint32_t>(out.size() - begin - kFrameHead);
    std::memcpy(out.data() + begin, &length, 4);
    const std::string_view frame(out.data() + begin, out.size() - begin);
    const auto sum = checksum(seal, frame.substr(0, 4), frame.substr(kFrameHead));
    std::memcpy(out.data() + begin + 4, &sum, 4);
}

Frame read_frame(std::string_view bytes, const FrameSeal& seal, std::uint64_t offset) {
    if (bytes.size() < kFrameHead) return {Frame::State::cut, {}, kFrameHead};
    const std::size_t length = read_u32(bytes.data());
    if (length == 0 || length > kMaxFramePayload) return {Frame::State::broken, {}, 0};
    if (bytes.size() < kFrameHead + length) return {Frame::State::cut, {}, kFrameHead + length};
    const auto payload = bytes.substr(kFrameHead, length);
    if (checksum(seal.at(offset), bytes.substr(0, 4), payload) != read_u32(bytes.data() + 4))
        return {Frame::State::broken, {}, 0};
    return {Frame::State::whole, payload, kFrameHead + length};
}

std::size_t find_frame(std::string_view bytes, std::size_t from, const FrameSeal& seal,
                       std::uint64_t offset) {
    for (; from + kFrameHead < bytes.size(); ++from)
        if (read_frame(bytes.substr(from), seal, offset + from).state == Frame::State::whole)
            return from;
    return std::string_view::npos;
}

}  // namespace tollweir
