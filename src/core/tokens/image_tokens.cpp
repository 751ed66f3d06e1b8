#include "core/tokens/image_tokens.hpp"

#include <algorithm>
#include <array>

namespace tollweir::tokens {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> kValues = [] {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < kDigits.size(); ++i)
        values[static_cast<unsigned char>(kDigits[i])] = static_cast<std::int8_t>(i);
    return values;
}();

/// The bytes that a base64 text stands for, read at any place without decoding the rest.
class Base64Bytes {
public:
    explicit Base64Bytes(std::string_view text) : text_(text) {}

    /// -1 behind the end and where the text is not base64.
    int at(std::size_t index) const {
        const std::size_t digit = index / 3 * 4 + index % 3;
        if (digit + 1 >= text_.size()) return -1;
        const int high = value(digit), low = value(digit + 1);
        if (high < 0 || low < 0) return -1;
        const unsigned bits = static_cast<unsigned>(high) << 6 | static_cast<unsigned>(low);
        return static_cast<int>(bits >> (4 - 2 * (index % 3)) & 0xFF);
    }
    bool has(std::size_t index, std::string_view bytes) const {
        for (std::size_t i = 0; i < bytes.size(); ++i)
            if (at(index + i) != static_cast<unsigned char>(bytes[i])) return false;
        return true;
    }
    /// A number of `size` bytes, the first byte the highest or the lowest; nothing at the end.
    std::optional<std::uint32_t> big(std::size_t index, std::size_t size) const {
        std::uint32_t number = 0;
        for (std::size_t i = 0; i < size; ++i) {
            if (at(index + i) < 0) return std::nullopt;
            number = number << 8 | static_cast<std::uint32_t>(at(index + i));
        }
        return number;
    }
    std::optional<std::uint32_t> little(std::size_t index, std::size_t size) const {
        std::uint32_t number = 0;
        for (std::size_t i = size; i-- > 0;) {
            if (at(index + i) < 0) return std::nullopt;
            number = number << 8 | static_cast<std::uint32_t>(at(index + i));
        }
        return number;
    }

private:
    int value(std::size_t digit) const { return kValues[static_cast<unsigned char>(text_[digit])]; }

    std::string_view text_;
};

using Side = std::optional<std::uint32_t>;

std::optional<ImageSize> size_of(Side width, Side height) {
    if (!width || !height || *width == 0 || *height == 0) return std::nullopt;
    return ImageSize{*width, *height};
}

/// Goes from segment to segment to the one that begins a frame (ITU-T T.81, annex B).
std::optional<ImageSize> jpeg_size(const Base64Bytes& bytes) {
    constexpr int kMaxSegments = 512;
    std::size_t at = 2;
    for (int i = 0; i < kMaxSegments; ++i) {
        while (bytes.at(at) == 0xFF) ++at;  // fill bytes and the marker's first
        const int marker = bytes.at(at);
        if (marker < 0) return std::nullopt;
        const bool frame =
            marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
        if (frame) return size_of(bytes.big(at + 6, 2), bytes.big(at + 4, 2));
        const Side length = bytes.big(at + 1, 2);
        if (!length || *length < 2) return std::nullopt;
        at += 1 + *length;
    }
    return std::nullopt;
}

/// The three kinds of WebP (RFC 9649).
std::optional<ImageSize> webp_size(const Base64Bytes& bytes) {
    const auto plus_one = [](Side side) { return side ? Side(*side + 1) : side; };
    if (bytes.has(12, "VP8X"))
        return size_of(plus_one(bytes.little(24, 3)), plus_one(bytes.little(27, 3)));
    if (bytes.has(12, "VP8 ")) {
        const Side width = bytes.little(26, 2), height = bytes.little(28, 2);
        if (!width || !height) return std::nullopt;
        return size_of(*width & 0x3FFF, *height & 0x3FFF);
    }
    const Side bits = bytes.little(21, 4);
    if (!bytes.has(12, "VP8L") || !bits) return std::nullopt;
    return ImageSize{(*bits & 0x3FFF) + 1, (*bits >> 14 & 0x3FFF) + 1};
}

}  // namespace

std::optional<ImageSize> image_size(std::string_view base64) {
    const Base64Bytes bytes(base64);
    if (bytes.has(0, "\x89PNG\r\n\x1A\n")) return size_of(bytes.big(16, 4), bytes.big(20, 4));
    if (bytes.has(0, "GIF8")) return size_of(bytes.little(6, 2), bytes.little(8, 2));
    if (bytes.has(0, "\xFF\xD8\xFF")) return jpeg_size(bytes);
    if (bytes.has(0, "RIFF") && bytes.has(8, "WEBP")) return webp_size(bytes);
    return std::nullopt;
}

// As OpenAI scales: to a short side of 768, and a long side of at most 2000 (LiteLLM's constants).
std::uint64_t tile_tokens(ImageSize size) {
    constexpr std::uint32_t kShort = 768, kLong = 2000, kTile = 512;
    std::uint32_t longer = std::max(size.width, size.height);
    std::uint32_t shorter = std::min(size.width, size.height);
    if (longer > kShort) {
        const double aspect = static_cast<double>(longer) / shorter;
        const double scaled = kShort * aspect;
        const bool too_long = scaled >= kLong + 1;
        shorter = too_long ? static_cast<std::uint32_t>(kLong / aspect) : kShort;
        longer = too_long ? kLong : static_cast<std::uint32_t>(scaled);
    }
    const auto tiles = [](std::uint32_t side) { return std::uint64_t{(side + kTile - 1) / kTile}; };
    return kLowDetailTokens + 2 * kLowDetailTokens * tiles(longer) * tiles(shorter);
}

std::uint64_t image_tokens(std::string_view detail, std::string_view url) {
    if (detail != "high") return kLowDetailTokens;
    constexpr std::string_view kBase64 = ";base64,";
    const auto data = url.find(kBase64);
    if (!url.starts_with("data:") || data == url.npos) return kUnknownImageTokens;
    const auto size = image_size(url.substr(data + kBase64.size()));
    return size ? tile_tokens(*size) : kUnknownImageTokens;
}

}  // namespace tollweir::tokens
