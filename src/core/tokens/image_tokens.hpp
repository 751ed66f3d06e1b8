#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tollweir::tokens {

struct ImageSize {
    std::uint32_t width = 0;
    std::uint32_t height = 0;

    friend bool operator==(const ImageSize&, const ImageSize&) = default;
};

// Where an image's size would decide and is not known: LiteLLM's DEFAULT_IMAGE_TOKEN_COUNT.
inline constexpr std::uint64_t kUnknownImageTokens = 250;
inline constexpr std::uint64_t kLowDetailTokens = 85;

/// The size that the header of a PNG, JPEG, GIF or WebP tells; `base64` is its beginning or the
/// whole of it. Nothing for other formats and broken headers, also for a side of 0.
std::optional<ImageSize> image_size(std::string_view base64);

/// At high detail: tiles of 512 pixels after the image is scaled down.
std::uint64_t tile_tokens(ImageSize size);

/// `detail`: `low`, `high`, or else as `auto`. `url`: decoded; only a data: URI tells a size, since
/// nothing is fetched to count it.
std::uint64_t image_tokens(std::string_view detail, std::string_view url);

}  // namespace tollweir::tokens
